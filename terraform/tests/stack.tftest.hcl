# The root: what the modules are told about each other. `make package` goes first.

mock_provider "aws" {
  override_during = plan # so that a plan knows it all, which takes a third of an apply

  source = "./tests/mocks"
}

variables {
  app                  = "anonchat"
  env                  = "prod"
  region               = ""
  reserved_concurrency = 10
  cloudfront           = false
  allowed_origins      = []
  addresses            = {}
}

# One plan for all that is looked at as it is by itself.
run "the_outputs_lead_to_the_chat_and_each_route_and_function_is_what_the_route_map_says" {
  command = plan

  assert {
    condition     = output.site_url == "https://bucket123.s3.eu-central-1.amazonaws.com/index.html"
    error_message = "site_url is ${output.site_url}"
  }
  assert {
    condition     = output.website_url == "http://bucket123.s3-website.eu-central-1.amazonaws.com"
    error_message = "website_url is ${output.website_url}"
  }
  assert {
    condition     = output.websocket_url == "wss://api123.execute-api.eu-central-1.amazonaws.com/prod"
    error_message = "websocket_url is ${output.websocket_url}"
  }
  assert {
    condition     = output.site_bucket == "bucket123" && output.table_name == "anonchat-prod"
    error_message = "site_bucket is ${output.site_bucket}, table_name ${output.table_name}"
  }
  assert {
    condition     = output.api_id == "api123" && output.stage_name == "prod" && output.throttles.default == { rate = 10000, burst = 5000 }
    error_message = "`make resume` would not find the stage or would open it differently."
  }
  assert {
    condition     = output.throttles.routes == { for key, route in jsondecode(file("../lambdas/routes.json")) : key => route.throttle if route.throttle != null }
    error_message = "The throttles are ${jsonencode(output.throttles)}"
  }
  assert {
    condition     = toset(keys(module.function)) == toset([for route in jsondecode(file("../lambdas/routes.json")) : route.function if can(route.function)])
    error_message = "The functions are not those of the route map: ${join(", ", keys(module.function))}"
  }
  assert {
    condition = alltrue([for route in jsondecode(file("../lambdas/routes.json")) :
      toset(flatten([for statement in jsondecode(module.function[route.function].policy).Statement : statement.Action]))
      == toset(concat(
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        [for action in route.table : "dynamodb:${action}"],
        length(route.connections) > 0 ? ["execute-api:ManageConnections"] : [],
      )) if can(route.function)
    ])
    error_message = "A function's actions are not those of its row."
  }
  assert {
    condition = alltrue([for route in jsondecode(file("../lambdas/routes.json")) :
      toset(flatten([for statement in jsondecode(module.function[route.function].policy).Statement : statement.Resource]))
      == toset(concat(
        ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"],
        length(route.table) > 0 ? ["arn:aws:dynamodb:eu-central-1:123456789012:table/mocked"] : [],
        [for method in route.connections : "arn:aws:execute-api:eu-central-1:123456789012:api123/prod/${method}/@connections/*"],
      )) if can(route.function)
    ])
    error_message = "A function's resources are not the table, its connections and its log."
  }
}

# What `make preflight` has written into owners' files.
run "the_owner_s_one_throttle_scales_them_all" {
  command = plan

  variables {
    throttle = { rate = 50, burst = 50 }
  }
  plan_options {
    target = [module.websocket_api] # the page's files would be most of a plan
  }

  assert {
    condition = output.throttles.routes == { for key, route in jsondecode(file("../lambdas/routes.json")) : key => {
      rate  = route.throttle.rate / 2
      burst = max(1, floor(route.throttle.burst / 4))
    } if route.throttle != null }
    error_message = "The throttles are ${jsonencode(output.throttles)}"
  }
  assert {
    condition     = output.throttles.default == { rate = 10000, burst = 5000 } && output.throttles.routes["ping"].burst == 1
    error_message = "The throttles are ${jsonencode(output.throttles)}"
  }
}

