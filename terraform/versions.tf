terraform {
  required_version = ">= 1.11" # S3's own lock of the state, for those who keep it there

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = var.region == "" ? null : var.region

  default_tags {
    tags = local.tags
  }
}
