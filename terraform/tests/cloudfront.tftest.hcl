# The other shape of the site. Its distribution names an origin whose mocked values only an apply knows.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name          = "anonchat-prod"
  folder        = "../frontend"
  websocket_url = "wss://api123.execute-api.eu-central-1.amazonaws.com/prod"
  address       = "https://{bucket}.s3.eu-central-1.amazonaws.com"
  cloudfront    = true
}

run "with_cloudfront_the_bucket_is_private" {
  module {
    source = "./modules/site"
  }
  assert {
    condition     = aws_s3_bucket_public_access_block.this.block_public_acls && aws_s3_bucket_public_access_block.this.ignore_public_acls && aws_s3_bucket_public_access_block.this.block_public_policy && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    error_message = "The bucket is open to the public."
  }
  assert {
    condition = jsondecode(aws_s3_bucket_policy.this.policy).Statement == [{
      Effect    = "Allow", Principal = { Service = "cloudfront.amazonaws.com" }, Action = "s3:GetObject", Resource = "arn:aws:s3:::bucket123/*"
      Condition = { StringEquals = { "AWS:SourceArn" = "arn:aws:cloudfront::123456789012:distribution/D123" } }
    }]
    error_message = "The policy is ${aws_s3_bucket_policy.this.policy}"
  }
  assert {
    condition     = length(aws_s3_bucket_website_configuration.this) == 0
    error_message = "A private bucket needs no website."
  }
  assert {
    condition = (aws_cloudfront_distribution.this[0].default_cache_behavior[0].viewer_protocol_policy == "redirect-to-https"
      && aws_cloudfront_distribution.this[0].default_root_object == "index.html"
      && aws_cloudfront_distribution.this[0].default_cache_behavior[0].response_headers_policy_id == aws_cloudfront_response_headers_policy.this[0].id
    && one(aws_cloudfront_distribution.this[0].origin).origin_access_control_id == aws_cloudfront_origin_access_control.this[0].id)
    error_message = "The distribution speaks http, has no page, no headers or no access to the bucket."
  }
  assert {
    condition     = aws_cloudfront_response_headers_policy.this[0].security_headers_config[0].content_security_policy[0].content_security_policy == "frame-ancestors 'none'"
    error_message = "Other pages may frame the chat."
  }
}
