# Where this stack is at home: written into the state by the first apply and compared by every later plan, so that none
# replaces the stack by another one, or loses sight of it in another account or region. (scripts/terraform gives each
# stack a state of its own; this holds for whoever calls Terraform without it.)

data "aws_caller_identity" "current" {}

resource "terraform_data" "home" {
  input = {
    stack   = local.name
    account = data.aws_caller_identity.current.account_id
    region  = data.aws_region.current.id
  }

  lifecycle {
    ignore_changes = [input]

    postcondition {
      condition     = self.output.stack == local.name
      error_message = "This state is of the stack ${self.output.stack}; for ${local.name} it would be replaced. Call scripts/terraform, which finds each stack's own state."
    }
    postcondition {
      condition     = self.output.account == data.aws_caller_identity.current.account_id
      error_message = "This stack was made in account ${self.output.account}, and your credentials are of account ${data.aws_caller_identity.current.account_id}. Set AWS_PROFILE to the right one, or choose another `env`."
    }
    postcondition {
      condition     = self.output.region == data.aws_region.current.id
      error_message = "This stack was made in ${self.output.region}, and you are in ${data.aws_region.current.id}. Set `region` in terraform.tfvars: to ${self.output.region} for this stack, to ${data.aws_region.current.id} for one more."
    }
  }
}
