output "stages" {
  description = "By stage: the id of its API, the address of its socket, and the endpoint of its @connections."
  value = { for name, stage in aws_apigatewayv2_stage.this : name => {
    api = stage.api_id
    socket = var.address == "" ? stage.invoke_url : replace(replace(replace(
    var.address, "{api}", stage.api_id), "{stage}", name), "/^http/", "ws")
    endpoint = var.address == "" ? replace(stage.invoke_url, "/^wss/", "https") : replace(replace(
    var.address, "{api}", stage.api_id), "{stage}", name)
  } }
}

output "table" {
  description = "Where the probes write what they see."
  value       = aws_dynamodb_table.seen.name
}
