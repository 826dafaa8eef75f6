variable "app" {
  description = "The chat's own `app`: what the names of all its things in the account begin with."
  type        = string
  default     = "anonchat"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,17}$", var.app))
    error_message = "app is made of at most 18 lower-case letters, digits and hyphens, and begins with a letter."
  }

  # Or the names made here would begin like the chat's own, and the apply role could change itself.
  validation {
    condition     = !can(regex("^(bootstrap|github|tfstate)(-|$)", var.app))
    error_message = "app cannot begin with bootstrap-, github- or tfstate-: these names are kept for what deploys the chat."
  }
}

variable "region" {
  description = "AWS region of the chat and of its state. Empty: the one of the environment or profile."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.region == "" || can(regex("^[a-z]+(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "A region looks like eu-central-1; leave it empty to take the environment's."
  }
}

variable "github_subject_prefix" {
  description = "What the subject of this repository's GitHub tokens begins with: repo:OWNER@ID/REPO@ID, or repo:OWNER/REPO for a repository from before July 2026. `make bootstrap` asks GitHub for it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^repo:[\\w.-]+(@[0-9]+)?/[\\w.-]+(@[0-9]+)?$", var.github_subject_prefix))
    error_message = "The prefix is exactly repo:OWNER@ID/REPO@ID or repo:OWNER/REPO, without wildcards and without what follows."
  }
}

variable "github_environment" {
  description = "The GitHub environment that apply runs in. Allow it the main branch only, in the repository's settings."
  type        = string
  default     = "production"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.github_environment))
    error_message = "The environment's name is at most 64 letters, digits, hyphens and underscores."
  }
}

variable "github_oidc_provider_arn" {
  description = "ARN of the account's provider for token.actions.githubusercontent.com, if it has one: there can be only one. Empty: it is made here."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.github_oidc_provider_arn == "" || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/token\\.actions\\.githubusercontent\\.com$", var.github_oidc_provider_arn))
    error_message = "The ARN ends in :oidc-provider/token.actions.githubusercontent.com; leave it empty to have the provider made."
  }
}
