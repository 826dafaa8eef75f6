# Domain names of the owner's: page, socket, origins, policy and records all follow them.

mock_provider "aws" {
  override_during = plan # so that a plan knows it all, which takes a third of an apply

  source = "./tests/mocks"
}

variables {
  site_domain   = { name = "chat.example.org", certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/a", zone_id = "Z0123456789ABCDEFGHIJ" }
  socket_domain = { name = "socket.example.org", zone_id = "Z0123456789ABCDEFGHIJ" }
}

run "the_chat_is_at_both_names_with_certificate_and_records" {
  command = plan

  assert {
    condition     = output.site_url == "https://chat.example.org/index.html" && output.website_url == "http://chat.example.org"
    error_message = "site_url is ${output.site_url}, website_url ${output.website_url}"
  }
  assert {
    condition     = output.websocket_url == "wss://socket.example.org"
    error_message = "websocket_url is ${output.websocket_url}"
  }
  assert {
    condition     = regexall("connect-src [^;]*;", module.site.served["index.html"]) == tolist(["connect-src 'self' wss://socket.example.org;"])
    error_message = "The page may not open its socket, or another one."
  }
  assert {
    condition     = alltrue([for function in module.function : function.environment.ALLOWED_ORIGINS == "https://chat.example.org"])
    error_message = "The page's origin may not connect."
  }
  assert {
    condition     = alltrue([for function in module.function : function.environment.CONNECTIONS_ENDPOINT == "https://api123.execute-api.eu-central-1.amazonaws.com/prod"])
    error_message = "Posts go through the domain name, where a wrong record would stop them."
  }
  assert {
    condition     = length(module.socket_certificate) == 1
    error_message = "The socket's name has no certificate."
  }
  assert {
    condition     = toset([for record in aws_route53_record.site : "${record.type} ${record.name} ${record.alias[0].name}"]) == toset(["A chat.example.org d123.cloudfront.net", "AAAA chat.example.org d123.cloudfront.net"])
    error_message = "The page's name leads elsewhere."
  }
  assert {
    condition     = output.site_target == "d123.cloudfront.net" && output.socket_target != null
    error_message = "Nobody could point the names there by hand."
  }
}

run "without_a_zone_certificates_are_given_and_records_made_elsewhere" {
  command = plan

  variables {
    site_domain   = { name = "chat.example.org", certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/a" }
    socket_domain = { name = "socket.example.org", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/b" }
  }

  assert {
    condition     = length(module.socket_certificate) + length(aws_route53_record.site) == 0
    error_message = "Something is made in Route 53 or ACM."
  }
  assert {
    condition     = output.websocket_url == "wss://socket.example.org" && length(module.socket_domain) == 1
    error_message = "websocket_url is ${output.websocket_url}"
  }
}

run "a_distribution_answers_at_the_name_by_its_certificate" {
  command = plan

  module {
    source = "./modules/site"
  }
  variables {
    name          = "anonchat-prod"
    folder        = "../frontend"
    websocket_url = "wss://socket.example.org"
    address       = "https://{bucket}.s3.eu-central-1.amazonaws.com"
    cloudfront    = true
    domain        = { name = "chat.example.org", certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/a" }
  }

  assert {
    condition     = aws_cloudfront_distribution.this[0].aliases == toset(["chat.example.org"])
    error_message = "CloudFront does not answer at the name."
  }
  assert {
    condition = (aws_cloudfront_distribution.this[0].viewer_certificate[0].acm_certificate_arn == var.domain.certificate_arn
      && aws_cloudfront_distribution.this[0].viewer_certificate[0].ssl_support_method == "sni-only"
    && aws_cloudfront_distribution.this[0].viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021")
    error_message = "The certificate is another one, costs $600 a month, or old TLS is spoken."
  }
}

run "a_name_for_the_page_needs_cloudfront" {
  command = plan

  module {
    source = "./modules/site"
  }
  variables {
    name          = "anonchat-prod"
    folder        = "../frontend"
    websocket_url = "wss://socket.example.org"
    address       = "https://{bucket}.s3.eu-central-1.amazonaws.com"
    cloudfront    = false
    domain        = { name = "chat.example.org", certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/a" }
  }

  expect_failures = [var.domain]
}

run "api_gateway_answers_at_the_sockets_name" {
  command = plan

  module {
    source = "./modules/socket_domain"
  }
  variables {
    name            = "socket.example.org"
    certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/b"
    zone_id         = "Z0123456789ABCDEFGHIJ"
    api_id          = "api123"
    stage_name      = "prod"
  }

  assert {
    condition     = aws_apigatewayv2_domain_name.this.domain_name_configuration[0].security_policy == "TLS_1_2" && aws_apigatewayv2_domain_name.this.domain_name_configuration[0].certificate_arn == var.certificate_arn
    error_message = "The name has another certificate, or speaks old TLS."
  }
  assert {
    condition     = aws_apigatewayv2_api_mapping.this.api_id == "api123" && aws_apigatewayv2_api_mapping.this.stage == "prod" && aws_apigatewayv2_api_mapping.this.api_mapping_key == null
    error_message = "The stage is not at the name's root."
  }
  assert {
    condition     = aws_route53_record.this[0].name == "socket.example.org"
    error_message = "The record is another name's."
  }
}

run "a_certificate_is_proven_by_a_record_in_the_zone" {
  command = plan

  module {
    source = "./modules/certificate"
  }
  variables {
    name    = "chat.example.org"
    zone_id = "Z0123456789ABCDEFGHIJ"
  }

  assert {
    condition     = aws_acm_certificate.this.domain_name == "chat.example.org" && aws_acm_certificate.this.validation_method == "DNS"
    error_message = "The certificate is another name's, or waits for a mail."
  }
  assert {
    condition     = aws_route53_record.proof.name == "_proof.chat.example.org" && aws_route53_record.proof.records == toset(["_what.acm-validations.aws"])
    error_message = "The record is not the one that AWS asked for."
  }
  assert {
    condition     = output.arn == "arn:aws:acm:us-east-1:123456789012:certificate/mocked"
    error_message = "The certificate is used before it is proven."
  }
}
