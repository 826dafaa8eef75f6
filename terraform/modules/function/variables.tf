variable "name" {
  description = "Name of the function and of its role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,64}$", var.name))
    error_message = "A function's name is at most 64 letters, digits, hyphens or underscores."
  }
}

variable "description" {
  description = "What the function is for, in one sentence."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.description) > 0 && length(var.description) <= 256
    error_message = "A function's description has 1 to 256 characters."
  }
}

variable "module" {
  description = "The Python module in the zip that defines handler(event, context)."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]*$", var.module))
    error_message = "A Python module's name is made of lower-case letters, digits and underscores."
  }
}

variable "zip" {
  description = "Path of the packaged function, as `make package` writes it."
  type        = string
  nullable    = false

  validation {
    condition     = endswith(var.zip, ".zip")
    error_message = "A function is packaged as a .zip file."
  }
}

variable "layers" {
  description = "ARNs of the layer versions the function runs with."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.layers) <= 5
    error_message = "Lambda takes at most 5 layers."
  }
}

variable "environment" {
  description = "Environment variables of the function."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "Environment variables are named in capitals, digits and underscores."
  }
}

variable "statements" {
  description = "What the function may do besides writing its log: named actions on named resources."
  type = list(object({
    actions   = list(string)
    resources = list(string)
  }))
  nullable = false

  validation {
    condition     = alltrue([for action in flatten(var.statements[*].actions) : !strcontains(action, "*")])
    error_message = "A function's actions are named one by one, without a wildcard."
  }

  validation {
    condition     = alltrue([for statement in var.statements : length(statement.actions) > 0])
    error_message = "A statement without an action is no statement."
  }
}

variable "reserved_concurrency" {
  description = "How many of it may run at once, reserved for it alone; -1 to share the account's pool."
  type        = number
  nullable    = false

  validation {
    condition     = var.reserved_concurrency == -1 || var.reserved_concurrency >= 1
    error_message = "Reserve at least 1, or give -1 to reserve nothing."
  }
}

variable "memory" {
  description = "Memory in MB, and with it the share of a processor."
  type        = number
  default     = 1024 # a little over half a core, and inside the free tier 40 times over
  nullable    = false

  validation {
    condition     = var.memory >= 128 && var.memory <= 10240
    error_message = "Lambda gives 128 to 10240 MB."
  }
}

variable "log_retention_days" {
  description = "How many days its log is kept."
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
