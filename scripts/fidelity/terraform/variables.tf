variable "name" {
  description = "What everything is called, or begins with."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,39}$", var.name))
    error_message = "The name has 3 to 40 characters: a-z, 0-9 and -, and begins with a letter."
  }
}

variable "address" {
  description = "Where an emulator serves stages, with {api} and {stage} in it. Empty on AWS."
  type        = string
  nullable    = false
  default     = ""
}

variable "integration_milliseconds" {
  description = "How long an integration may take. Short, so that nobody has to wait for AWS's 29 seconds."
  type        = number
  nullable    = false

  validation {
    condition     = var.integration_milliseconds >= 50 && var.integration_milliseconds <= 29000
    error_message = "AWS takes 50 to 29000 milliseconds."
  }
}

variable "throttles" {
  description = "Stages other than at the account's quota, and routes in them: [requests a second, at once]."
  nullable    = false
  type = map(object({
    stage  = list(number)
    routes = map(list(number))
  }))
}
