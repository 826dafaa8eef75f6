# What the mocked provider answers where a made-up string would not do: ARNs are checked, and tests look at them.

mock_data "aws_region" {
  defaults = { id = "eu-central-1", name = "eu-central-1" }
}

mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_resource "aws_acm_certificate" {
  defaults = {
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/mocked"
    domain_validation_options = [{
      domain_name           = "chat.example.org"
      resource_record_name  = "_proof.chat.example.org"
      resource_record_type  = "CNAME"
      resource_record_value = "_what.acm-validations.aws"
    }]
  }
}

mock_resource "aws_apigatewayv2_api" {
  defaults = { id = "api123", execution_arn = "arn:aws:execute-api:eu-central-1:123456789012:api123" }
}

mock_resource "aws_apigatewayv2_domain_name" {
  defaults = { domain_name_configuration = { target_domain_name = "d-123.execute-api.eu-central-1.amazonaws.com" } }
}

mock_resource "aws_apigatewayv2_stage" {
  defaults = { arn = "arn:aws:apigateway:eu-central-1::/apis/api123/stages/prod" }
}

mock_resource "aws_cloudfront_distribution" {
  defaults = {
    arn         = "arn:aws:cloudfront::123456789012:distribution/D123"
    domain_name = "d123.cloudfront.net"
  }
}

mock_resource "aws_cloudwatch_event_rule" {
  defaults = { arn = "arn:aws:events:eu-central-1:123456789012:rule/mocked" }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:mocked" }
}

mock_resource "aws_dynamodb_table" {
  defaults = { arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/mocked" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::123456789012:role/mocked" }
}

mock_resource "aws_lambda_function" {
  defaults = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:mocked"
    invoke_arn = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/mocked/invocations"
  }
}

mock_resource "aws_lambda_alias" {
  defaults = {
    arn        = "arn:aws:lambda:eu-central-1:123456789012:function:mocked:live"
    invoke_arn = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/mocked:live/invocations"
  }
}

mock_resource "aws_lambda_layer_version" {
  defaults = { arn = "arn:aws:lambda:eu-central-1:123456789012:layer:mocked:1" }
}

mock_resource "aws_s3_bucket" {
  defaults = {
    id                          = "bucket123"
    bucket                      = "bucket123"
    arn                         = "arn:aws:s3:::bucket123"
    bucket_regional_domain_name = "bucket123.s3.eu-central-1.amazonaws.com"
  }
}

mock_resource "aws_s3_bucket_website_configuration" {
  defaults = { website_endpoint = "bucket123.s3-website.eu-central-1.amazonaws.com" }
}

mock_resource "aws_sns_topic" {
  defaults = { arn = "arn:aws:sns:eu-central-1:123456789012:mocked" }
}
