# Once per account, by a person: what GitHub Actions needs to deploy the chat without keys. Where the state lies
# (state.tf), who may come (github.tf), and what they may do (permissions.tf).
#
# None of the names made here begins with the chat's own, so that the apply role cannot reach them.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.id

  bucket        = "tfstate-${var.app}-${local.account}"
  state_key     = "${var.app}.tfstate"
  bootstrap_key = "bootstrap.tfstate"

  aws = "arn:${local.partition}"
}
