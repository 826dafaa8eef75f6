# What keeps the bill small and tells when something is wrong. All of it stays inside CloudWatch's, SNS's and Budgets'
# always-free allowances (docs/costs.md has the arithmetic): 10 alarms of 10, 1 custom metric of 10.

locals {
  mail = var.alert_email == "" ? [] : [var.alert_email]
}

# Two topics: what is said on `spending` closes the stage, what is said on `trouble` only sends mail.
resource "aws_sns_topic" "this" {
  #checkov:skip=CKV_AWS_26:CloudWatch may not use AWS's own SNS key, which would silently drop its alarms; a key of one's own costs $1 a month
  for_each = toset(["spending", "trouble"])

  name = "${var.name}-${each.value}"
}

resource "aws_sns_topic_subscription" "mail" {
  for_each = length(local.mail) == 0 ? {} : { for kind, topic in aws_sns_topic.this : kind => topic.arn }

  topic_arn = each.value
  protocol  = "email"
  endpoint  = var.alert_email
}

resource "aws_budgets_budget" "this" {
  count = length(local.mail)

  name         = "${var.name}-${data.aws_region.current.id}" # budgets belong to the account, not to a region
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.monthly_budget)
  limit_unit   = "USD"

  # No cost_filter: one on our tag reads $0 until the tag is activated in the billing console, which people forget.
  notification {
    notification_type          = "ACTUAL"
    comparison_operator        = "GREATER_THAN"
    threshold                  = 80
    threshold_type             = "PERCENTAGE"
    subscriber_email_addresses = local.mail
  }

  notification {
    notification_type          = "FORECASTED"
    comparison_operator        = "GREATER_THAN"
    threshold                  = 100
    threshold_type             = "PERCENTAGE"
    subscriber_email_addresses = local.mail
  }

  lifecycle {
    ignore_changes = [name] # of a stack that was made before names had a region
  }
}
