"""What there is in the emulated AWS account of a stack."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import boto3

from local.gateway import Throttle
from scripts.deploy.stack import Stack


@contextmanager
def aws(stack: Stack, service: str) -> Iterator[Any]:
    session = boto3.Session("test", "test", region_name=stack.environment["AWS_REGION"])
    with closing(session.client(service, endpoint_url=stack.endpoint)) as client:
        yield client


# What is listed of each kind: service, operation, the path to the names, and what the operation has to be told.
LISTED: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "functions": ("lambda", "list_functions", "Functions[].FunctionName", {}),
    "layers": ("lambda", "list_layers", "Layers[].LayerName", {}),
    "APIs": ("apigatewayv2", "get_apis", "Items[].Name", {}),
    "tables": ("dynamodb", "list_tables", "TableNames[]", {}),
    "buckets": ("s3", "list_buckets", "Buckets[].Name", {}),
    "log groups": ("logs", "describe_log_groups", "logGroups[].logGroupName", {}),
    "metric filters": ("logs", "describe_metric_filters", "metricFilters[].filterName", {}),
    "alarms": ("cloudwatch", "describe_alarms", "MetricAlarms[].AlarmName", {}),
    "dashboards": ("cloudwatch", "list_dashboards", "DashboardEntries[].DashboardName", {}),
    "rules": ("events", "list_rules", "Rules[].Name", {}),
    "topics": ("sns", "list_topics", "Topics[].TopicArn", {}),
    "subscriptions": ("sns", "list_subscriptions", "Subscriptions[].Endpoint", {}),
    "roles": ("iam", "list_roles", "Roles[].RoleName", {}),
    "policies": ("iam", "list_policies", "Policies[].PolicyName", {"Scope": "Local"}),
    "budgets": ("budgets", "describe_budgets", "Budgets[].BudgetName", {"AccountId": "000000000000"}),
    "distributions": ("cloudfront", "list_distributions", "DistributionList.Items[].Id", {}),
}
UNUSED = {"policies", "distributions"}  # kinds that this stack has none of: listed to be sure


def inventory(stack: Stack) -> dict[str, list[str]]:
    """Return all there is in the account, by kind. It is asked without the list of what Terraform made."""
    found = {}
    for kind, (service, operation, path, arguments) in LISTED.items():
        with aws(stack, service) as client:
            pages = [getattr(client, operation)(**arguments)]
            if client.can_paginate(operation):
                pages = list(client.get_paginator(operation).paginate(**arguments))
        found[kind] = sorted(name for page in pages for name in names_in(page, path.split(".")))
    return found


def names_in(page: Any, path: list[str]) -> Iterator[str]:
    if not path:
        yield page
        return
    key, many = path[0].removesuffix("[]"), path[0].endswith("[]")
    value = page.get(key) or []
    for each in value if many else [value] if value else []:
        yield from names_in(each, path[1:])


def call(stack: Stack, function: str, event: dict[str, Any]) -> Any:
    """Return what a deployed function answers."""
    with aws(stack, "lambda") as functions:
        return json.loads(functions.invoke(FunctionName=function, Payload=json.dumps(event))["Payload"].read())


def throttles_of(stack: Stack, outputs: dict[str, Any]) -> dict[str, Throttle]:
    """Return each route's throttle, and by "" the stage's own."""
    with aws(stack, "apigatewayv2") as gateway:
        found = gateway.get_stage(ApiId=outputs["api_id"], StageName=outputs["stage_name"])
    return {
        key: Throttle(settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"])
        for key, settings in {"": found["DefaultRouteSettings"], **found["RouteSettings"]}.items()
    }
