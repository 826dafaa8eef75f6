variable "name" {
  description = "What the names of bucket and distribution begin with."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9-]{1,31}$", var.name)) # S3 adds 26 characters, "-site-" is 6, 63 are allowed
    error_message = "The site's name is at most 31 lower-case letters, digits and hyphens."
  }
}

variable "folder" {
  description = "The folder with the page: index.html and what it needs."
  type        = string
  nullable    = false

  validation {
    condition     = fileexists("${var.folder}/index.html")
    error_message = "The site's folder has no index.html."
  }
}

variable "websocket_url" {
  description = "The socket's address, which the page connects to."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^wss?://[^ ;\"']+$", var.websocket_url))
    error_message = "The socket's address begins with wss:// (or ws:// on an emulator)."
  }
}

variable "address" {
  description = "The bucket's own address; {bucket} is filled in."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https?://.*\\{bucket\\}", var.address))
    error_message = "The site's address begins with https:// (or http:// on an emulator) and contains {bucket}."
  }
}

variable "domain" {
  description = "A domain name for CloudFront to answer at, with its certificate in us-east-1. Both empty: CloudFront's own."
  type = object({
    name            = string
    certificate_arn = string
  })
  default  = { name = "", certificate_arn = "" }
  nullable = false

  validation {
    condition     = var.domain.name == "" || var.cloudfront
    error_message = "A domain name for the page needs CloudFront: S3 has no certificate for it."
  }
}

variable "cloudfront" {
  description = "Whether CloudFront serves the page from a private bucket."
  type        = bool
  nullable    = false

  validation {
    condition     = contains([true, false], var.cloudfront)
    error_message = "cloudfront is true or false."
  }
}
