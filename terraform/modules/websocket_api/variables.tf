variable "name" {
  description = "Name of the API."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) >= 1 && length(var.name) <= 128
    error_message = "An API's name has 1 to 128 characters."
  }
}

variable "stage_name" {
  description = "Name of the stage, the last part of the socket's address."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9_-]{1,128}$", var.stage_name))
    error_message = "A stage's name is made of lower-case letters, digits, hyphens and underscores; $default would change the address of @connections."
  }
}

variable "routes" {
  description = "Route key to the function it calls; null for a mock, which takes the frame and does nothing."
  type        = map(string)
  nullable    = false

  validation {
    condition     = alltrue([for key in ["$connect", "$disconnect", "$default"] : contains(keys(var.routes), key)])
    error_message = "The routes $connect, $disconnect and $default are needed."
  }

  validation {
    condition     = alltrue([for function in values(var.routes) : function == null || contains(keys(var.functions), coalesce(function, "-"))])
    error_message = "A route calls one of the functions."
  }
}

variable "functions" {
  description = "The functions that routes call."
  type = map(object({
    name       = string
    alias      = string
    invoke_arn = string
  }))
  nullable = false

  validation {
    condition     = length(var.functions) > 0
    error_message = "An API without functions does nothing."
  }
}

variable "throttle" {
  description = "How many connects and frames the stage takes: per second, and at once."
  type = object({
    rate  = number
    burst = number
  })
  nullable = false

  validation {
    condition     = var.throttle.rate > 0 && var.throttle.burst > 0
    error_message = "A rate or a burst of 0 would let nobody in."
  }
}
