"""What preflight and resume share: a session in the right region, and a sentence for every way AWS says no."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore import exceptions
from botocore.config import Config

UNKNOWN = {"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidAccessKeyId"}
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
CLIENT_CONFIG = Config(
    connect_timeout=5,  # seconds
    read_timeout=20,  # seconds
    retries={"total_max_attempts": 3, "mode": "standard"},
)


class CannotUseAws(Exception):
    """AWS, or what leads to it, says no; the text says what to do about it."""


def session_in(region: str | None) -> boto3.Session:
    """Return a session in this region, or in the one that Terraform would take from environment or profile."""
    with in_sentences():
        session = boto3.Session(region_name=region or os.environ.get("AWS_REGION") or None)
    if not session.region_name:
        raise CannotUseAws("No AWS region is set. Set AWS_REGION, such as: export AWS_REGION=eu-central-1")
    known = regions(session)
    if session.region_name not in known:
        near = difflib.get_close_matches(session.region_name, known, 1)
        hint = f"Did you mean {near[0]}?" if near else "Set AWS_REGION, such as: export AWS_REGION=eu-central-1"
        raise CannotUseAws(f"AWS has no region {session.region_name} with WebSocket APIs. {hint}")
    return session


def regions(session: boto3.Session) -> list[str]:
    partitions = session.get_available_partitions()
    return sorted(name for part in partitions for name in session.get_available_regions("apigatewayv2", part))


def client(session: boto3.Session, service: str) -> Any:
    with in_sentences():
        return session.client(service, config=CLIENT_CONFIG)


@contextmanager
def in_sentences(permission: str = "") -> Iterator[None]:
    """Turn what AWS and its library raise into CannotUseAws. `permission` is what the calls inside need."""
    try:
        yield
    except exceptions.ProfileNotFound as failure:
        raise CannotUseAws(f"{failure}. Choose another AWS_PROFILE, or make it: aws configure") from failure
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError) as failure:
        raise CannotUseAws("There are no AWS credentials here. Run `aws configure`, or set AWS_PROFILE.") from failure
    except (exceptions.SSOError, exceptions.TokenRetrievalError, exceptions.CredentialRetrievalError) as failure:
        raise CannotUseAws(f"The AWS credentials cannot be had; sign in again. ({one_line(failure)})") from failure
    except exceptions.ClientError as failure:
        raise CannotUseAws(refusal(failure, permission)) from failure
    except (exceptions.HTTPClientError, exceptions.EndpointConnectionError) as failure:
        raise CannotUseAws(
            f"AWS cannot be reached: check the network and the region. ({one_line(failure)})"
        ) from failure
    except exceptions.BotoCoreError as failure:
        raise CannotUseAws(f"{one_line(failure)}. Check the AWS configuration: aws configure list") from failure


def refusal(failure: exceptions.ClientError, permission: str) -> str:
    code = failure.response.get("Error", {}).get("Code", "")
    if code in EXPIRED:
        return "The AWS credentials have expired: sign in again."
    if code in UNKNOWN:
        return "AWS does not accept these credentials: they are wrong or deleted, or this region is not switched on."
    if code in DENIED:
        return f"These credentials may not call {permission}: have that allowed, or use others."
    return f"AWS refuses: {one_line(failure)}"


def one_line(failure: Exception) -> str:
    return " ".join(str(failure).split())
