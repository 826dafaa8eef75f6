variable "name" {
  description = "The domain name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.name))
    error_message = "A domain name looks like chat.example.org."
  }
}

variable "zone_id" {
  description = "Id of the Route 53 zone that it is in."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.zone_id) > 0
    error_message = "Without a zone nothing proves that the name is yours."
  }
}
