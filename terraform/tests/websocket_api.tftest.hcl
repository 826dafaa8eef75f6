mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name       = "anonchat-prod"
  stage_name = "prod"
  routes     = { "$connect" = "connect", "$disconnect" = "disconnect", "$default" = "default", "ping" = null }
  functions = {
    connect    = { name = "anonchat-prod-connect", alias = "live", invoke_arn = "arn:connect" }
    disconnect = { name = "anonchat-prod-disconnect", alias = "live", invoke_arn = "arn:disconnect" }
    default    = { name = "anonchat-prod-default", alias = "live", invoke_arn = "arn:default" }
  }
  throttle = { rate = 100, burst = 200 }
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
    condition = alltrue([for key, name in var.routes :
      aws_apigatewayv2_integration.this[key].integration_type == "AWS_PROXY"
      && aws_apigatewayv2_integration.this[key].integration_uri == var.functions[name].invoke_arn
      && aws_lambda_permission.this[key].function_name == var.functions[name].name
      && aws_lambda_permission.this[key].qualifier == "live"
      && aws_lambda_permission.this[key].principal == "apigateway.amazonaws.com"
      && aws_lambda_permission.this[key].source_arn == "arn:aws:execute-api:eu-central-1:123456789012:api123/prod/${key}"
    if name != null])
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

run "the_stage_is_throttled_by_both_values" {
  module {
    source = "./modules/websocket_api"
  }

  assert {
    condition     = aws_apigatewayv2_stage.this.auto_deploy && aws_apigatewayv2_stage.this.name == "prod"
    error_message = "The stage does not deploy by itself, or has another name."
  }
  assert {
    condition = (aws_apigatewayv2_stage.this.default_route_settings[0].throttling_rate_limit == 100
    && aws_apigatewayv2_stage.this.default_route_settings[0].throttling_burst_limit == 200)
    error_message = "A missing throttle value is sent as 0, which lets nobody in."
  }
  assert {
    condition     = length(aws_apigatewayv2_stage.this.access_log_settings) == 0 && aws_apigatewayv2_stage.this.default_route_settings[0].data_trace_enabled != true
    error_message = "The stage logs what people send."
  }
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
    routes = { "$connect" = "connect", "$disconnect" = "disconnect", "$default" = "default", "join" = "joyn" }
  }

  expect_failures = [var.routes]
}
