mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target = aws_sns_topic.this["trouble"]
  values = { arn = "arn:aws:sns:eu-central-1:123456789012:trouble" }
}

variables {
  name                 = "anonchat-prod"
  api_id               = "api123"
  stage_name           = "prod"
  stage_arn            = "arn:aws:apigateway:eu-central-1::/apis/api123/stages/prod"
  function_names       = ["anonchat-prod-send"]
  log_groups           = { send = "/aws/lambda/anonchat-prod-send" }
  breaker_zip          = "../build/breaker.zip"
  layers               = ["arn:aws:lambda:eu-central-1:123456789012:layer:anonchat-prod:1"]
  reserved_concurrency = 10
  permissions_boundary = ""
  limits               = { messages_per_hour = 1000, messages_per_day = 5000, connects_per_hour = 10, connects_per_day = 50, seconds_per_hour = 60 }
  alert_email          = "me@example.org"
  monthly_budget       = 2
  dashboard            = false
}

run "spending_alarms_watch_the_stage_by_the_hour_and_the_day" {
  module {
    source = "./modules/guardrails"
  }

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.spending : name => [alarm.metric_name, alarm.period, alarm.threshold] } == {
      "messages-5min" = ["MessageCount", 300, 250]
      "messages-hour" = ["MessageCount", 3600, 1000]
      "messages-day"  = ["MessageCount", 86400, 5000]
      "connects-5min" = ["ConnectCount", 300, 3]
      "connects-hour" = ["ConnectCount", 3600, 10]
      "connects-day"  = ["ConnectCount", 86400, 50]
      "seconds-hour"  = ["IntegrationLatency", 3600, 60000]
    }
    error_message = "The alarms on spending count something else."
  }
  assert {
    condition = alltrue([for alarm in aws_cloudwatch_metric_alarm.spending :
      alarm.namespace == "AWS/ApiGateway" && alarm.dimensions == tomap({ ApiId = "api123", Stage = "prod" }) && alarm.statistic == "Sum"
    && alarm.comparison_operator == "GreaterThanThreshold" && alarm.evaluation_periods == 1 && alarm.treat_missing_data == "notBreaching"])
    error_message = "An alarm on spending does not sum up this stage, or would never fire twice."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.spending : alarm.alarm_actions == toset([aws_sns_topic.this["spending"].arn])])
    error_message = "An alarm on spending does not reach the breaker."
  }
}

run "trouble_sends_mail_and_closes_nothing" {
  module {
    source = "./modules/guardrails"
  }

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.trouble : name => "${alarm.namespace} ${alarm.metric_name}" } == {
      "function-errors"    = "AWS/Lambda Errors"
      "function-throttles" = "AWS/Lambda Throttles"
      "logged-errors"      = "anonchat-prod Errors"
    }
    error_message = "The alarms on trouble watch something else."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.trouble : alarm.alarm_actions == toset(["arn:aws:sns:eu-central-1:123456789012:trouble"]) && alarm.treat_missing_data == "notBreaching"])
    error_message = "An alarm on trouble goes elsewhere."
  }
  assert {
    condition     = aws_sns_topic_subscription.breaker.topic_arn != "arn:aws:sns:eu-central-1:123456789012:trouble"
    error_message = "An error would close the chat."
  }
  assert {
    condition     = toset(keys(aws_cloudwatch_log_metric_filter.errors)) == toset(["send", "breaker"]) && alltrue([for filter in aws_cloudwatch_log_metric_filter.errors : filter.pattern == "{ $.level = \"ERROR\" || $.log_level = \"ERROR\" }"])
    error_message = "Errors in a log are not counted."
  }
}

run "it_all_stays_inside_the_free_allowances" {
  module {
    source = "./modules/guardrails"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.spending) + length(aws_cloudwatch_metric_alarm.trouble) <= 10
    error_message = "Ten alarms are free."
  }
  assert {
    condition     = length(toset([for filter in aws_cloudwatch_log_metric_filter.errors : "${filter.metric_transformation[0].namespace} ${filter.metric_transformation[0].name}"])) == 1 && alltrue([for filter in aws_cloudwatch_log_metric_filter.errors : length(coalesce(filter.metric_transformation[0].dimensions, {})) == 0])
    error_message = "Ten custom metrics are free, and each dimension's value makes one more."
  }
  assert {
    condition     = length(aws_cloudwatch_dashboard.this) == 0
    error_message = "A dashboard is there unasked."
  }
}

