locals {
  backend = { for what, key in { app = local.state_key, bootstrap = local.bootstrap_key } : what => <<-EOT
    # Where the state lies. Told by terraform/bootstrap; without this file it lies beside the configuration.
    # stack: ${var.app}-prod
    terraform {
      backend "s3" {
        bucket       = "${local.bucket}"
        key          = "${key}"
        region       = "${local.region}"
        encrypt      = true
        use_lockfile = true
      }
    }
  EOT
  }

  environment = "repos/{owner}/{repo}/environments/${var.github_environment}"

  variables = {
    AWS_REGION               = local.region
    AWS_PLAN_ROLE            = aws_iam_role.github["plan"].arn
    AWS_APPLY_ROLE           = aws_iam_role.github["apply"].arn
    AWS_PERMISSIONS_BOUNDARY = aws_iam_policy.boundary.arn
  }
}

output "state_bucket" {
  description = "Name of the state's bucket."
  value       = local.bucket
}

output "backend_file" {
  description = "What terraform/backend.tf has to say."
  value       = local.backend["app"]
}

output "bootstrap_backend_file" {
  description = "The same for terraform/bootstrap/backend.tf, for who wants this root's own state there too. The roles cannot read it."
  value       = local.backend["bootstrap"]
}

output "github_variables" {
  description = "The repository's variables for GitHub Actions. None is a secret."
  value       = local.variables
}

output "next_steps" {
  description = "What is left to do by hand, as commands for the repository's folder."
  value = join("\n", concat(
    ["# 1. The chat's state moves into the bucket, and so does this root's own; every apply keeps to the boundary."],
    ["scripts/terraform -chdir=terraform/bootstrap output -raw backend_file > terraform/backend.tf"],
    ["scripts/terraform -chdir=terraform/bootstrap output -raw bootstrap_backend_file > terraform/bootstrap/backend.tf"],
    ["echo 'permissions_boundary = \"${aws_iam_policy.boundary.arn}\"' > terraform/bootstrap.auto.tfvars"],
    ["scripts/terraform init -migrate-state", "scripts/terraform -chdir=terraform/bootstrap init -migrate-state"],
    ["# Your own terraform.tfvars can hold your address (alert_email), so it is not among what is committed here."],
    ["git add terraform/backend.tf terraform/bootstrap/backend.tf terraform/bootstrap.auto.tfvars", ""],
    ["# 2. GitHub Actions learns where to go."],
    [for name, value in local.variables : "gh variable set ${name} --body '${value}'"],
    ["", "# 3. Only the main branch may apply; without this any branch could. Add reviewers in the settings if you like."],
    ["gh api --method PUT '${local.environment}' -F 'deployment_branch_policy[protected_branches]=false' -F 'deployment_branch_policy[custom_branch_policies]=true'"],
    ["gh api --method POST '${local.environment}/deployment-branch-policies' -f name=main", ""],
  ))
}
