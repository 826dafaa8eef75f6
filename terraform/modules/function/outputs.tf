output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "alias" {
  description = "Name of the alias by which the function is called: who may call it, may call that."
  value       = aws_lambda_alias.this.name
}

output "arn" {
  description = "ARN of that alias."
  value       = aws_lambda_alias.this.arn
}

output "invoke_arn" {
  description = "ARN by which API Gateway calls it."
  value       = aws_lambda_alias.this.invoke_arn
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "policy" {
  description = "The role's policy, as JSON."
  value       = aws_iam_role_policy.this.policy
}

output "environment" {
  description = "The function's environment variables."
  value       = aws_lambda_function.this.environment[0].variables
}
