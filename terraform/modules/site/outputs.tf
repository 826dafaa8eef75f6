output "url" {
  description = "The page, by https."
  value       = "${var.cloudfront ? local.origin : local.address}/index.html"
}

output "website_url" {
  description = "A shorter address that leads to the page."
  value       = var.cloudfront ? "http://${local.host}" : "http://${aws_s3_bucket_website_configuration.this[0].website_endpoint}"
}

output "origin" {
  description = "The page's origin, as browsers send it."
  value       = local.origin
}

output "distribution" {
  description = "CloudFront's own name for the page and the zone of that, for records of a domain name; null without CloudFront."
  value       = one([for each in aws_cloudfront_distribution.this : { domain_name = each.domain_name, zone_id = each.hosted_zone_id }])
}

output "bucket" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.bucket
}

output "served" {
  description = "The text of each file that is no picture, as it is uploaded."
  value       = local.served
}
