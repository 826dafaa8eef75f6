mock_provider "aws" {
  override_during = plan # so that a plan knows it all, which takes a third of an apply

  source = "./tests/mocks"
}

variables {
  name          = "anonchat-prod"
  folder        = "../frontend"
  websocket_url = "wss://api123.execute-api.eu-central-1.amazonaws.com/prod"
  address       = "https://{bucket}.s3.eu-central-1.amazonaws.com"
  cloudfront    = false
}

run "assets_lie_under_the_hash_of_their_content_for_a_year" {
  command = plan

  module {
    source = "./modules/site"
  }

  assert {
    condition     = toset(keys(aws_s3_object.asset)) == setsubtract(fileset("../frontend", "**/*.{css,html,ico,js,json,png,svg,txt,webmanifest,woff2}"), ["index.html", "sw.js", "config.js", "config.example.js"])
    error_message = "Uploaded are ${join(", ", keys(aws_s3_object.asset))}"
  }
  assert {
    condition     = alltrue([for file, asset in aws_s3_object.asset : can(regex("^v/[0-9a-f]{16}/", asset.key)) && endswith(asset.key, "/${file}")])
    error_message = "An asset's key is not v/<hash>/<its name>."
  }
  assert {
    condition     = alltrue([for asset in aws_s3_object.asset : asset.cache_control == "public, max-age=31536000, immutable"])
    error_message = "An asset is not cached for a year."
  }
  assert {
    condition = alltrue([for file, asset in aws_s3_object.asset : asset.content_type == {
      css  = "text/css; charset=utf-8", js = "text/javascript; charset=utf-8", svg = "image/svg+xml", png = "image/png", ico = "image/x-icon"
      html = "text/html; charset=utf-8", json = "application/json", txt = "text/plain; charset=utf-8", webmanifest = "application/manifest+json", woff2 = "font/woff2"
    }[regex("[^.]+$", file)]])
    error_message = "An asset has a content type that browsers would refuse."
  }
}

run "what_compresses_well_is_uploaded_compressed" {
  command = plan

  module {
    source = "./modules/site"
  }

  assert {
    condition = alltrue([for file, asset in aws_s3_object.asset :
    asset.content_encoding == "gzip" && nonsensitive(asset.content_base64) == base64gzip(output.served[file]) if !endswith(file, ".png")])
    error_message = "An asset is not compressed, or says not so."
  }
  assert {
    condition = alltrue([for file, asset in aws_s3_object.asset :
    asset.content_encoding == null && nonsensitive(asset.content_base64) == filebase64("../frontend/${file}") if endswith(file, ".png")])
    error_message = "A picture is not as it was."
  }
  assert {
    condition     = aws_s3_object.index.content_encoding == "gzip" && nonsensitive(aws_s3_object.index.content_base64) == base64gzip(output.served["index.html"])
    error_message = "The page is not compressed, or says not so."
  }
  assert {
    condition = alltrue([for file, worker in aws_s3_object.service_worker :
    worker.key == "sw.js" && worker.content_encoding == "gzip" && nonsensitive(worker.content_base64) == base64gzip(output.served["sw.js"])])
    error_message = "The service worker is not compressed, says not so, or lies elsewhere than at the root."
  }
}

run "the_configuration_comes_from_the_stack_and_is_never_cached" {
  command = plan

  module {
    source = "./modules/site"
  }

  assert {
    condition     = aws_s3_object.config.content == "export default {\"websocketUrl\":\"wss://api123.execute-api.eu-central-1.amazonaws.com/prod\"};\n"
    error_message = "config.js is ${aws_s3_object.config.content}"
  }
  assert {
    condition     = aws_s3_object.config.cache_control == "no-store" && dirname(aws_s3_object.config.key) == dirname(aws_s3_object.asset["main.js"].key)
    error_message = "config.js is cached, or not beside main.js, which imports it."
  }
}

run "the_page_names_its_assets_and_the_one_socket_it_may_open" {
  command = plan

  module {
    source = "./modules/site"
  }

  assert {
    condition     = aws_s3_object.index.key == "index.html" && aws_s3_object.index.cache_control == "no-store" && aws_s3_object.index.content_type == "text/html; charset=utf-8"
    error_message = "The page is cached, or no page."
  }
  assert {
    condition = toset([for own in regexall("(?:href|src)=\"([^\":#]+)\"", output.served["index.html"]) : own[0]]) == toset([
      for own in regexall("(?:href|src)=\"([^\":#]+)\"", file("../frontend/index.html")) : own[0] == "config.js" ? aws_s3_object.config.key : aws_s3_object.asset[own[0]].key
    ])
    error_message = "The page does not name its assets by their keys."
  }
  assert {
    condition     = strcontains(output.served["index.html"], "src=\"${aws_s3_object.asset["main.js"].key}\"") && strcontains(output.served["index.html"], "href=\"${aws_s3_object.asset["view/log.js"].key}\"")
    error_message = "The page does not name main.js and view/log.js by their keys."
  }
  assert {
    condition     = regexall("connect-src [^;]*;", output.served["index.html"]) == tolist(["connect-src 'self' wss://api123.execute-api.eu-central-1.amazonaws.com/prod;"])
    error_message = "The page may connect to something else than its socket."
  }
  assert {
    condition     = length(regexall("(?:href|src)=\"https?:", output.served["index.html"])) == 0
    error_message = "The page loads something from somebody else."
  }
}

run "without_cloudfront_anybody_may_read_and_nothing_else" {
  command = plan

  module {
    source = "./modules/site"
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement == [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::bucket123/*" }]
    error_message = "The policy is ${aws_s3_bucket_policy.this.policy}"
  }
  assert {
    condition     = aws_s3_bucket_public_access_block.this.block_public_acls && aws_s3_bucket_public_access_block.this.ignore_public_acls && !aws_s3_bucket_public_access_block.this.block_public_policy && !aws_s3_bucket_public_access_block.this.restrict_public_buckets
    error_message = "The public policy would be refused, or public ACLs accepted."
  }
  assert {
    condition     = length(aws_cloudfront_distribution.this) == 0 && aws_s3_bucket.this.force_destroy && aws_s3_bucket.this.bucket_prefix == "anonchat-prod-site-"
    error_message = "There is a distribution, or a bucket that terraform destroy leaves behind."
  }
  assert {
    condition = alltrue([for rule in aws_s3_bucket_website_configuration.this[0].routing_rule :
    rule.redirect[0].protocol == "https" && rule.redirect[0].host_name == "bucket123.s3.eu-central-1.amazonaws.com" && rule.redirect[0].replace_key_with == "index.html" && length(rule.condition) == 0])
    error_message = "The website address does not lead to the https page."
  }
}
