variable "name" {
  description = "The domain name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.name))
    error_message = "A domain name looks like socket.example.org."
  }
}

variable "certificate_arn" {
  description = "ARN of its certificate, in the region of the API."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:acm:", var.certificate_arn))
    error_message = "The certificate is named by its ARN in ACM."
  }
}

variable "zone_id" {
  description = "Id of the Route 53 zone that the name is in; empty: its record is made elsewhere."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Z0-9]*$", var.zone_id))
    error_message = "A zone's id is made of capitals and digits, such as Z0123456789ABCDEFGHIJ."
  }
}

variable "api_id" {
  description = "Id of the API that answers."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.api_id) > 0
    error_message = "Without an API there is nothing to lead to."
  }
}

variable "stage_name" {
  description = "Name of its stage."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.stage_name) > 0
    error_message = "Without a stage there is nothing to lead to."
  }
}
