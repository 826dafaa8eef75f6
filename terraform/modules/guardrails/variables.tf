variable "name" {
  description = "What the names of alarms, topics, budget and breaker begin with."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9-]{1,50}$", var.name))
    error_message = "The guardrails' name is at most 50 lower-case letters, digits and hyphens."
  }
}

variable "api_id" {
  description = "Id of the API that is watched."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.api_id) > 0
    error_message = "Without an API there is nothing to watch."
  }
}

variable "stage_name" {
  description = "Name of the stage that is watched and, if need be, closed."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.stage_name) > 0
    error_message = "Without a stage there is nothing to watch."
  }
}

variable "stage_arn" {
  description = "ARN of that stage, the one thing the breaker may change."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.stage_arn, "arn:")
    error_message = "The stage's ARN begins with arn:."
  }
}

variable "function_names" {
  description = "Names of the chat's functions, for the dashboard."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.function_names) > 0
    error_message = "A chat has functions."
  }
}

variable "log_groups" {
  description = "Names of the log groups in which errors are counted, by function."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for name in values(var.log_groups) : startswith(name, "/aws/lambda/")])
    error_message = "Functions log to groups below /aws/lambda/."
  }
}

variable "layers" {
  description = "ARNs of the layers the breaker needs: the shared one, for its log."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.layers) > 0
    error_message = "The breaker logs through the shared layer."
  }
}

variable "breaker_zip" {
  description = "Path of the packaged breaker."
  type        = string
  nullable    = false

  validation {
    condition     = endswith(var.breaker_zip, ".zip")
    error_message = "A function is packaged as a .zip file."
  }
}

variable "reserved_concurrency" {
  description = "-1 if this account can reserve nothing; otherwise the breaker has one reserved run."
  type        = number
  nullable    = false

  validation {
    condition     = var.reserved_concurrency == -1 || var.reserved_concurrency >= 1
    error_message = "Reserve at least 1, or give -1 to reserve nothing."
  }
}

variable "limits" {
  description = "Above these counts the breaker closes the stage."
  type = object({
    messages_per_hour = number
    messages_per_day  = number
    connects_per_hour = number
    connects_per_day  = number
    seconds_per_hour  = number
  })
  nullable = false

  validation {
    condition     = alltrue([for most in values(var.limits) : most >= 1])
    error_message = "Each limit is at least 1; to close the chat, destroy it."
  }
}

variable "alert_email" {
  description = "Where alarms and the budget send mail; empty for none."
  type        = string
  nullable    = false

  validation {
    condition     = var.alert_email == "" || can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", var.alert_email))
    error_message = "An address for mail looks like name@example.org."
  }
}

variable "monthly_budget" {
  description = "US dollars a month that the account should not exceed; watched if there is an address for mail."
  type        = number
  nullable    = false

  validation {
    condition     = var.monthly_budget > 0
    error_message = "A budget is more than 0 dollars."
  }
}

variable "dashboard" {
  description = "Whether there is a dashboard."
  type        = bool
  nullable    = false

  validation {
    condition     = contains([true, false], var.dashboard)
    error_message = "dashboard is true or false."
  }
}

variable "memory" {
  description = "Memory of the breaker in MB."
  type        = number
  default     = 1024
  nullable    = false

  validation {
    condition     = var.memory >= 128 && var.memory <= 10240
    error_message = "Lambda gives 128 to 10240 MB."
  }
}

variable "log_retention_days" {
  description = "How many days the breaker's log is kept."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.log_retention_days >= 1
    error_message = "A log is kept for at least a day."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds the role, or empty."
  type        = string
  nullable    = false

  validation {
    condition     = var.permissions_boundary == "" || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:policy/.+$", var.permissions_boundary))
    error_message = "permissions_boundary is the ARN of an IAM policy, or empty for none."
  }
}
