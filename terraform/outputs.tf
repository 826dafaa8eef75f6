output "site_url" {
  description = "The page. Give this address to people."
  value       = module.site.url
}

output "website_url" {
  description = "A shorter address that leads to the page."
  value       = module.site.website_url
}

output "websocket_url" {
  description = "The socket's address."
  value       = local.socket
}

output "site_target" {
  description = "What a record of site_domain has to lead to, if Route 53 does not have it; null without CloudFront."
  value       = try(module.site.distribution.domain_name, null)
}

output "socket_target" {
  description = "What a record of socket_domain has to lead to, if Route 53 does not have it; null without such a name."
  value       = one(module.socket_domain[*].target)
}

output "site_bucket" {
  description = "Name of the page's bucket."
  value       = module.site.bucket
}

output "table_name" {
  description = "Name of the table."
  value       = module.table.name
}

output "region" {
  description = "The region it all is in."
  value       = data.aws_region.current.id
}

output "api_id" {
  description = "Id of the WebSocket API."
  value       = module.websocket_api.id
}

output "stage_name" {
  description = "Name of the API's stage."
  value       = module.websocket_api.stage_name
}

output "throttles" {
  description = "The throttles of the open stage, its default and each route's own, for `make resume`."
  value       = module.websocket_api.throttles
}

output "breaker_name" {
  description = "Name of the breaker function."
  value       = module.guardrails.breaker_name
}

output "spending_topic_arn" {
  description = "The topic whose alarms close the stage."
  value       = module.guardrails.spending_topic_arn
}

output "trouble_topic_arn" {
  description = "The topic whose alarms only send mail."
  value       = module.guardrails.trouble_topic_arn
}
