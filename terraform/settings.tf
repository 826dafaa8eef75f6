# What an owner may choose about the chat itself: one variable here for each line of shared/python/anonchat/settings.py.
# Every one reaches the functions as the environment variable of its name in capitals; a test compares the two lists.

locals {
  settings = {
    HISTORY_SECONDS = var.history_seconds
    ROOM_CAP        = var.room_cap
    PER_MINUTE      = var.per_minute
    ALLOWED_ORIGINS = join(",", concat([module.site.origin], var.allowed_origins))
  }
}

variable "history_seconds" {
  description = "How long, in seconds, a message can be fetched again by somebody who was away. 0 switches the history off, which saves a write for each message: then what a post does not deliver is lost for that member, who is told that something is missing."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = var.history_seconds >= 0 && var.history_seconds <= 86400 && floor(var.history_seconds) == var.history_seconds
    error_message = "history_seconds is a whole number from 0 to 86400, which is a day."
  }
}

variable "room_cap" {
  description = "How many members a room takes. Every message costs a post for each of them: about a dollar for 1000 messages to 1000 people. Above 50 the breaker's limits grow with it, as its square."
  type        = number
  default     = 50
  nullable    = false

  validation {
    condition     = var.room_cap >= 2 && var.room_cap <= 1000 && floor(var.room_cap) == var.room_cap
    error_message = "room_cap is a whole number from 2 to 1000."
  }
}

variable "per_minute" {
  description = "How many messages, and how many joins, one connection may send in a clock minute."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.per_minute >= 1 && var.per_minute <= 600 && floor(var.per_minute) == var.per_minute
    error_message = "per_minute is a whole number from 1 to 600."
  }
}

variable "allowed_origins" {
  description = "Origins of other pages that may connect, such as https://chat.example.org. The deployed page always may, and so may clients that are no browser."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.allowed_origins : can(regex("^https?://[^/,* ]+$", origin))])
    error_message = "An origin is a scheme and a host without a path or a wildcard, such as https://chat.example.org."
  }
}
