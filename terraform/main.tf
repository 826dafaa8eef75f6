# The whole chat: a page in a bucket, a WebSocket API, one function per route, one table, and the guardrails.

data "aws_region" "current" {}

locals {
  name     = "${var.app}-${var.env}"
  build    = "${path.module}/../build"
  frontend = "${path.module}/../frontend"

  # The route map is the only list of routes and functions there is; packaging and local development read it too.
  routes    = jsondecode(file("${path.module}/../lambdas/routes.json"))
  functions = { for key, route in local.routes : route.function => merge(route, { key = key }) if can(route.function) }

  # What each route takes: its part of var.throttle, which is what all of them together take. A burst is a whole number.
  ceilings = [for route in local.routes : route.throttle if try(route.throttle, null) != null]
  throttles = { for key, route in local.routes : key => try({
    rate  = route.throttle.rate * var.throttle.rate / sum(local.ceilings[*].rate)
    burst = max(1, floor(route.throttle.burst * var.throttle.burst / sum(local.ceilings[*].burst)))
  }, null) }

  # From the API's id and the stage's name, as the stage's own address would close a circle: stage, route, function.
  addresses = { for what, address in var.addresses : what => replace(address, "{region}", data.aws_region.current.id) }
  endpoint  = replace(replace(local.addresses.api, "{api}", module.websocket_api.id), "{stage}", var.env)
  socket    = var.socket_domain.name == "" ? replace(local.endpoint, "/^http/", "ws") : "wss://${var.socket_domain.name}"

  tags = merge(var.tags, { Project = "anonchat", Stack = local.name, ManagedBy = "terraform" })
}

module "table" {
  source = "./modules/table"

  name = local.name
}

module "site" {
  source = "./modules/site"

  name          = local.name
  folder        = local.frontend
  websocket_url = local.socket
  address       = local.addresses.site
  cloudfront    = var.cloudfront || var.site_domain.name != ""
  domain        = { name = var.site_domain.name, certificate_arn = var.site_domain.certificate_arn }
}

module "websocket_api" {
  source = "./modules/websocket_api"

  name       = local.name
  stage_name = var.env
  routes     = { for key, route in local.routes : key => { function = try(route.function, null), throttle = local.throttles[key] } }
  functions  = module.function
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  name                 = "${local.name}-${each.key}"
  description          = "Serves the route ${each.value.key}"
  module               = each.key
  zip                  = "${local.build}/${each.key}.zip"
  layers               = [aws_lambda_layer_version.shared.arn]
  reserved_concurrency = var.reserved_concurrency
  memory               = var.memory
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary
  statements           = local.statements[each.key]
  environment = merge(local.settings, {
    TABLE_NAME           = module.table.name
    CONNECTIONS_ENDPOINT = local.endpoint
  })
}

locals {
  # What a row of the route map allows, on this table and this API's connections. A row that allows nothing gets nothing.
  statements = { for name, function in local.functions : name => [
    for statement in [
      {
        actions   = [for action in function.table : "dynamodb:${action}"]
        resources = [module.table.arn]
      },
      {
        actions   = length(function.connections) > 0 ? ["execute-api:ManageConnections"] : []
        resources = [for method in function.connections : "${module.websocket_api.execution_arn}/${var.env}/${method}/@connections/*"]
      },
    ] : statement if length(statement.actions) > 0
  ] }
}

resource "aws_lambda_layer_version" "shared" {
  layer_name               = local.name
  description              = "The package anonchat: what the functions share"
  filename                 = "${local.build}/layer.zip"
  source_code_hash         = try(filebase64sha256("${local.build}/layer.zip"), null)
  compatible_runtimes      = ["python3.13"]
  compatible_architectures = ["arm64"]

  lifecycle {
    # The functions move to the new version before the old one goes.
    create_before_destroy = true

    precondition {
      condition     = fileexists("${local.build}/layer.zip")
      error_message = "There is no layer.zip in build/. Run `make package` first."
    }
  }
}

locals {
  # A full room in which each member sends 80 messages an hour, each of them one frame in and one out to every member; and
  # in which each member comes back 100 times an hour. Two and a half such hours, and two, make a day. Smaller rooms get
  # what rooms of 50 get, since there may be many of them.
  #
  # Functions run 38 seconds an hour for each of those members: 0.1 for each message and 0.3 for each time that it comes
  # and goes. Twice that is, in rooms of 50, one function that is always busy.
  members = max(50, var.room_cap)
  most = {
    messages = { hour = local.members * (local.members + 1) * 80, hours = 2.5 }
    connects = { hour = local.members * 100, hours = 2 }
  }
  limits = merge({ seconds_per_hour = coalesce(var.limits.seconds_per_hour, local.members * 72) }, [for what, most in local.most : {
    "${what}_per_hour" = local.an_hour[what]
    "${what}_per_day"  = coalesce(var.limits["${what}_per_day"], ceil(local.an_hour[what] * most.hours))
  }]...)

  # No more than a day's, if the owner has chosen only that.
  an_hour = { for what, most in local.most : what =>
    coalesce(var.limits["${what}_per_hour"], min(most.hour, coalesce(var.limits["${what}_per_day"], most.hour)))
  }
}

module "guardrails" {
  source = "./modules/guardrails"

  name                 = local.name
  api_id               = module.websocket_api.id
  stage_name           = module.websocket_api.stage_name
  stage_arn            = module.websocket_api.stage_arn
  function_names       = [for function in module.function : function.name]
  log_groups           = { for name, function in module.function : name => function.log_group_name }
  breaker_zip          = "${local.build}/breaker.zip"
  layers               = [aws_lambda_layer_version.shared.arn]
  reserved_concurrency = var.reserved_concurrency
  memory               = var.memory
  log_retention_days   = var.log_retention_days
  permissions_boundary = var.permissions_boundary
  limits               = local.limits
  alert_email          = var.alert_email
  monthly_budget       = var.monthly_budget
  dashboard            = var.dashboard
}
