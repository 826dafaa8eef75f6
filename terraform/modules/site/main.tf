# The page in its bucket. Everything but index.html and the configuration lies under v/<hash of it all>/, so that it can
# be cached for a year; index.html is fetched anew each time and names the hash.

locals {
  content_types = {
    css         = "text/css; charset=utf-8"
    html        = "text/html; charset=utf-8"
    ico         = "image/x-icon"
    js          = "text/javascript; charset=utf-8"
    json        = "application/json"
    png         = "image/png"
    svg         = "image/svg+xml"
    txt         = "text/plain; charset=utf-8"
    webmanifest = "application/manifest+json"
    woff2       = "font/woff2"
  }
  year = "public, max-age=31536000, immutable"

  files   = fileset(var.folder, "**/*.{${join(",", keys(local.content_types))}}")
  at_root = ["index.html", "sw.js"]            # a service worker governs the folder it lies in
  written = ["config.js", "config.example.js"] # the first is ours to write, the second is its documentation
  assets  = setsubtract(local.files, concat(local.at_root, local.written))
  # Of index.html and the worker, too: a page that is open knows by its prefix that a newer one has been deployed.
  version = setsubtract(local.files, local.written)
  prefix  = "v/${substr(sha256(join("\n", [for file in local.version : "${file} ${filesha256("${var.folder}/${file}")}"])), 0, 16)}"

  # index.html as it is developed, but with its own files' addresses under the prefix and the one socket it may open. (From
  # its own site it asks for index.html, to see whether that is a newer one.)
  own_addresses = "/\\b(href|src)=\"([\\w./-]+\\.\\w+)\"/"
  connect_src   = "/connect-src [^;\"]*/"
  source        = file("${var.folder}/index.html")
  page          = replace(replace(local.source, local.own_addresses, "$1=\"${local.prefix}/$2\""), local.connect_src, "connect-src 'self' ${var.websocket_url}")
  named         = [for own in regexall("\\b(?:href|src)=\"([^\":#]+)\"", local.source) : own[0]]
  missing       = setsubtract(local.named, concat(tolist(local.assets), ["config.js"]))

  # S3 compresses nothing, so files come to it compressed, but for formats that are so themselves. (Another version of
  # Terraform may find other bytes for the same, and uploads them once more.) No secrets, but nothing to read in a plan.
  packed = fileset(var.folder, "**/*.{ico,png,woff2}")
  bodies = { for file in local.files : file => sensitive(
    contains(local.packed, file) ? filebase64("${var.folder}/${file}") : base64gzip(local.served[file])
  ) }

  # Comments, indentation and spaces are for who reads the sources. Our own modules and index.html are served without
  # them: a third less to load. (What looks like a comment at the end of a line but holds a quote may be a string, and stays.)
  # Sentences of a dictionary have spaces before their {placeholders}, so there all spaces stay.
  # tests/frontend/test_served.py holds this to what the compiler takes for code.
  comment = "/(?m)^[ \\t]*(?://.*|/\\*(?:[^*\\n]|\\*[^/\\n])*\\*/[ \\t]*|/\\*\\*?|\\*/|\\* .*|\\*)$| // [^\"`\\n]*$|/\\*\\* @type [^*]*\\*/ /"
  remark  = "/<!--.*-->/"
  margin  = "/(?m)^\\s+/"
  space   = "/ ?([=!]==|=>|&&|\\|\\||\\?\\?|[{=])[ \\n]?| (})|([;,([])\\n/"
  served = { for file in setsubtract(local.files, local.packed) : file => (
    file == "index.html" ? replace(replace(local.page, local.remark, ""), local.margin, "")
    : startswith(file, "languages/") ? replace(replace(file("${var.folder}/${file}"), local.comment, ""), local.margin, "")
    : endswith(file, ".js") && !startswith(file, "vendor/") ? replace(replace(replace(file("${var.folder}/${file}"), local.comment, ""), local.margin, ""), local.space, "$1$2$3")
    : file("${var.folder}/${file}")
  ) }
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:Access logs would hold the visitors' addresses
  #checkov:skip=CKV_AWS_20:It is a web page; the policy gives s3:GetObject alone, and CloudFront keeps the bucket private
  #checkov:skip=CKV_AWS_21:Everything in it is made from the repository, and old versions would outlive terraform destroy
  #checkov:skip=CKV_AWS_144:Everything in it is made from the repository
  #checkov:skip=CKV_AWS_145:It holds a public page; a key of one's own costs $1 a month
  #checkov:skip=CKV2_AWS_6:Without CloudFront the page is served by a public policy; public ACLs are blocked always
  #checkov:skip=CKV2_AWS_61:There is nothing to expire: an apply deletes what it replaces
  #checkov:skip=CKV2_AWS_62:Nobody waits for events of it
  bucket_prefix = "${var.name}-site-" # no dots, or the certificate of S3 would not cover the address
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "this" {
  #checkov:skip=CKV_AWS_54:Without CloudFront the page is served by a public policy
  #checkov:skip=CKV_AWS_56:Without CloudFront the page is served by a public policy
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = var.cloudfront
  restrict_public_buckets = var.cloudfront
}

resource "aws_s3_bucket_policy" "this" {
  #checkov:skip=CKV_AWS_70:Anybody may read the page; with CloudFront only the distribution may
  bucket = aws_s3_bucket.this.id
  policy = var.cloudfront ? local.distribution_may_read : local.anybody_may_read

  # AWS refuses a public policy as long as the default block is in place, and for a moment after it has gone; the provider
  # does not ask again. So the policy comes last, when all files have been uploaded.
  depends_on = [aws_s3_bucket_public_access_block.this, aws_s3_object.index]
}

locals {
  anybody_may_read = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.this.arn}/*"
    }]
  })
}

# New files first, then index.html, and only then are the old files deleted. A page that is open needs none of them: it
# has loaded all its modules before it did anything, or right behind its first view.
resource "aws_s3_object" "asset" {
  for_each = local.assets

  bucket           = aws_s3_bucket.this.id
  key              = "${local.prefix}/${each.value}"
  content_base64   = local.bodies[each.value]
  content_encoding = contains(local.packed, each.value) ? null : "gzip"
  content_type     = local.content_types[regex("[^.]+$", each.value)]
  cache_control    = local.year

  lifecycle {
    create_before_destroy = true
  }
}

# Beside the modules, since they import it from there; not theirs to be cached, since it belongs to the stack.
resource "aws_s3_object" "config" {
  bucket        = aws_s3_bucket.this.id
  key           = "${local.prefix}/config.js"
  content       = "export default ${jsonencode({ websocketUrl = var.websocket_url })};\n"
  content_type  = local.content_types["js"]
  cache_control = "no-store"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_s3_object" "index" {
  bucket           = aws_s3_bucket.this.id
  key              = "index.html"
  content_base64   = local.bodies["index.html"]
  content_encoding = "gzip"
  content_type     = local.content_types["html"]
  cache_control    = "no-store"

  depends_on = [aws_s3_object.asset, aws_s3_object.config, aws_s3_object.service_worker]

  lifecycle {
    precondition {
      condition     = strcontains(local.source, "connect-src ")
      error_message = "index.html has no connect-src in its Content-Security-Policy, where the socket's address belongs."
    }
    precondition {
      condition     = length(local.missing) == 0
      error_message = "index.html names by href or src what is not among the uploaded files: ${join(", ", local.missing)}."
    }
  }
}

resource "aws_s3_object" "service_worker" {
  for_each = fileset(var.folder, "sw.js")

  bucket           = aws_s3_bucket.this.id
  key              = each.value
  content_base64   = local.bodies[each.value]
  content_encoding = "gzip"
  content_type     = local.content_types["js"]
  cache_control    = "no-cache"

  depends_on = [aws_s3_object.asset, aws_s3_object.config]
}

# The short http address, which only leads to the https one: crypto.subtle exists on https alone.
resource "aws_s3_bucket_website_configuration" "this" {
  count = var.cloudfront ? 0 : 1

  bucket = aws_s3_bucket.this.id

  index_document {
    suffix = "index.html"
  }

  routing_rule {
    redirect {
      protocol           = "https"
      host_name          = regex("^https?://([^/]+)", local.origin)[0]
      replace_key_with   = "index.html"
      http_redirect_code = "302"
    }
  }
}
