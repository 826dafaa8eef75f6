# Who may come: this repository's pull requests as `plan`, its protected environment as `apply`. No keys are kept
# anywhere; GitHub vouches for each run, and the subject is compared as a whole, never by a pattern.

locals {
  issuer   = "token.actions.githubusercontent.com"
  provider = "${local.aws}:iam::${local.account}:oidc-provider/${local.issuer}"

  subjects = {
    plan  = "${var.github_subject_prefix}:pull_request"
    apply = "${var.github_subject_prefix}:environment:${var.github_environment}"
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.github_oidc_provider_arn == "" ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "github" {
  for_each = local.subjects

  name                 = "github-${var.app}-${each.key}"
  description          = "GitHub Actions as ${each.value}"
  max_session_duration = 3600 # seconds, the least there is
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = var.github_oidc_provider_arn == "" ? local.provider : var.github_oidc_provider_arn }
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = each.value
        }
      }
    }]
  })

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "github" {
  #checkov:skip=CKV_AWS_355:Where the resource is *, the action takes no other; tests/terraform/test_bootstrap.py lists them
  for_each = {
    plan  = concat(local.look, local.read_state)
    apply = concat(local.look, local.change, local.keep_state)
  }

  name = each.key
  role = aws_iam_role.github[each.key].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for statement in each.value : merge({ Effect = "Allow" }, statement)]
  })
}
