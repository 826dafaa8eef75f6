# What they may do. Each action by its name, on things whose names begin with the chat's; where an action takes no resource
# it is "*". API Gateway and CloudFront give ids instead of names. There it is what carries the chat's tag, as far as AWS looks
# at tags: an API, a stage, a domain name, a distribution. Routes and integrations have no tags, and AWS promises for REST APIs
# only that they count as tagged like their API; CloudFront's access controls and header policies have none either. (That
# keeps an apply from touching what is somebody else's. Whoever may run anything as this role could tag that first.)

locals {
  alarms    = "${local.aws}:cloudwatch:${local.region}:${local.account}:alarm"
  certs     = "${local.aws}:acm:*:${local.account}:certificate/*" # the region's, and us-east-1's for CloudFront
  apis      = ["${local.aws}:apigateway:${local.region}::/apis", "${local.aws}:apigateway:${local.region}::/apis/*", "${local.aws}:apigateway:${local.region}::/domainnames*", "${local.aws}:apigateway:${local.region}::/tags/*"]
  budgets   = "${local.aws}:budgets::${local.account}:budget/${var.app}-*"
  buckets   = "${local.aws}:s3:::${var.app}-*" # and what is in them
  dashboard = "${local.aws}:cloudwatch::${local.account}:dashboard/${var.app}-*"
  functions = "${local.aws}:lambda:${local.region}:${local.account}:function:${var.app}-*"
  layers    = "${local.aws}:lambda:${local.region}:${local.account}:layer:${var.app}-*"
  logs      = "${local.aws}:logs:${local.region}:${local.account}:log-group:/aws/lambda/${var.app}-*"
  roles     = "${local.aws}:iam::${local.account}:role/${var.app}-*"
  rules     = "${local.aws}:events:${local.region}:${local.account}:rule/${var.app}-*"
  tables    = "${local.aws}:dynamodb:${local.region}:${local.account}:table/${var.app}-*"
  topics    = "${local.aws}:sns:${local.region}:${local.account}:${var.app}-*"

  distributions = [for kind in ["distribution", "origin-access-control", "response-headers-policy"] : "${local.aws}:cloudfront::${local.account}:${kind}/*"]

  # What the provider of the chat's configuration puts on everything that takes tags.
  tagged = { StringEquals = { "aws:ResourceTag/Project" = "anonchat" } }
  # An API's id has ten characters: this is the API itself, and its stages, without what else is below it.
  own_tags = ["${local.aws}:apigateway:${local.region}::/apis/??????????", "${local.aws}:apigateway:${local.region}::/apis/??????????/stages/*"]

  # What a plan and the preflight look at. No rows, no log lines, no secrets: there are none.
  look = [
    {
      Action   = ["lambda:GetAccountSettings", "s3:GetAccountPublicAccessBlock", "logs:DescribeLogGroups", "sns:GetSubscriptionAttributes"]
      Resource = ["*"]
    },
    {
      Action   = ["apigateway:GET"]
      Resource = local.apis
    },
    {
      Action   = ["acm:DescribeCertificate", "acm:ListTagsForCertificate"]
      Resource = [local.certs]
    },
    {
      Action   = ["route53:GetHostedZone", "route53:ListResourceRecordSets"]
      Resource = ["${local.aws}:route53:::hostedzone/*"]
    },
    {
      Action   = ["budgets:ListTagsForResource", "budgets:ViewBudget"]
      Resource = [local.budgets]
    },
    {
      Action   = ["billing:GetBillingViewData"] # what a budget counts is a view of the bill
      Resource = ["${local.aws}:billing::${local.account}:billingview/*"]
    },
    {
      Action   = ["cloudfront:GetDistribution", "cloudfront:GetOriginAccessControl", "cloudfront:GetResponseHeadersPolicy", "cloudfront:ListTagsForResource"]
      Resource = local.distributions
    },
    {
      Action   = ["cloudwatch:DescribeAlarms"] # is asked of all, also if it is for one
      Resource = ["${local.alarms}:*"]
    },
    {
      Action   = ["cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource"]
      Resource = ["${local.alarms}:${var.app}-*", local.dashboard]
    },
    {
      Action   = ["dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource"]
      Resource = [local.tables]
    },
    {
      Action   = ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"]
      Resource = [local.rules]
    },
    {
      Action   = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:ListRoleTags"]
      Resource = [local.roles]
    },
    {
      Action = [
        "lambda:GetAlias", "lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:GetFunctionConcurrency", "lambda:GetFunctionConfiguration",
        "lambda:GetLayerVersion", "lambda:GetPolicy", "lambda:ListTags", "lambda:ListVersionsByFunction",
      ]
      Resource = [local.functions, local.layers]
    },
    {
      Action   = ["logs:DescribeMetricFilters", "logs:ListTagsForResource"]
      Resource = [local.logs]
    },
    {
      Action = [
        "s3:GetAccelerateConfiguration", "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLocation", "s3:GetBucketLogging",
        "s3:GetBucketObjectLockConfiguration", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetBucketRequestPayment",
        "s3:GetBucketTagging", "s3:GetBucketVersioning", "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration", "s3:GetObject", "s3:GetObjectTagging", "s3:GetReplicationConfiguration", "s3:ListBucket",
      ]
      Resource = [local.buckets]
    },
    {
      Action   = ["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource"]
      Resource = [local.topics]
    },
  ]

  # What an apply or a destroy does besides.
  change = [
    {
      Action   = ["cloudfront:CreateDistribution", "cloudfront:CreateOriginAccessControl", "cloudfront:CreateResponseHeadersPolicy"]
      Resource = ["*"]
    },
    {
      Action   = ["acm:AddTagsToCertificate", "acm:RequestCertificate"]
      Resource = [local.certs]
    },
    {
      Action    = ["acm:DeleteCertificate", "acm:RemoveTagsFromCertificate"]
      Resource  = [local.certs]
      Condition = local.tagged
    },
    {
      Action   = ["route53:ChangeResourceRecordSets", "route53:GetChange"]
      Resource = ["${local.aws}:route53:::hostedzone/*", "${local.aws}:route53:::change/*"]
    },
    {
      Action    = ["sns:Unsubscribe"]
      Resource  = ["*"]
      Condition = { StringEquals = { "aws:RequestedRegion" = local.region } }
    },
    {
      Action   = ["apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"]
      Resource = local.apis
    },
    {
      Effect    = "Deny"
      Action    = ["apigateway:DELETE", "apigateway:PATCH"]
      Resource  = local.own_tags
      Condition = { StringNotEquals = local.tagged.StringEquals }
    },
    {
      Action   = ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"]
      Resource = [local.budgets]
    },
    {
      Action = [
        "cloudfront:DeleteOriginAccessControl", "cloudfront:DeleteResponseHeadersPolicy", "cloudfront:TagResource",
        "cloudfront:UpdateOriginAccessControl", "cloudfront:UpdateResponseHeadersPolicy",
      ]
      Resource = local.distributions
    },
    {
      Action    = ["cloudfront:DeleteDistribution", "cloudfront:UntagResource", "cloudfront:UpdateDistribution"]
      Resource  = [local.distributions[0]]
      Condition = local.tagged
    },
    {
      Action = [
        "cloudwatch:DeleteAlarms", "cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard", "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource", "cloudwatch:UntagResource",
      ]
      Resource = ["${local.alarms}:${var.app}-*", local.dashboard]
    },
    {
      Action = [
        "dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:TagResource", "dynamodb:UntagResource", "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
      ]
      Resource = [local.tables]
    },
    {
      Action = [
        "events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource", "events:UntagResource",
      ]
      Resource = [local.rules]
    },
    {
      Action = [
        "lambda:AddPermission", "lambda:CreateAlias", "lambda:CreateFunction", "lambda:DeleteAlias", "lambda:DeleteFunction",
        "lambda:DeleteFunctionConcurrency", "lambda:DeleteLayerVersion", "lambda:PublishLayerVersion", "lambda:PublishVersion",
        "lambda:PutFunctionConcurrency", "lambda:RemovePermission", "lambda:TagResource", "lambda:UntagResource",
        "lambda:UpdateAlias", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration",
      ]
      Resource = [local.functions, local.layers]
    },
    {
      Action = [
        "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteMetricFilter", "logs:DeleteRetentionPolicy", "logs:PutMetricFilter",
        "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
      ]
      Resource = [local.logs]
    },
    {
      Action = [
        "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:DeleteBucketWebsite", "s3:DeleteObject",
        "s3:DeleteObjectVersion", "s3:ListBucketVersions", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging",
        "s3:PutBucketWebsite", "s3:PutObject", "s3:PutObjectTagging",
      ]
      Resource = [local.buckets]
    },
    {
      Action = [
        "sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:UntagResource",
      ]
      Resource = [local.topics]
    },

    # Roles: none without the boundary below, none handed to anything but a function.
    {
      Action    = ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
      Resource  = [local.roles]
      Condition = { StringEquals = { "iam:PermissionsBoundary" = local.boundary } }
    },
    {
      Action = [
        "iam:DeleteRole", "iam:ListInstanceProfilesForRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateRole",
      ]
      Resource = [local.roles]
    },
    {
      Action    = ["iam:PassRole"]
      Resource  = [local.roles]
      Condition = { StringEquals = { "iam:PassedToService" = "lambda.amazonaws.com" } }
    },
    # API Gateway makes this role of its own with an account's first API.
    {
      Action    = ["iam:CreateServiceLinkedRole"]
      Resource  = ["${local.aws}:iam::${local.account}:role/aws-service-role/ops.apigateway.amazonaws.com/*"]
      Condition = { StringEquals = { "iam:AWSServiceName" = "ops.apigateway.amazonaws.com" } }
    },
  ]

  state = "${local.aws}:s3:::${local.bucket}"

  read_state = [
    { Action = ["s3:ListBucket"], Resource = [local.state] },
    { Action = ["s3:GetObject"], Resource = local.states },
  ]
  keep_state = [
    { Action = ["s3:ListBucket"], Resource = [local.state] },
    { Action = ["s3:GetObject", "s3:PutObject"], Resource = local.states },
    { Action = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], Resource = [for state in local.states : "${state}.tflock"] },
  ]
  # Of `env` prod, and of every other `env`: scripts/deploy/stack_state.py names them.
  states = ["${local.state}/${local.state_key}", "${local.state}/${var.app}-*.tfstate"]

  # As a text, since the apply role's policy is to be known before there is a boundary.
  boundary = "${local.aws}:iam::${local.account}:policy/github-${var.app}-boundary"
}

# The most that a role made by the apply role can ever do, whatever policy it is given.
resource "aws_iam_policy" "boundary" {
  name        = "github-${var.app}-boundary"
  description = "The most that a function of ${var.app} may do"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${local.logs}:*"]
      },
      {
        Effect = "Allow"
        Action = [
          "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem",
          "dynamodb:Query", "dynamodb:UpdateItem",
        ]
        Resource = [local.tables]
      },
      {
        Effect   = "Allow"
        Action   = ["execute-api:ManageConnections"]
        Resource = ["${local.aws}:execute-api:${local.region}:${local.account}:*/*/*/@connections/*"]
      },
      {
        Effect   = "Allow"
        Action   = ["apigateway:GET", "apigateway:PATCH"]
        Resource = ["${local.aws}:apigateway:${local.region}::/apis/*/stages/*"]
      },
      {
        Effect   = "Allow"
        Action   = ["cloudwatch:DescribeAlarms"]
        Resource = ["${local.alarms}:*"]
      },
    ]
  })
}
