"""The credentials that functions sign with."""

import os

import pytest

from local.functions.credentials import use_local_credentials


def test_nobody_signs_with_the_owners_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the owner's")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the owner's")
    for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.setenv(name, "the owner's")
    use_local_credentials()
    assert "the owner's" not in os.environ.values()
