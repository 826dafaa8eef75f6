# Alarms on spending close the stage; alarms on trouble send mail.

locals {
  minutes = 300
  hour    = 3600
  day     = 86400

  # What a flood runs up. MessageCount is frames both ways, so it is the bill; ConnectCount stands for the minutes of
  # sockets that are held open in silence, which no message shows; IntegrationLatency, in milliseconds, is how long
  # functions have run, all that the stage calls, which is what people cost who read nothing and let posts wait.
  # An alarm acts only when it changes state, and the sum of an hour or a day stays high long after `make resume`. The
  # short ones have calmed down minutes after the stage was closed, so a flood that goes on trips them again; for one
  # that stays below them there is the schedule in breaker.tf. A quarter of an hour's worth in 5 minutes: people talk and
  # come back in bursts.
  spending = {
    "messages-5min" = { metric = "MessageCount", period = local.minutes, most = ceil(var.limits.messages_per_hour / 4) }
    "messages-hour" = { metric = "MessageCount", period = local.hour, most = var.limits.messages_per_hour }
    "messages-day"  = { metric = "MessageCount", period = local.day, most = var.limits.messages_per_day }
    "connects-5min" = { metric = "ConnectCount", period = local.minutes, most = ceil(var.limits.connects_per_hour / 4) }
    "connects-hour" = { metric = "ConnectCount", period = local.hour, most = var.limits.connects_per_hour }
    "connects-day"  = { metric = "ConnectCount", period = local.day, most = var.limits.connects_per_day }
    "seconds-hour"  = { metric = "IntegrationLatency", period = local.hour, most = var.limits.seconds_per_hour * 1000 }
  }

  # Lambda's own two are the sums over all functions of the account and region: one alarm each, where one per function
  # would use up the free ones. A handler that catches a failure returns 200 and logs it, hence the third.
  trouble = {
    "function-errors"    = { namespace = "AWS/Lambda", metric = "Errors", means = "A function of this account raised or ran out of time." }
    "function-throttles" = { namespace = "AWS/Lambda", metric = "Throttles", means = "A function of this account was wanted more often at once than its concurrency allows." }
    "logged-errors"      = { namespace = var.name, metric = "Errors", means = "A function of the chat logged an error; its log group says where." }
  }
}

resource "aws_cloudwatch_metric_alarm" "spending" {
  for_each = local.spending

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "A ${each.value.metric} of more than ${each.value.most} in ${each.value.period} seconds. The breaker closes the stage${each.value.metric == "ConnectCount" ? " to new sockets" : ""}; `make resume` opens it again."
  namespace           = "AWS/ApiGateway"
  metric_name         = each.value.metric
  dimensions          = { ApiId = var.api_id, Stage = var.stage_name }
  statistic           = "Sum"
  period              = each.value.period
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.most
  treat_missing_data  = "notBreaching" # a closed stage sends no data; without this the alarm would never fire twice
  alarm_actions       = [aws_sns_topic.this["spending"].arn]
}

resource "aws_cloudwatch_metric_alarm" "trouble" {
  for_each = local.trouble

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.means
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.this["trouble"].arn]
}

# One metric for all functions. Handlers log what they catch with level ERROR; what the runtime itself writes when one
# raises has had log_level instead in some versions, and counts in Lambda's own Errors in any case.
resource "aws_cloudwatch_log_metric_filter" "errors" {
  for_each = merge(var.log_groups, { breaker = module.breaker.log_group_name })

  name           = "${var.name}-${each.key}-errors"
  log_group_name = each.value
  pattern        = "{ $.level = \"ERROR\" || $.log_level = \"ERROR\" }"

  metric_transformation {
    namespace = var.name
    name      = "Errors"
    value     = "1"
  }
}
