mock_provider "aws" {}

run "the_table_is_paid_per_request_and_forgets" {
  command = plan

  module {
    source = "./modules/table"
  }
  variables {
    name = "anonchat-prod"
  }

  assert {
    condition     = aws_dynamodb_table.this.name == "anonchat-prod" && aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST"
    error_message = "The table has another name, or is provisioned."
  }
  assert {
    condition     = aws_dynamodb_table.this.hash_key == "pk" && aws_dynamodb_table.this.range_key == "sk"
    error_message = "The keys are pk and sk."
  }
  assert {
    condition     = aws_dynamodb_table.this.ttl[0].enabled && aws_dynamodb_table.this.ttl[0].attribute_name == "expiresAt"
    error_message = "Rows do not expire at expiresAt."
  }
  assert {
    condition     = length(aws_dynamodb_table.this.global_secondary_index) == 0 && aws_dynamodb_table.this.deletion_protection_enabled != true
    error_message = "An index would cost a write each time; protection would stop terraform destroy."
  }
}