# What one full room says and how often its members come back, of which the limits follow.
run "the_breaker_s_limits_follow_the_largest_room" {
  command = plan

  variables {
    room_cap = 80
  }
  plan_options {
    target = [module.guardrails] # which is given the limits
  }

  assert {
    condition     = local.limits == { messages_per_hour = 80 * 81 * 80, messages_per_day = 2.5 * 80 * 81 * 80, connects_per_hour = 8000, connects_per_day = 16000, seconds_per_hour = 5760 }
    error_message = "The limits are ${jsonencode(local.limits)}"
  }
}

run "rooms_of_fifty_or_fewer_have_the_same_limits" {
  command = plan

  variables {
    room_cap = 2
  }
  plan_options {
    target = [module.guardrails]
  }

  assert {
    condition     = local.limits == { messages_per_hour = 204000, messages_per_day = 510000, connects_per_hour = 5000, connects_per_day = 10000, seconds_per_hour = 3600 }
    error_message = "The limits are ${jsonencode(local.limits)}"
  }
}

run "an_owner_s_limit_of_a_day_bounds_the_hour" {
  command = plan

  variables {
    limits = { messages_per_day = 100000, connects_per_hour = 20000, seconds_per_hour = 60 }
  }
  plan_options {
    target = [module.guardrails]
  }

  assert {
    condition     = local.limits == { messages_per_hour = 100000, messages_per_day = 100000, connects_per_hour = 20000, connects_per_day = 40000, seconds_per_hour = 60 }
    error_message = "The limits are ${jsonencode(local.limits)}"
  }
}

# These values reach every function. That nothing else does holds a test of main.tf in tests/test_repository.py, so that a
# new setting needs no line here.
run "every_function_is_told_the_same" {
  command = plan

  variables {
    allowed_origins = ["https://chat.example.org"]
    history_seconds = 60
    room_cap        = 20
    per_minute      = 10
  }

  assert {
    condition = alltrue([for function in module.function : function.environment == tomap(merge(function.environment, {
      TABLE_NAME           = "anonchat-prod"
      CONNECTIONS_ENDPOINT = "https://api123.execute-api.eu-central-1.amazonaws.com/prod"
      ALLOWED_ORIGINS      = "https://bucket123.s3.eu-central-1.amazonaws.com,https://chat.example.org"
      HISTORY_SECONDS      = "60"
      ROOM_CAP             = "20"
      PER_MINUTE           = "10"
    }))])
    error_message = "A function's environment is not what its handler reads."
  }
}

run "with_cloudfront_its_page_is_the_one_that_may_connect" {
  command = plan

  variables {
    cloudfront = true
  }

  assert {
    condition     = output.site_url == "https://d123.cloudfront.net/index.html" && output.website_url == "http://d123.cloudfront.net"
    error_message = "site_url is ${output.site_url}, website_url ${output.website_url}"
  }
  assert {
    condition     = alltrue([for function in module.function : function.environment.ALLOWED_ORIGINS == "https://d123.cloudfront.net"])
    error_message = "The page's origin may not connect."
  }
}

run "an_emulator_has_its_own_addresses" {
  command = plan

  variables {
    addresses = {
      api  = "http://127.0.0.1:4777/_aws/execute-api/{api}/{stage}"
      site = "http://127.0.0.1:4777/{bucket}"
    }
  }

  assert {
    condition     = output.websocket_url == "ws://127.0.0.1:4777/_aws/execute-api/api123/prod" && output.site_url == "http://127.0.0.1:4777/bucket123/index.html"
    error_message = "websocket_url is ${output.websocket_url}, site_url ${output.site_url}"
  }
  assert {
    condition     = alltrue([for function in module.function : function.environment.ALLOWED_ORIGINS == "http://127.0.0.1:4777"])
    error_message = "The page's origin may not connect."
  }
}
