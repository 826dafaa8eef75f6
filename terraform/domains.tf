# Domain names of the owner's for the page and for the socket, which are nothing else than other addresses for both.
#
# A certificate for the socket is made here, if there is a zone to prove its name in. One for the page is not: CloudFront
# takes it from us-east-1, and for that every plan of everybody would start a second provider.

locals {
  makes_certificate = var.socket_domain.name != "" && var.socket_domain.certificate_arn == ""
}

module "socket_certificate" {
  source = "./modules/certificate"
  count  = local.makes_certificate ? 1 : 0

  name    = var.socket_domain.name
  zone_id = var.socket_domain.zone_id
}

module "socket_domain" {
  source = "./modules/socket_domain"
  count  = var.socket_domain.name == "" ? 0 : 1

  name            = var.socket_domain.name
  certificate_arn = local.makes_certificate ? module.socket_certificate[0].arn : var.socket_domain.certificate_arn
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
