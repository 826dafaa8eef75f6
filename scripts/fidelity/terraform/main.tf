# The probes behind three WebSocket APIs with five stages: what `make fidelity` and `make fidelity-aws` ask. It costs a
# few cents while it is asked and nothing while it stands. Which routes there are is in routes.json, beside this folder.

locals {
  apis      = jsondecode(file("${path.module}/../routes.json"))
  zip       = "${path.module}/../probes.zip"
  functions = toset(flatten([for routes in local.apis : [for route in routes : route.function if can(route.function)]]))
  routes = merge([
    for api, routes in local.apis : { for key, route in routes : "${api}/${key}" => {
      api      = api
      key      = key
      function = try(route.function, null)
      answer   = try(route.response, null)
    } }
  ]...)
  answering = { for name, route in local.routes : name => route if route.answer != null }
  quota     = { stage = [10000, 5000], routes = {} }
  stages = {
    for stage in setunion(keys(local.apis), keys(var.throttles)) : stage => {
      api      = contains(keys(local.apis), stage) ? stage : "open"
      throttle = try(var.throttles[stage], local.quota)
    }
  }
}

# --- what the probes have seen ---------------------------------------------------------------------------------

resource "aws_dynamodb_table" "seen" {
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "name"
  range_key    = "at"

  attribute {
    name = "name"
    type = "S"
  }

  attribute {
    name = "at"
    type = "S"
  }
}

# --- the probes ------------------------------------------------------------------------------------------------

resource "aws_iam_role" "probe" {
  name = var.name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "probe" {
  name = var.name
  role = aws_iam_role.probe.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = [for group in aws_cloudwatch_log_group.probe : "${group.arn}:*"]
      },
      {
        Effect   = "Allow"
        Action   = ["dynamodb:PutItem"]
        Resource = [aws_dynamodb_table.seen.arn]
      },
      {
        Effect   = "Allow"
        Action   = ["execute-api:ManageConnections"]
        Resource = [for api in aws_apigatewayv2_api.this : "${api.execution_arn}/*/*/@connections/*"]
      },
    ]
  })
}

resource "aws_cloudwatch_log_group" "probe" {
  for_each = local.functions

  name              = "/aws/lambda/${var.name}-${trimprefix(each.key, "probes.")}"
  retention_in_days = 1
}

resource "aws_lambda_function" "probe" {
  for_each = local.functions

  function_name    = "${var.name}-${trimprefix(each.key, "probes.")}"
  role             = aws_iam_role.probe.arn
  handler          = each.key
  runtime          = "python3.13"
  architectures    = ["arm64"]
  memory_size      = 1024
  timeout          = 10 # seconds, longer than the integration waits
  filename         = local.zip
  source_code_hash = filebase64sha256(local.zip)

  environment {
    variables = {
      CONNECTIONS_ENDPOINT = var.address == "" ? "https://{domainName}/{stage}" : replace(var.address, "{api}", "{apiId}")
      SEEN_TABLE           = aws_dynamodb_table.seen.name
    }
  }

  logging_config {
    log_group  = aws_cloudwatch_log_group.probe[each.key].name
    log_format = "Text"
  }

  depends_on = [aws_iam_role_policy.probe]
}

# --- the APIs --------------------------------------------------------------------------------------------------

resource "aws_apigatewayv2_api" "this" {
  for_each = local.apis

  name                       = "${var.name}-${each.key}"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
}

resource "aws_apigatewayv2_route" "this" {
  for_each = local.routes

  api_id                              = aws_apigatewayv2_api.this[each.value.api].id
  route_key                           = each.value.key
  target                              = "integrations/${aws_apigatewayv2_integration.this[each.key].id}"
  route_response_selection_expression = each.value.answer == null ? null : "$default"
}

resource "aws_apigatewayv2_integration" "this" {
  for_each = local.routes

  api_id                        = aws_apigatewayv2_api.this[each.value.api].id
  integration_type              = each.value.function == null ? "MOCK" : "AWS_PROXY"
  integration_method            = each.value.function == null ? null : "POST"
  integration_uri               = each.value.function == null ? null : aws_lambda_function.probe[each.value.function].invoke_arn
  timeout_milliseconds          = each.value.function == null ? null : var.integration_milliseconds
  request_templates             = each.value.function == null ? { "200" = jsonencode({ statusCode = 200 }) } : null
  template_selection_expression = each.value.function == null ? "200" : null
}

resource "aws_apigatewayv2_integration_response" "this" {
  for_each = local.answering

  api_id                        = aws_apigatewayv2_api.this[each.value.api].id
  integration_id                = aws_apigatewayv2_integration.this[each.key].id
  integration_response_key      = "$default"
  response_templates            = { "200" = each.value.answer }
  template_selection_expression = "200"
}

resource "aws_apigatewayv2_route_response" "this" {
  for_each = local.answering

  api_id             = aws_apigatewayv2_api.this[each.value.api].id
  route_id           = aws_apigatewayv2_route.this[each.key].id
  route_response_key = "$default"
}

resource "aws_lambda_permission" "this" {
  for_each = { for name, route in local.routes : name => route if route.function != null }

  statement_id  = replace(replace(each.key, "/", "-"), "$", "")
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.probe[each.value.function].function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this[each.value.api].execution_arn}/*/${each.value.key}"
}

resource "aws_apigatewayv2_stage" "this" {
  for_each = local.stages

  api_id      = aws_apigatewayv2_api.this[each.value.api].id
  name        = each.key
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit  = each.value.throttle.stage[0]
    throttling_burst_limit = each.value.throttle.stage[1]
  }

  dynamic "route_settings" {
    for_each = each.value.throttle.routes
    content {
      route_key              = route_settings.key
      throttling_rate_limit  = route_settings.value[0]
      throttling_burst_limit = route_settings.value[1]
    }
  }

  depends_on = [
    aws_apigatewayv2_route.this,
    aws_apigatewayv2_route_response.this,
    aws_apigatewayv2_integration_response.this,
  ]
}
