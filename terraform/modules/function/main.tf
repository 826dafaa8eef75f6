# One function: its code, its log group and a role that may do what `statements` says and write its log, nothing more.
# It is called by its alias only, which names a version: code, layer and environment that belong together, for good.

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:X-Ray is billed by the trace, and a trace would tell who talks when
  #checkov:skip=CKV_AWS_115:The reservation is a variable, since a new account has a quota of 10 in all and refuses any
  #checkov:skip=CKV_AWS_116:API Gateway calls synchronously; the breaker, which is not, has an alarm on its errors
  #checkov:skip=CKV_AWS_117:It talks to AWS's public endpoints only; a VPC would need a NAT gateway at $32 a month
  #checkov:skip=CKV_AWS_173:Names and numbers only, no secret; a key of one's own costs $1 a month
  #checkov:skip=CKV_AWS_272:Who may update the code may also update the signing configuration here
  function_name                  = var.name
  description                    = var.description
  role                           = aws_iam_role.this.arn
  handler                        = "${var.module}.handler"
  runtime                        = "python3.13"
  architectures                  = ["arm64"]
  memory_size                    = var.memory
  timeout                        = 10 # seconds; the fan-out gives up well before
  filename                       = var.zip
  source_code_hash               = try(filebase64sha256(var.zip), null)
  publish                        = true # after an update of layer and code, which AWS takes one after the other
  layers                         = var.layers
  reserved_concurrent_executions = var.reserved_concurrency

  environment {
    variables = var.environment
  }

  logging_config {
    log_group             = aws_cloudwatch_log_group.this.name
    log_format            = "JSON"
    application_log_level = "WARN"
    system_log_level      = "WARN"
  }

  # The function needs its permissions from the first call on, and leaves before its log group does.
  depends_on = [aws_iam_role_policy.this]

  lifecycle {
    precondition {
      condition     = fileexists(var.zip)
      error_message = "There is no ${basename(var.zip)} in build/. Run `make package` first."
    }
  }
}

resource "aws_lambda_alias" "this" {
  name             = "live"
  description      = "The version that is called"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

# Ours from the start, so that retention holds and `terraform destroy` takes it along.
resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:A key of one's own costs $1 a month; nothing content-like is ever logged
  #checkov:skip=CKV_AWS_338:7 days unless the owner says otherwise: an anonymous chat keeps no year of logs
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
}

data "aws_region" "current" {}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-${data.aws_region.current.id}" # the account's other regions may have the same stack
  permissions_boundary = var.permissions_boundary == "" ? null : var.permissions_boundary
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })

  lifecycle {
    ignore_changes = [name] # of a stack that was made before names had a region
  }
}

# No logs:CreateLogGroup: a late line after `terraform destroy` must not bring the group back without its retention.
resource "aws_iam_role_policy" "this" {
  name = var.name
  role = aws_iam_role.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
      }],
      [for statement in var.statements : {
        Effect   = "Allow"
        Action   = statement.actions
        Resource = statement.resources
      }],
    )
  })
}
