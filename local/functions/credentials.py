"""The AWS credentials that functions sign with on this machine, and what of this shell they must not see.

The credentials open nothing. And nothing that a shell or a file in ~/.aws says leads to AWS: endpoints, profiles,
regions, retries, certificates and proxies are taken out, whatever botocore may read next year.
"""

import ipaddress
import os
from urllib.parse import urlsplit

import botocore.loaders

REGION = "us-east-1"  # any would do: nothing here leaves the machine
SECRET = "local"  # noqa: S105  # the secret key of every access key id; it guards nothing
LOG_LEVEL = "AWS_LAMBDA_LOG_LEVEL"  # the one variable of AWS's that an owner may set here
# What boto3, botocore and moto read; a test compares this with botocore's own lists.
PREFIXES = ("AWS_", "BOTO", "MOTO_")
NAMES = {"REQUESTS_CA_BUNDLE", "INITIAL_NO_AUTH_ACTION_COUNT", "S3_UPLOAD_PART_MIN_SIZE"}
ENDPOINTS = "AWS_ENDPOINT_URL"  # and AWS_ENDPOINT_URL_DYNAMODB, and so on


def local_credentials(access_key: str) -> dict[str, str]:
    """Return the environment variables of somebody who signs as `access_key`. Meters tell functions apart by it."""
    return {
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,  # in place of ~/.aws/config
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "no_proxy": "*",  # everything is on this machine
    }


def leads_away(variable: str) -> bool:
    """Tell whether botocore may take this variable for where to go, as whom, or how."""
    is_proxy = variable.lower().endswith("_proxy")
    return variable != LOG_LEVEL and (is_proxy or variable in NAMES or variable.startswith(PREFIXES))


def use_local_credentials() -> None:
    """Give this process local credentials and no way to AWS, whatever its owner's shell and files say.

    Functions in threads read the environment when they are loaded and when they post.
    """
    for name in filter(leads_away, list(os.environ)):
        del os.environ[name]
    os.environ.update(local_credentials("local"))
    botocore.loaders.Loader.CUSTOMER_DATA_PATH = os.devnull  # in place of ~/.aws/models


def local_endpoints() -> dict[str, str]:
    """Return this shell's variables that send AWS's clients to a server on this machine, such as DynamoDB Local."""
    return {name: value for name, value in os.environ.items() if name.startswith(ENDPOINTS) and _is_here(value)}


def _is_here(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
