# One page of curves, for who wants to look. Three dashboards are free in an account, so it is not there unasked.

data "aws_region" "current" {}

locals {
  api = ["ApiId", var.api_id, "Stage", var.stage_name]

  curves = {
    "Messages and connects" = [
      concat(["AWS/ApiGateway", "MessageCount"], local.api),
      concat(["AWS/ApiGateway", "ConnectCount"], local.api),
    ]
    "Errors" = [
      [var.name, "Errors"],
      ["AWS/Lambda", "Errors"],
      ["AWS/Lambda", "Throttles"],
      concat(["AWS/ApiGateway", "IntegrationError"], local.api),
      concat(["AWS/ApiGateway", "ExecutionError"], local.api),
    ]
    "Invocations" = [for name in var.function_names : ["AWS/Lambda", "Invocations", "FunctionName", name]]
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.dashboard ? 1 : 0

  dashboard_name = "${var.name}-${data.aws_region.current.id}" # dashboards belong to the account, not to a region
  dashboard_body = jsonencode({
    widgets = [for title, metrics in local.curves : {
      type   = "metric"
      width  = 24
      height = 6
      properties = {
        title   = title
        region  = data.aws_region.current.id
        stat    = "Sum"
        period  = 300
        metrics = metrics
      }
    }]
  })

  lifecycle {
    ignore_changes = [dashboard_name] # of a stack that was made before names had a region
  }
}
