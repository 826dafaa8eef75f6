mock_provider "aws" {
  override_during = plan # so that a plan knows it all, which takes a third of an apply

  source = "./tests/mocks"
}

variables {
  name                 = "anonchat-prod-send"
  description          = "Serves the route send"
  module               = "send"
  zip                  = "../build/send.zip"
  layers               = ["arn:aws:lambda:eu-central-1:123456789012:layer:anonchat-prod:1"]
  environment          = { TABLE_NAME = "anonchat-prod" }
  statements           = [{ actions = ["dynamodb:PutItem"], resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/mocked"] }]
  reserved_concurrency = 10
  permissions_boundary = "arn:aws:iam::123456789012:policy/anonchat-boundary"
}

run "an_owner_may_give_more_memory_and_keep_logs_longer" {
  command = plan

  module {
    source = "./modules/function"
  }
  variables {
    memory             = 2048
    log_retention_days = 30
  }

  assert {
    condition     = aws_lambda_function.this.memory_size == 2048 && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The owner's memory or retention is not taken."
  }
}

run "a_function_runs_small_and_bounded" {
  command = plan

  module {
    source = "./modules/function"
  }

  assert {
    condition     = aws_lambda_function.this.runtime == "python3.13" && aws_lambda_function.this.architectures == tolist(["arm64"])
    error_message = "The layer is for Python 3.13 on arm64."
  }
  assert {
    condition     = aws_lambda_function.this.memory_size == 1024 && aws_lambda_function.this.timeout == 10 && aws_lambda_function.this.reserved_concurrent_executions == 10
    error_message = "Memory, time-out or concurrency is not what costs.md reckons with."
  }
  assert {
    condition     = aws_lambda_function.this.handler == "send.handler" && aws_lambda_function.this.source_code_hash == filebase64sha256("../build/send.zip")
    error_message = "The function does not run the packaged module."
  }
  assert {
    condition     = length(aws_lambda_function.this.vpc_config) == 0 && length(aws_lambda_function.this.snap_start) == 0
    error_message = "A VPC or SnapStart would break the $2."
  }
}

run "what_is_called_is_a_version_of_code_and_layer_together" {
  command = plan

  module {
    source = "./modules/function"
  }

  assert {
    condition     = aws_lambda_function.this.publish && aws_lambda_alias.this.function_version == aws_lambda_function.this.version
    error_message = "The alias names no version, or another one."
  }
  assert {
    condition     = output.alias == "live" && endswith(output.arn, ":live") && strcontains(output.invoke_arn, ":live/")
    error_message = "The function can be called as it is between two updates: ${output.arn}, ${output.invoke_arn}"
  }
}

run "a_function_logs_little_and_for_a_week" {
  command = plan

  module {
    source = "./modules/function"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/lambda/anonchat-prod-send" && aws_cloudwatch_log_group.this.retention_in_days == 7 && aws_cloudwatch_log_group.this.skip_destroy != true
    error_message = "The log group is not the function's, not ours, or keeps too much."
  }
  assert {
    condition = (aws_lambda_function.this.logging_config[0].log_group == aws_cloudwatch_log_group.this.name
      && aws_lambda_function.this.logging_config[0].log_format == "JSON"
      && aws_lambda_function.this.logging_config[0].application_log_level == "WARN"
    && aws_lambda_function.this.logging_config[0].system_log_level == "WARN")
    error_message = "Logs are JSON at WARN, in the group that is ours."
  }
}

run "its_role_is_lambdas_alone_and_cannot_make_log_groups" {
  command = plan

  module {
    source = "./modules/function"
  }

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{
      Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" }
    }]
    error_message = "Somebody besides Lambda may take the role."
  }
  assert {
    condition = jsondecode(output.policy).Statement == [
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"] },
      { Effect = "Allow", Action = ["dynamodb:PutItem"], Resource = ["arn:aws:dynamodb:eu-central-1:123456789012:table/mocked"] },
    ]
    error_message = "The policy is ${output.policy}"
  }
}

run "a_wildcard_among_the_actions_is_refused" {
  command = plan

  module {
    source = "./modules/function"
  }
  variables {
    statements = [{ actions = ["dynamodb:*"], resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/mocked"] }]
  }

  expect_failures = [var.statements]
}

run "the_role_is_bounded_when_a_boundary_is_given" {
  command = plan

  module {
    source = "./modules/function"
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/anonchat-boundary"
    error_message = "The boundary is ${jsonencode(aws_iam_role.this.permissions_boundary)}"
  }
}

run "nothing_packaged_is_said" {
  command = plan

  module {
    source = "./modules/function"
  }
  variables {
    zip = "../build/nowhere.zip"
  }

  expect_failures = [aws_lambda_function.this]
}
