# The least there is to say: a region, and where alarms may send mail. Everything else has a default.
#
#     make package
#     scripts/terraform -chdir=terraform/examples/minimal init
#     scripts/terraform -chdir=terraform/examples/minimal apply

terraform {
  required_version = ">= 1.11"
}

module "chat" {
  source = "../.."

  region      = "eu-central-1"
  alert_email = "me@example.org"
}

output "site_url" {
  description = "The page. Give this address to people."
  value       = module.chat.site_url
}
