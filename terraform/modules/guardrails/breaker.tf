# The breaker: a spending alarm calls it within minutes, where a budget would notice after half a day. The alarm does so
# once; if it is still on later, a schedule does.

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
    ALARMS     = join(",", [for name in keys(local.spending) : "${var.name}-${name}"])
  }
  statements = [
    {
      actions   = ["apigateway:GET", "apigateway:PATCH"]
      resources = [var.stage_arn]
    },
    {
      # To look at alarms by name takes the right to look at all of the account and region.
      actions   = ["cloudwatch:DescribeAlarms"]
      resources = ["${replace(aws_sns_topic.this["spending"].arn, "/:sns:(.*:).*/", ":cloudwatch:$1")}alarm:*"]
    },
  ]
}

resource "aws_sns_topic_subscription" "breaker" {
  topic_arn = aws_sns_topic.this["spending"].arn
  protocol  = "lambda"
  endpoint  = module.breaker.arn

  depends_on = [aws_lambda_permission.breaker]

  lifecycle {
    create_before_destroy = true # no moment without a breaker
  }
}

resource "aws_lambda_permission" "breaker" {
  statement_id  = "spending"
  action        = "lambda:InvokeFunction"
  function_name = module.breaker.name
  qualifier     = module.breaker.alias
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.this["spending"].arn
}

resource "aws_cloudwatch_event_rule" "breaker" {
  name                = "${var.name}-breaker"
  description         = "Lets the breaker look whether an alarm on spending is still on."
  schedule_expression = "rate(5 minutes)"
}

resource "aws_cloudwatch_event_target" "breaker" {
  rule = aws_cloudwatch_event_rule.breaker.name
  arn  = module.breaker.arn

  depends_on = [aws_lambda_permission.schedule]
}

resource "aws_lambda_permission" "schedule" {
  statement_id  = "schedule"
  action        = "lambda:InvokeFunction"
  function_name = module.breaker.name
  qualifier     = module.breaker.alias
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.breaker.arn
}