run "the_breaker_may_change_the_stage_and_nothing_else" {
  module {
    source = "./modules/guardrails"
  }

  assert {
    condition     = jsondecode(module.breaker.policy).Statement[1] == { Effect = "Allow", Action = ["apigateway:GET", "apigateway:PATCH"], Resource = [var.stage_arn] }
    error_message = "The breaker's policy is ${module.breaker.policy}"
  }
  assert {
    condition     = jsondecode(module.breaker.policy).Statement[2] == { Effect = "Allow", Action = ["cloudwatch:DescribeAlarms"], Resource = ["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:*"] }
    error_message = "The breaker's policy is ${module.breaker.policy}"
  }
  assert {
    condition     = length(jsondecode(module.breaker.policy).Statement) == 3
    error_message = "The breaker's policy is ${module.breaker.policy}"
  }
  assert {
    condition = module.breaker.environment == tomap({
      API_ID     = "api123"
      STAGE_NAME = "prod"
      ALARMS     = join(",", [for alarm in aws_cloudwatch_metric_alarm.spending : alarm.alarm_name])
    })
    error_message = "The breaker does not know the stage, or not all alarms on spending."
  }
  assert {
    condition = (aws_sns_topic_subscription.breaker.protocol == "lambda" && aws_sns_topic_subscription.breaker.endpoint == module.breaker.arn
    && aws_lambda_permission.breaker.qualifier == "live" && aws_lambda_permission.breaker.principal == "sns.amazonaws.com" && aws_lambda_permission.breaker.source_arn == aws_sns_topic.this["spending"].arn)
    error_message = "The alarms on spending do not call the breaker, or may not."
  }
}

run "the_breaker_looks_at_the_alarms_every_five_minutes" {
  module {
    source = "./modules/guardrails"
  }

  assert {
    condition     = aws_cloudwatch_event_rule.breaker.schedule_expression == "rate(5 minutes)" && aws_cloudwatch_event_rule.breaker.state != "DISABLED"
    error_message = "A flood that goes on after `make resume` would not be closed again."
  }
  assert {
    condition = (aws_cloudwatch_event_target.breaker.rule == aws_cloudwatch_event_rule.breaker.name && aws_cloudwatch_event_target.breaker.arn == module.breaker.arn
    && aws_lambda_permission.schedule.principal == "events.amazonaws.com" && aws_lambda_permission.schedule.source_arn == aws_cloudwatch_event_rule.breaker.arn)
    error_message = "The schedule does not call the breaker, or may not."
  }
}

run "the_budget_counts_everything_and_sends_mail" {
  module {
    source = "./modules/guardrails"
  }

  assert {
    condition     = aws_budgets_budget.this[0].limit_amount == "2" && aws_budgets_budget.this[0].time_unit == "MONTHLY" && length(aws_budgets_budget.this[0].cost_filter) == 0
    error_message = "The budget is another one, or filtered by a tag that nobody activated."
  }
  assert {
    condition     = { for notification in aws_budgets_budget.this[0].notification : notification.notification_type => [notification.threshold, notification.subscriber_email_addresses] } == { ACTUAL = [80, toset(["me@example.org"])], FORECASTED = [100, toset(["me@example.org"])] }
    error_message = "The budget says nothing, or to somebody else."
  }
  assert {
    condition     = toset([for mail in aws_sns_topic_subscription.mail : "${mail.protocol} ${mail.endpoint}"]) == toset(["email me@example.org"]) && length(aws_sns_topic_subscription.mail) == 2
    error_message = "The alarms send no mail."
  }
}

run "without_an_address_there_is_no_budget_and_no_mail" {
  module {
    source = "./modules/guardrails"
  }
  variables {
    alert_email = ""
  }

  assert {
    condition     = length(aws_budgets_budget.this) == 0 && length(aws_sns_topic_subscription.mail) == 0
    error_message = "There is mail to nobody."
  }
}

run "a_dashboard_is_made_when_asked_for" {
  module {
    source = "./modules/guardrails"
  }
  variables {
    dashboard = true
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets) == 3
    error_message = "The dashboard is ${aws_cloudwatch_dashboard.this[0].dashboard_body}"
  }
}
