# Two chats in one account: one for people, at domain names of its own, and one to try changes on, small and cheap to lose.
# Neither knows of the other: all their names differ, and each has its own table, page and guardrails.
#
#     make package
#     scripts/terraform -chdir=terraform/examples/two-environments init
#     scripts/terraform -chdir=terraform/examples/two-environments apply

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

# CloudFront takes its certificates from there, wherever the chat is.
provider "aws" {
  region = "us-east-1"
}

variable "zone_id" {
  description = "Id of the Route 53 zone of example.org, or rather of yours."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^Z[A-Z0-9]+$", var.zone_id))
    error_message = "A zone's id begins with Z, such as Z0123456789ABCDEFGHIJ."
  }
}

module "site_certificate" {
  source = "../../modules/certificate"

  name    = "chat.example.org"
  zone_id = var.zone_id
}

module "prod" {
  source = "../.."

  env           = "prod"
  region        = "eu-central-1"
  alert_email   = "me@example.org"
  site_domain   = { name = "chat.example.org", certificate_arn = module.site_certificate.arn, zone_id = var.zone_id }
  socket_domain = { name = "socket.chat.example.org", zone_id = var.zone_id }
  tags          = { CostCenter = "community" }
}

module "test" {
  source = "../.."

  env                  = "test"
  region               = "eu-central-1"
  reserved_concurrency = 2
  room_cap             = 10
  history_seconds      = 60
  limits               = { messages_per_hour = 20000, messages_per_day = 50000, connects_per_hour = 500, connects_per_day = 1000 }
  log_retention_days   = 1
}

output "sites" {
  description = "The two pages."
  value       = { prod = module.prod.site_url, test = module.test.site_url }
}
