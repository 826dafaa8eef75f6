"""Which certificates are trusted: AWS's own of the machine's store, and where those do not do, all of it; no others."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from anonchat.connections import Connections
from anonchat.dynamodb_client import Client
from anonchat.dynamodb_errors import NoAnswer
from anonchat.http_pool import Pool
from anonchat.sigv4 import Credentials
from anonchat.trust import ssl_context
from tests.support.execute_api import ExecuteApi

Store = Callable[..., None]


def named(unit: str, organization: str = "Amazon") -> trustme.CA:
    return trustme.CA(organization_name=organization, organization_unit_name=unit)


@pytest.fixture(scope="module")
def amazon() -> trustme.CA:
    return named("Amazon Root CA 1")


@pytest.fixture(scope="module")
def starfield() -> trustme.CA:
    return named("Starfield Services Root Certificate Authority - G2", "Starfield Technologies, Inc.")


@pytest.fixture(scope="module")
def another() -> trustme.CA:
    return named("Some Root", "Somebody")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Yield what makes the machine's store of these authorities, with comments between as some have them."""
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    for name, value in {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}.items():
        monkeypatch.setenv(name, value)

    def fill(*authorities: trustme.CA) -> None:
        path = tmp_path / "store.pem"
        path.write_text("".join(f"# a comment\n{each.cert_pem.bytes().decode()}\n" for each in authorities))
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        ssl_context.cache_clear()

    yield fill
    ssl_context.cache_clear()


def trusted(context: ssl.SSLContext) -> int:
    return context.cert_store_stats()["x509_ca"]


def test_of_a_store_only_those_of_aws_are_loaded(
    store: Store, amazon: trustme.CA, starfield: trustme.CA, another: trustme.CA
) -> None:
    store(another, amazon, starfield)
    assert trusted(ssl_context(None)) == 2
    assert ssl_context(None).verify_mode is ssl.CERT_REQUIRED
    assert ssl_context(None).check_hostname
    assert trusted(ssl_context(None, whole=True)) == 3


def test_a_store_without_them_is_loaded_whole(store: Store, another: trustme.CA) -> None:
    store(another)
    assert trusted(ssl_context(None)) == 1


def test_a_store_that_cannot_be_read_is_left_to_tls(
    store: Store, amazon: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(amazon)
    (tmp_path / "store.pem").write_text("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n")
    assert trusted(ssl_context(None)) == trusted(ssl.create_default_context())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))
    ssl_context.cache_clear()
    assert trusted(ssl_context(None)) == trusted(ssl.create_default_context())


def test_a_bundle_is_taken_as_it_is(store: Store, amazon: trustme.CA, another: trustme.CA, tmp_path: Path) -> None:
    store(amazon)
    another.cert_pem.write_to_path(str(tmp_path / "bundle.pem"))
    for whole in (False, True):
        assert trusted(ssl_context(str(tmp_path / "bundle.pem"), whole=whole)) == 1


def ask(api: ExecuteApi) -> Client:
    return Client(api.endpoint.replace("/stage", "/ok-1"), "us-east-1", Credentials("a", "b", None))


def test_a_certificate_of_another_root_of_the_store_costs_an_attempt_once(
    store: Store, amazon: trustme.CA, another: trustme.CA
) -> None:
    store(amazon, another)
    with ExecuteApi(another) as api:
        client = ask(api)
        for _ in range(2):
            assert client.request("GetItem", {}) == ({"message": "a body"}, False)
            client.close()
        pool = Pool(api.endpoint)
        connections = Connections(pool, "us-east-1")
        delivery = connections.post([(f"ok-{number}", b"{}") for number in range(40)])
        assert (delivery.delivered, delivery.failed) == (40, [])
        assert connections.post([("ok-1", b"{}")]).troubled == 0
        pool.close_idle()
    attempts = [each.headers["amz-sdk-request"][:9] for each in api.received if "amz-sdk-request" in each.headers]
    assert attempts == ["attempt=2", "attempt=1"]


def test_a_certificate_of_no_root_of_the_store_is_refused(
    store: Store, amazon: trustme.CA, another: trustme.CA
) -> None:
    store(amazon)
    with ExecuteApi(another) as api:
        with pytest.raises(NoAnswer) as failed:
            ask(api).request("GetItem", {})
        assert Connections(Pool(api.endpoint), "us-east-1").post([("ok-1", b"{}")]).delivered == 0
    assert not failed.value.may_be_applied
    assert api.received == []
