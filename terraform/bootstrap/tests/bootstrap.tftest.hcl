# Plans this root without an account. What the plan says in JSON (policies above all) is looked at by
# tests/terraform/test_bootstrap.py.

mock_provider "aws" {
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "ap-southeast-1", name = "ap-southeast-1" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/mock" }
  }
}

variables {
  github_subject_prefix = "repo:ada@1815/chat@1843"
}

run "as_it_is" {
  command = plan

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 1
    error_message = "An account without a provider for GitHub's tokens should get one."
  }
  assert {
    condition     = output.state_bucket == "tfstate-anonchat-123456789012"
    error_message = "The state's bucket should be named after the chat and the account."
  }
}

run "with_the_longest_names" {
  command = plan

  variables {
    app = "eighteen-letters-x"
  }
}

run "with_an_account_that_knows_github" {
  command = plan

  variables {
    github_oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "There can be only one provider for an address, and this account has it."
  }
}

run "with_an_old_repository" {
  command = plan

  variables {
    github_subject_prefix = "repo:ada/chat"
  }
}

run "no_wildcard_in_the_subject" {
  command = plan

  variables {
    github_subject_prefix = "repo:ada@1815/*"
  }

  expect_failures = [var.github_subject_prefix]
}

run "no_whole_subject_for_its_prefix" {
  command = plan

  variables {
    github_subject_prefix = "repo:ada@1815/chat@1843:ref:refs/heads/main"
  }

  expect_failures = [var.github_subject_prefix]
}

run "no_environment_with_a_wildcard" {
  command = plan

  variables {
    github_environment = "*"
  }

  expect_failures = [var.github_environment]
}

run "no_name_that_the_apply_role_could_reach" {
  command = plan

  variables {
    app = "github"
  }

  expect_failures = [var.app]
}

run "no_provider_of_somebody_else" {
  command = plan

  variables {
    github_oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/example.org"
  }

  expect_failures = [var.github_oidc_provider_arn]
}

run "no_region_that_is_none" {
  command = plan

  variables {
    region = "Frankfurt"
  }

  expect_failures = [var.region]
}
