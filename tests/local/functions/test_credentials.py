"""The credentials that functions sign with, and what of a shell they never see."""

import os

import botocore.loaders
import botocore.session
import pytest

from local.__main__ import settings
from local.functions.credentials import local_credentials, local_endpoints, use_local_credentials
from tests.support.botocore_variables import variables

HERE = {  # variables with which people point AWS's clients at a server on their own machine
    "AWS_ENDPOINT_URL": "http://localhost:4566",
    "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8000",
    "AWS_ENDPOINT_URL_SNS": "http://[::1]:9911/",
}


@pytest.mark.parametrize("variable", variables())
def test_nothing_that_botocore_reads_in_a_shell_reaches_a_function(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "the owner's")
    assert variable not in settings()
    use_local_credentials()
    assert os.environ.get(variable) == local_credentials("local").get(variable)


def test_the_list_of_these_variables_is_botocores_own() -> None:
    assert {"AWS_RETRY_MODE", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_WEB_IDENTITY_TOKEN_FILE", "BOTO_CONFIG"} < {
        *variables()
    }
    assert len(variables()) > 70


def test_the_log_level_is_the_owners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_LOG_LEVEL", "DEBUG")
    use_local_credentials()
    assert settings()["AWS_LAMBDA_LOG_LEVEL"] == os.environ["AWS_LAMBDA_LOG_LEVEL"] == "DEBUG"


def test_botocore_finds_no_file_of_the_owners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(botocore.session, "create_loader", botocore.loaders.create_loader)  # not one made before
    use_local_credentials()
    session = botocore.session.Session()
    assert session.full_config == {"profiles": {}}
    home = os.path.expanduser("~")
    assert [path for path in session.get_component("data_loader").search_paths if path.startswith(home + "/.aws")] == []


def test_only_endpoints_on_this_machine_are_for_other_peoples_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    away = ["https://dynamodb.us-east-1.amazonaws.com", "http://localhost.example.org", "http://10.0.0.1", "[", ""]
    for number, url in enumerate(away):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_AWAY{number}", url)
    for name, value in HERE.items():
        monkeypatch.setenv(name, value)
    assert local_endpoints() == HERE
