output "id" {
  description = "Id of the API."
  value       = aws_apigatewayv2_api.this.id
}

output "execution_arn" {
  description = "What the ARNs of the API's routes and connections begin with."
  value       = aws_apigatewayv2_api.this.execution_arn
}

output "stage_name" {
  description = "Name of the stage."
  value       = aws_apigatewayv2_stage.this.name
}

output "throttles" {
  description = "What the stage takes: its default, and each route's own."
  value       = { default = local.account_quota, routes = local.throttles }
}

output "stage_arn" {
  description = "ARN of the stage, for who may change its throttle."
  value       = aws_apigatewayv2_stage.this.arn
}
