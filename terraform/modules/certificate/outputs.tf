output "arn" {
  description = "ARN of the certificate, once it is proven."
  value       = aws_acm_certificate_validation.this.certificate_arn
}
