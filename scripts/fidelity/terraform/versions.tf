terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  default_tags {
    tags = {
      Project   = "anonchat-fidelity"
      Stack     = var.name
      ManagedBy = "terraform"
    }
  }
}
