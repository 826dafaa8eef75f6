output "target" {
  description = "What a record of the name has to lead to, if Route 53 does not have it."
  value       = aws_apigatewayv2_domain_name.this.domain_name_configuration[0].target_domain_name
}
