# The WebSocket API: a frame's "action" names the route, a route calls its function or, as a mock, nothing.

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
  integration_type              = each.value == null ? "MOCK" : "AWS_PROXY"
  integration_method            = each.value == null ? null : "POST"
  integration_uri               = each.value == null ? null : var.functions[each.value].invoke_arn
  request_templates             = each.value == null ? { "200" = jsonencode({ statusCode = 200 }) } : null
  template_selection_expression = each.value == null ? "200" : null

  # What is called may be called by then.
  depends_on = [aws_lambda_permission.this]
}

resource "aws_lambda_permission" "this" {
  for_each = { for key, function in var.routes : key => function if function != null }

  statement_id  = "route-${trimprefix(each.key, "$")}"
  action        = "lambda:InvokeFunction"
  function_name = var.functions[each.value].name
  qualifier     = var.functions[each.value].alias
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

  # Always both: the provider sends a missing one as 0, which lets nobody in.
  default_route_settings {
    throttling_rate_limit  = var.throttle.rate
    throttling_burst_limit = var.throttle.burst
  }

  # A deployment needs a route, and the first one should have them all.
  depends_on = [aws_apigatewayv2_route.this]
}
