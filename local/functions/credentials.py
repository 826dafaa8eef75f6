"""The AWS credentials that functions sign with on this machine. They open nothing."""

import os

REGION = "us-east-1"  # any would do: nothing here leaves the machine
SECRET = "local"  # noqa: S105  # the secret key of every access key id; it guards nothing
OWN = ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE")  # variables of the developer's AWS account


def local_credentials(access_key: str) -> dict[str, str]:
    """Return the environment variables of somebody who signs as `access_key`. Meters tell functions apart by it."""
    return {
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "no_proxy": "*",  # everything is on this machine
    }


def use_local_credentials() -> None:
    """Give this process local credentials, whatever AWS account its owner is signed in to.

    Functions in threads read the credentials when they post, long after they were loaded.
    """
    for name in OWN:
        os.environ.pop(name, None)
    os.environ.update(local_credentials("local"))
