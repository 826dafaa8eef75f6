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

  validation {
    condition     = !can(regex("^(xn--|sthree-|amzn-s3-)", "${var.app}-"))
    error_message = "A bucket's name cannot begin with xn--, sthree- or amzn-s3-, which S3 keeps for itself: choose another app."
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
  description = "AWS region. Empty: the one of the environment or profile; a stack stays in that of its first apply, and from another one the plan is refused."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.region == "" || can(regex("^[a-z]+(-[a-z]+)+-[0-9]+$", var.region))
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
  description = "Above one of these counts the breaker closes the chat until somebody opens it again. Messages are frames in both directions, which is what is billed. Connects close it to new sockets only. What is left out follows from room_cap: for rooms of up to 50, 204000 messages an hour and 510000 a day, 5000 connects an hour and 10000 a day, and 3600 seconds an hour in which functions run, that of all at once together."
  type = object({
    messages_per_hour = optional(number)
    messages_per_day  = optional(number)
    connects_per_hour = optional(number)
    connects_per_day  = optional(number)
    seconds_per_hour  = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for most in values(var.limits) : try(most >= 1 && floor(most) == most, most == null)])
    error_message = "Each of the limits is a whole number of at least 1."
  }

  validation {
    condition     = alltrue([for what in ["messages", "connects"] : try(var.limits["${what}_per_hour"] <= var.limits["${what}_per_day"], true)])
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

variable "tags" {
  description = "Tags of your own for everything that takes tags. Project, Stack and ManagedBy are the chat's own."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.tags) : !contains(["Project", "Stack", "ManagedBy"], key) && !startswith(lower(key), "aws:")])
    error_message = "Project, Stack and ManagedBy are the chat's own tags, and aws: is AWS's: choose other keys."
  }
}

variable "log_retention_days" {
  description = "How many days CloudWatch keeps the functions' logs, which hold failures and nothing of what is said."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731 or 1096 days, or 5 to 10 years."
  }
}

variable "memory" {
  description = "Memory of each function in MB, and with it the share of a processor. Less makes a message to a full room slower, and is not cheaper within Lambda's free calls."
  type        = number
  default     = 1024
  nullable    = false

  validation {
    condition     = var.memory >= 128 && var.memory <= 10240 && floor(var.memory) == var.memory
    error_message = "memory is a whole number of MB from 128 to 10240."
  }
}

variable "site_domain" {
  description = "A domain name of yours for the page, such as chat.example.org; CloudFront serves it then. certificate_arn names its certificate, which CloudFront takes from us-east-1 (examples/ makes one). With zone_id, the Route 53 zone it is in, the records are made too; without, point the name at the output site_target."
  type = object({
    name            = optional(string, "")
    certificate_arn = optional(string, "")
    zone_id         = optional(string, "")
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.site_domain.name == "" || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.site_domain.name))
    error_message = "site_domain.name is a domain name without scheme and path, such as chat.example.org."
  }

  validation {
    condition     = (var.site_domain.name == "") == (var.site_domain.certificate_arn == "") && (var.site_domain.name != "" || var.site_domain.zone_id == "")
    error_message = "site_domain takes a name and with it a certificate_arn, and a zone_id if the records are to be made here."
  }

  validation {
    condition     = var.site_domain.certificate_arn == "" || can(regex("^arn:[a-z-]+:acm:us-east-1:[0-9]{12}:certificate/.+$", var.site_domain.certificate_arn))
    error_message = "CloudFront takes certificates from us-east-1 only: site_domain.certificate_arn begins with arn:aws:acm:us-east-1:."
  }
}

variable "socket_domain" {
  description = "A domain name of yours for the socket, such as socket.example.org. With zone_id, the Route 53 zone it is in, certificate and records are made too; without, name a certificate_arn of the chat's region and point the name at the output socket_target."
  type = object({
    name            = optional(string, "")
    certificate_arn = optional(string, "")
    zone_id         = optional(string, "")
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.socket_domain.name == "" || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.socket_domain.name))
    error_message = "socket_domain.name is a domain name without scheme and path, such as socket.example.org."
  }

  validation {
    condition     = (var.socket_domain.name == "") == (var.socket_domain.certificate_arn == "" && var.socket_domain.zone_id == "")
    error_message = "socket_domain takes a name, and with it a zone_id or a certificate_arn."
  }

  validation {
    condition     = var.socket_domain.certificate_arn == "" || can(regex("^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.socket_domain.certificate_arn))
    error_message = "socket_domain.certificate_arn is the ARN of a certificate in ACM."
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
