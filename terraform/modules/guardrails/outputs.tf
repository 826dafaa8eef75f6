output "spending_topic_arn" {
  description = "The topic whose alarms close the stage."
  value       = aws_sns_topic.this["spending"].arn
}

output "trouble_topic_arn" {
  description = "The topic whose alarms only send mail."
  value       = aws_sns_topic.this["trouble"].arn
}

output "breaker_name" {
  description = "Name of the breaker function."
  value       = module.breaker.name
}
