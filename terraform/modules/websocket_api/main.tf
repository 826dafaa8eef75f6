# The WebSocket API: a frame's "action" names the route, a route calls its function or, as a mock, nothing.

locals {
  # An account's quota in a region. The stage itself is held to no less: AWS does not say whether what functions post
  # counts for the stage's own throttle, and a throttled post is a message that does not arrive.
  account_quota = { rate = 10000, burst = 5000 }
  throttles     = { for key, route in var.routes : key => route.throttle if route.throttle != null }
}

resource "aws_apigatewayv2_api" "this" {
  name                       = var.name
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
}

resource "aws_apigatewayv2_route" "this" {
  #checkov:skip=CKV_AWS_309:Anonymous by design; $connect looks at the page's origin
  for_each = var.routes

  api_id    = aws_apigatewayv2_api.this.id
  route_key = each.key
  target    = "integrations/${aws_apigatewayv2_integration.this[each.key].id}"
}

# A mock answers nothing, as there is no route response: it resets the socket's idle time for the price of a message.
resource "aws_apigatewayv2_integration" "this" {
  for_each = var.routes

  api_id                        = aws_apigatewayv2_api.this.id
  integration_type              = each.value.function == null ? "MOCK" : "AWS_PROXY"
  integration_method            = each.value.function == null ? null : "POST"
  integration_uri               = each.value.function == null ? null : var.functions[each.value.function].invoke_arn
  request_templates             = each.value.function == null ? { "200" = jsonencode({ statusCode = 200 }) } : null
  template_selection_expression = each.value.function == null ? "200" : null

  # What is called may be called by then.
  depends_on = [aws_lambda_permission.this]
}

resource "aws_lambda_permission" "this" {
  for_each = { for key, route in var.routes : key => route if route.function != null }

  statement_id  = "live-${trimprefix(each.key, "$")}" # of another name than the function itself once had
  action        = "lambda:InvokeFunction"
  function_name = var.functions[each.value.function].name
  qualifier     = var.functions[each.value.function].alias
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/${var.stage_name}/${each.key}"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_apigatewayv2_stage" "this" {
  #checkov:skip=CKV_AWS_76:Access logs hold addresses, cost by the line, and fail the first apply of an account without an API Gateway logging role
  #checkov:skip=CKV2_AWS_51:Clients are anonymous and have no certificate
  api_id      = aws_apigatewayv2_api.this.id
  name        = var.stage_name
  auto_deploy = true

  # Always both values, here and below: the provider sends a missing one as 0, which lets nobody in. And always this
  # block: without it a stage would keep the throttle that it had.
  default_route_settings {
    throttling_rate_limit  = local.account_quota.rate
    throttling_burst_limit = local.account_quota.burst
  }

  dynamic "route_settings" {
    for_each = local.throttles

    content {
      route_key              = route_settings.key
      throttling_rate_limit  = route_settings.value.rate
      throttling_burst_limit = route_settings.value.burst
    }
  }

  # A deployment needs a route, and the first one should have them all.
  depends_on = [aws_apigatewayv2_route.this]
}
