mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name       = "anonchat-prod"
  stage_name = "prod"
  routes = {
    "$connect"    = { function = "connect", throttle = { rate = 15, burst = 60 } }
    "$disconnect" = { function = "disconnect", throttle = null }
    "$default"    = { function = "default", throttle = { rate = 5, burst = 5 } }
    "ping"        = { function = null, throttle = { rate = 5, burst = 4 } }
  }
  functions = {
    connect    = { name = "anonchat-prod-connect", alias = "live", invoke_arn = "arn:connect" }
    disconnect = { name = "anonchat-prod-disconnect", alias = "live", invoke_arn = "arn:disconnect" }
    default    = { name = "anonchat-prod-default", alias = "live", invoke_arn = "arn:default" }
  }
}

run "a_frame_s_action_names_the_route" {
  module {
    source = "./modules/websocket_api"
  }

  assert {
    condition     = aws_apigatewayv2_api.this.protocol_type == "WEBSOCKET" && aws_apigatewayv2_api.this.route_selection_expression == "$request.body.action"
    error_message = "The API does not choose routes by the frame's action."
  }
}

run "every_route_calls_its_function_and_is_permitted_to" {
  module {
    source = "./modules/websocket_api"
  }

  assert {
    condition     = toset(keys(aws_apigatewayv2_route.this)) == toset(keys(var.routes)) && alltrue([for key, route in aws_apigatewayv2_route.this : route.route_key == key])
    error_message = "The routes are ${join(", ", keys(aws_apigatewayv2_route.this))}"
  }
  assert {
    condition     = alltrue([for key, route in aws_apigatewayv2_route.this : route.target == "integrations/${aws_apigatewayv2_integration.this[key].id}"])
    error_message = "A route leads to another route's integration."
  }
  assert {
    condition = alltrue([for key, route in var.routes :
      aws_apigatewayv2_integration.this[key].integration_type == "AWS_PROXY"
      && aws_apigatewayv2_integration.this[key].integration_uri == var.functions[route.function].invoke_arn
      && aws_lambda_permission.this[key].function_name == var.functions[route.function].name
      && aws_lambda_permission.this[key].qualifier == "live"
      && aws_lambda_permission.this[key].principal == "apigateway.amazonaws.com"
      && aws_lambda_permission.this[key].source_arn == "arn:aws:execute-api:eu-central-1:123456789012:api123/prod/${key}"
    if route.function != null])
    error_message = "A route calls another function, or may not call its own."
  }
}

run "ping_is_a_mock_that_answers_nothing" {
  module {
    source = "./modules/websocket_api"
  }

  assert {
    condition = (aws_apigatewayv2_integration.this["ping"].integration_type == "MOCK"
      && aws_apigatewayv2_integration.this["ping"].request_templates == tomap({ "200" = "{\"statusCode\":200}" })
    && aws_apigatewayv2_integration.this["ping"].template_selection_expression == "200")
    error_message = "ping is no mock, or its template cannot be found."
  }
  assert {
    condition     = aws_apigatewayv2_route.this["ping"].route_response_selection_expression == null && !contains(keys(aws_lambda_permission.this), "ping")
    error_message = "ping answers, or may call a function."
  }
}

run "every_route_has_a_throttle_of_its_own_by_both_values" {
  module {
    source = "./modules/websocket_api"
  }

  assert {
    condition     = aws_apigatewayv2_stage.this.auto_deploy && aws_apigatewayv2_stage.this.name == "prod"
    error_message = "The stage does not deploy by itself, or has another name."
  }
  assert {
    condition = { for route in aws_apigatewayv2_stage.this.route_settings : route.route_key => [route.throttling_rate_limit, route.throttling_burst_limit] } == {
      "$connect" = [15, 60]
      "$default" = [5, 5]
      "ping"     = [5, 4]
    }
    error_message = "A missing throttle value is sent as 0, which lets nobody in."
  }
  assert {
    condition     = length(aws_apigatewayv2_stage.this.access_log_settings) == 0 && aws_apigatewayv2_stage.this.default_route_settings[0].data_trace_enabled != true
    error_message = "The stage logs what people send."
  }
}

run "what_functions_post_is_held_to_the_account_s_quota_alone" {
  module {
    source = "./modules/websocket_api"
  }

  assert {
    condition = (aws_apigatewayv2_stage.this.default_route_settings[0].throttling_rate_limit == 10000
    && aws_apigatewayv2_stage.this.default_route_settings[0].throttling_burst_limit == 5000)
    error_message = "If posts count for the stage's own throttle, messages would not arrive."
  }
  assert {
    condition     = output.throttles.default == { rate = 10000, burst = 5000 } && toset(keys(output.throttles.routes)) == toset(["$connect", "$default", "ping"])
    error_message = "`make resume` would open the stage differently."
  }
}

run "a_route_without_a_throttle_is_refused" {
  command = plan

  module {
    source = "./modules/websocket_api"
  }
  variables {
    routes = {
      "$connect"    = { function = "connect", throttle = { rate = 1, burst = 1 } }
      "$disconnect" = { function = "disconnect", throttle = null }
      "$default"    = { function = "default", throttle = null }
    }
  }

  expect_failures = [var.routes]
}

run "a_throttled_disconnect_is_refused" {
  command = plan

  module {
    source = "./modules/websocket_api"
  }
  variables {
    routes = {
      "$connect"    = { function = "connect", throttle = { rate = 1, burst = 1 } }
      "$disconnect" = { function = "disconnect", throttle = { rate = 1, burst = 1 } }
      "$default"    = { function = "default", throttle = { rate = 1, burst = 1 } }
    }
  }

  expect_failures = [var.routes]
}

run "a_throttle_of_nothing_is_refused" {
  command = plan

  module {
    source = "./modules/websocket_api"
  }
  variables {
    routes = {
      "$connect"    = { function = "connect", throttle = { rate = 1, burst = 0 } }
      "$disconnect" = { function = "disconnect", throttle = null }
      "$default"    = { function = "default", throttle = { rate = 1, burst = 1 } }
    }
  }

  expect_failures = [var.routes]
}

run "the_stage_that_api_gateway_treats_differently_is_refused" {
  command = plan

  module {
    source = "./modules/websocket_api"
  }
  variables {
    stage_name = "$default"
  }

  expect_failures = [var.stage_name]
}

run "a_route_to_no_function_is_refused" {
  command = plan

  module {
    source = "./modules/websocket_api"
  }
  variables {
    routes = {
      "$connect"    = { function = "connect", throttle = { rate = 1, burst = 1 } }
      "$disconnect" = { function = "disconnect", throttle = null }
      "$default"    = { function = "defualt", throttle = { rate = 1, burst = 1 } }
    }
  }

  expect_failures = [var.routes]
}
