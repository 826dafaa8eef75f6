output "url" {
  description = "The page, by https."
  value       = "${var.cloudfront ? local.origin : local.address}/index.html"
}

output "website_url" {
  description = "A shorter address that leads to the page."
  value       = var.cloudfront ? "http://${aws_cloudfront_distribution.this[0].domain_name}" : "http://${aws_s3_bucket_website_configuration.this[0].website_endpoint}"
}

output "origin" {
  description = "The page's origin, as browsers send it."
  value       = local.origin
}

output "bucket" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.bucket
}

output "served" {
  description = "The text of each file that is no picture, as it is uploaded."
  value       = local.served
}
