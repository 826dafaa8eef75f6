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
  description = "By route key: the function it calls, null for a mock, which takes the frame and does nothing; and how much of it the stage takes of all clients together, per second and at once."
  type = map(object({
    function = string
    throttle = object({
      rate  = number
      burst = number
    })
  }))
  nullable = false

  validation {
    condition     = alltrue([for key in ["$connect", "$disconnect", "$default"] : contains(keys(var.routes), key)])
    error_message = "The routes $connect, $disconnect and $default are needed."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : route.function == null || contains(keys(var.functions), coalesce(route.function, "-"))])
    error_message = "A route calls one of the functions."
  }

  validation {
    condition     = alltrue([for key, route in var.routes : (route.throttle == null) == (key == "$disconnect")])
    error_message = "Every route has a throttle but $disconnect, which nobody can be refused: without one it would take as much as the whole account."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : try(route.throttle.rate > 0 && route.throttle.burst >= 1, true)])
    error_message = "A rate or a burst of 0 would let nobody in."
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
