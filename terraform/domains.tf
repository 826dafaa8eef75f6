# Domain names of the owner's for the page and for the socket, which are nothing else than other addresses for both.

locals {
  # A certificate is made where there is a zone to prove the name in, and none is named.
  makes_certificate = { for what, domain in { site = var.site_domain, socket = var.socket_domain } :
    what => domain.name != "" && domain.certificate_arn == ""
  }
}

module "site_certificate" {
  source    = "./modules/certificate"
  count     = local.makes_certificate.site ? 1 : 0
  providers = { aws = aws.us_east_1 }

  name    = var.site_domain.name
  zone_id = var.site_domain.zone_id
}

module "socket_certificate" {
  source = "./modules/certificate"
  count  = local.makes_certificate.socket ? 1 : 0

  name    = var.socket_domain.name
  zone_id = var.socket_domain.zone_id
}

module "socket_domain" {
  source = "./modules/socket_domain"
  count  = var.socket_domain.name == "" ? 0 : 1

  name            = var.socket_domain.name
  certificate_arn = local.makes_certificate.socket ? module.socket_certificate[0].arn : var.socket_domain.certificate_arn
  zone_id         = var.socket_domain.zone_id
  api_id          = module.websocket_api.id
  stage_name      = module.websocket_api.stage_name
}

resource "aws_route53_record" "site" {
  for_each = var.site_domain.zone_id == "" ? [] : toset(["A", "AAAA"])

  zone_id = var.site_domain.zone_id
  name    = var.site_domain.name
  type    = each.value

  alias {
    name                   = module.site.distribution.domain_name
    zone_id                = module.site.distribution.zone_id
    evaluate_target_health = false
  }
}
