# CloudFront in front of a private bucket: for accounts that forbid public buckets, a shorter way to far visitors, and
# the headers that S3 cannot send.

locals {
  host   = var.domain.name != "" ? var.domain.name : one(aws_cloudfront_distribution.this[*].domain_name)
  origin = var.cloudfront ? "https://${local.host}" : regex("^https?://[^/]+", local.address)
  # Where S3 serves the bucket by https, in virtual-hosted style: in path style other people's buckets share the origin.
  address = replace(var.address, "{bucket}", aws_s3_bucket.this.bucket)

  distribution_may_read = var.cloudfront ? jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.this.arn}/*"
      Condition = { StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.this[0].arn } }
    }]
  }) : ""
}

data "aws_region" "current" {}

resource "aws_cloudfront_origin_access_control" "this" {
  count = var.cloudfront ? 1 : 0

  name                              = "${var.name}-site-${data.aws_region.current.id}" # CloudFront knows no regions
  description                       = "Signs CloudFront's requests to the private bucket"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"

  lifecycle {
    ignore_changes = [name] # of a stack that was made before names had a region
  }
}

resource "aws_cloudfront_response_headers_policy" "this" {
  #checkov:skip=CKV_AWS_259:The domain is CloudFront's own: neither its subdomains nor its preloading are ours to decide
  count = var.cloudfront ? 1 : 0

  name    = "${var.name}-site-${data.aws_region.current.id}"
  comment = "What the page cannot say in a meta element"

  security_headers_config {
    content_security_policy {
      content_security_policy = "frame-ancestors 'none'"
      override                = true
    }
    content_type_options {
      override = true
    }
    frame_options {
      frame_option = "DENY"
      override     = true
    }
    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }
    strict_transport_security {
      access_control_max_age_sec = 31536000
      override                   = true
    }
  }

  lifecycle {
    ignore_changes = [name] # of a stack that was made before names had a region
  }
}

resource "aws_cloudfront_distribution" "this" {
  #checkov:skip=CKV_AWS_68:A web application firewall costs $5 a month
  #checkov:skip=CKV2_AWS_47:A web application firewall costs $5 a month, and nothing here runs Java
  #checkov:skip=CKV_AWS_86:Access logs would hold the visitors' addresses
  #checkov:skip=CKV_AWS_174:CloudFront's own certificate comes with its own choice of TLS versions; with a domain name it is 1.2
  #checkov:skip=CKV2_AWS_42:CloudFront's own certificate serves its own domain name, if the owner gives no other
  #checkov:skip=CKV_AWS_310:One bucket, remade by one apply: there is nothing to fail over to
  #checkov:skip=CKV_AWS_374:A chat for everybody, wherever they are
  count = var.cloudfront ? 1 : 0

  comment             = "${var.name} site"
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  default_root_object = "index.html"
  price_class         = "PriceClass_100"
  aliases             = var.domain.name == "" ? [] : [var.domain.name]

  origin {
    origin_id                = "bucket"
    domain_name              = aws_s3_bucket.this.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.this[0].id
  }

  default_cache_behavior {
    target_origin_id           = "bucket"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = "658327ea-f89d-4fab-a63d-7e88639e58f6" # AWS's CachingOptimized: follows Cache-Control, at least 1 s
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this[0].id
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = var.domain.name == ""
    acm_certificate_arn            = var.domain.name == "" ? null : var.domain.certificate_arn
    ssl_support_method             = var.domain.name == "" ? null : "sni-only"
    minimum_protocol_version       = var.domain.name == "" ? null : "TLSv1.2_2021"
  }
}
