# The one table: paid per request, every row with a time to live, nothing in it that would be worth a backup.

resource "aws_dynamodb_table" "this" {
  #checkov:skip=CKV_AWS_119:A key of one's own costs $1 a month; rows hold opaque text for minutes, encrypted with a key of AWS's
  #checkov:skip=CKV_AWS_28:Every row expires within about two hours, so there is nothing to recover to
  #checkov:skip=CKV2_AWS_16:On demand scales by itself; auto scaling is for provisioned tables
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  range_key    = "sk"

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  ttl {
    attribute_name = "expiresAt"
    enabled        = true
  }

  lifecycle {
    # Another name would be another stack's: this one is not replaced by it.
    ignore_changes = [name]

    postcondition {
      condition     = self.name == var.name
      error_message = "This state has the table ${self.name}, and not ${var.name}: it is another stack's. Call scripts/terraform, which finds each stack's own state."
    }
  }
}
