# Nothing here has to be set. `make preflight` writes what an account needs into account.auto.tfvars.json.

variable "app" {
  description = "First part of every name in the account."
  type        = string
  default     = "anonchat"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,17}$", var.app))
    error_message = "app is made of at most 18 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "env" {
  description = "Second part of every name, and the last part of the socket's address: lets several chats live in one account."
  type        = string
  default     = "prod"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,11}$", var.env))
    error_message = "env is made of at most 12 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "region" {
  description = "AWS region. Empty: the one of the environment or profile; but then an apply from another environment would not find this stack and make a second one."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.region == "" || can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "A region looks like eu-central-1; leave it empty to take the environment's."
  }
}

variable "reserved_concurrency" {
  description = "How many runs of each function are reserved and at the same time the most there can be; -1 reserves none, which new accounts with their quota of 10 need."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.reserved_concurrency == -1 || (var.reserved_concurrency >= 1 && var.reserved_concurrency <= 1000 && floor(var.reserved_concurrency) == var.reserved_concurrency)
    error_message = "reserved_concurrency is a whole number from 1 to 1000, or -1 to reserve nothing."
  }
}

variable "cloudfront" {
  description = "Serve the page by CloudFront from a private bucket: for accounts that forbid public buckets, and for its headers."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = contains([true, false], var.cloudfront)
    error_message = "cloudfront is true or false."
  }
}

variable "throttle" {
  description = "How many connects and frames the API takes of all clients together: per second, and at once. Each route takes its part of it, as lambdas/routes.json says."
  type = object({
    rate  = optional(number, 100)
    burst = optional(number, 200)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.throttle.rate >= 1 && var.throttle.rate <= 10000 && var.throttle.burst >= 1 && var.throttle.burst <= 5000 && floor(var.throttle.burst) == var.throttle.burst
    error_message = "throttle.rate is from 1 to 10000 and throttle.burst a whole number from 1 to 5000; 0 would let nobody in."
  }
}

variable "limits" {
  description = "Above one of these counts the breaker closes the chat until somebody opens it again. Messages are frames in both directions, which is what is billed."
  type = object({
    messages_per_hour = optional(number, 200000)
    messages_per_day  = optional(number, 500000)
    connects_per_hour = optional(number, 5000)
    connects_per_day  = optional(number, 10000)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for most in values(var.limits) : most >= 1 && floor(most) == most])
    error_message = "Each of the limits is a whole number of at least 1."
  }

  validation {
    condition     = var.limits.messages_per_hour <= var.limits.messages_per_day && var.limits.connects_per_hour <= var.limits.connects_per_day
    error_message = "The limits of an hour cannot be above those of a day."
  }
}

variable "alert_email" {
  description = "Where alarms and the monthly budget send mail. Empty: no mail and no budget."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.alert_email == "" || can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", var.alert_email))
    error_message = "alert_email looks like name@example.org; leave it empty for no mail."
  }
}

variable "monthly_budget" {
  description = "US dollars a month at which the budget sends mail: at 80 % of it spent, or 100 % foreseen. It counts the whole account."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.monthly_budget > 0
    error_message = "monthly_budget is more than 0 dollars."
  }
}

variable "dashboard" {
  description = "Make a CloudWatch dashboard. Three in an account are free."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = contains([true, false], var.dashboard)
    error_message = "dashboard is true or false."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds what the functions' roles may ever do; the roles of `make bootstrap` demand one. Empty: none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.permissions_boundary == "" || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:policy/.+$", var.permissions_boundary))
    error_message = "permissions_boundary is the ARN of an IAM policy, or empty for none."
  }
}

variable "addresses" {
  description = "Where API Gateway and S3 answer; {api}, {stage}, {bucket} and {region} are filled in. Only an emulator, or a part of AWS with other host names, needs other ones."
  type = object({
    api  = optional(string, "https://{api}.execute-api.{region}.amazonaws.com/{stage}")
    site = optional(string, "https://{bucket}.s3.{region}.amazonaws.com")
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^https?://.*\\{api\\}.*\\{stage\\}$", var.addresses.api))
    error_message = "addresses.api begins with https://, contains {api} and ends in {stage}."
  }

  validation {
    condition     = can(regex("^https?://.*\\{bucket\\}", var.addresses.site))
    error_message = "addresses.site begins with https:// and contains {bucket}."
  }
}
