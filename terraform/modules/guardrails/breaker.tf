# The breaker: a spending alarm calls it within minutes, where a budget would notice after half a day.

module "breaker" {
  source = "../function"

  name                 = "${var.name}-breaker"
  description          = "Closes the stage when an alarm says that too much is being sent"
  module               = "breaker"
  zip                  = var.breaker_zip
  layers               = var.layers
  reserved_concurrency = var.reserved_concurrency == -1 ? -1 : 1
  memory               = var.memory
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary
  environment = {
    API_ID     = var.api_id
    STAGE_NAME = var.stage_name
  }
  statements = [{
    actions   = ["apigateway:GET", "apigateway:PATCH"]
    resources = [var.stage_arn]
  }]
}

resource "aws_sns_topic_subscription" "breaker" {
  topic_arn = aws_sns_topic.this["spending"].arn
  protocol  = "lambda"
  endpoint  = module.breaker.arn

  depends_on = [aws_lambda_permission.breaker]
}

resource "aws_lambda_permission" "breaker" {
  statement_id  = "spending"
  action        = "lambda:InvokeFunction"
  function_name = module.breaker.name
  qualifier     = module.breaker.alias
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.this["spending"].arn
}
