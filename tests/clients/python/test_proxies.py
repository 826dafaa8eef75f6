"""Proxies, as curl takes them from the environment."""

import aiohttp
import pytest

from anonchat_client.proxies import UnusableProxy, proxy_for
from anonchat_client.raw_client import RawClient
from anonchat_client.site import find_socket
from local.chat import LocalChat, LocalOptions
from scripts import ROOT
from tests.support.connect_proxy import ConnectProxy

WSS, WS = "wss://chat.example.org/prod", "ws://chat.example.org"
PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("url", "variable"),
    [
        (WSS, "https_proxy"),
        (WSS, "HTTPS_PROXY"),
        (WSS, "wss_proxy"),
        (WSS, "all_proxy"),
        (WSS, "ALL_PROXY"),
        ("https://chat.example.org/", "https_proxy"),
        (WS, "http_proxy"),
        (WS, "all_proxy"),
        ("http://chat.example.org/", "http_proxy"),
    ],
)
def test_a_variable_names_the_proxy_of_its_scheme(url: str, variable: str) -> None:
    assert proxy_for(url, {variable: PROXY}) == PROXY


@pytest.mark.parametrize(("url", "variable"), [(WSS, "http_proxy"), (WS, "https_proxy"), (WS, "HTTP_PROXY"), (WSS, "")])
def test_other_variables_do_not(url: str, variable: str) -> None:
    assert proxy_for(url, {variable: PROXY}) is None


def test_the_more_special_variable_wins_and_an_empty_one_counts_as_none() -> None:
    both = {"all_proxy": "http://other.example:1", "HTTPS_PROXY": "http://another.example:1", "https_proxy": PROXY}
    assert proxy_for(WSS, both) == PROXY
    assert proxy_for(WSS, {"https_proxy": "", "ALL_PROXY": PROXY}) == PROXY


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("proxy.example", "http://proxy.example:1080"),
        ("proxy.example:3128/", PROXY),
        ("https://proxy.example", "https://proxy.example:443"),
        ("http://me:secret@proxy.example:3128", "http://me:secret@proxy.example:3128"),
        ("http://[::1]:3128", "http://[::1]:3128"),
    ],
)
def test_a_proxy_is_named_in_every_form_that_curl_takes(named: str, meant: str) -> None:
    assert proxy_for(WSS, {"https_proxy": named}) == meant


@pytest.mark.parametrize("named", ["socks5://proxy.example", "http://", "http://proxy:x", "http://[", "ftp://a:b@c"])
def test_what_cannot_be_used_gets_a_sentence_without_what_may_be_a_password(named: str) -> None:
    with pytest.raises(UnusableProxy, match=r"^all_proxy names no proxy that is used here: write it as http://"):
        proxy_for(WSS, {"all_proxy": named})


@pytest.mark.parametrize(
    "without",
    [
        *("*", "chat.example.org", "example.org", ".example.org", "*.example.org", "CHAT.Example.Org", "org"),
        *("a.example, example.org", "a.example example.org", "localhost,,example.org."),
    ],
)
@pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
def test_hosts_are_left_out(without: str, variable: str) -> None:
    assert proxy_for(WSS, {"https_proxy": PROXY, variable: without}) is None


@pytest.mark.parametrize(
    "without", ["", ",", "ample.org", "chat.example.org.evil", "sub.chat.example.org", "10.0.0.0/8"]
)
def test_other_hosts_are_not_left_out(without: str) -> None:
    assert proxy_for(WSS, {"https_proxy": PROXY, "no_proxy": without}) == PROXY


@pytest.mark.parametrize(
    ("host", "without", "left_out"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.0/8", True),
        ("10.1.2.3", "192.168.0.0/16,10.0.0.0/8", True),
        ("10.1.2.3", "0.1.2.3", False),
        ("10.1.2.3", "10.1.2.4", False),
        ("[::1]", "::1", True),
        ("[::1]", "[::1]", True),
        ("[fd00::2]", "fd00::/8", True),
        ("[fd00::2]", "*", True),
        ("[fd00::2]", "example.org", False),
    ],
)
def test_addresses_are_left_out_alone_or_by_network(host: str, without: str, left_out: bool) -> None:
    found = proxy_for(f"wss://{host}:8443/prod", {"https_proxy": PROXY, "no_proxy": without})
    assert found == (None if left_out else PROXY)


async def test_the_page_and_the_socket_behind_a_proxy_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    options = LocalOptions(site=ROOT / "frontend", environ={"ALLOWED_ORIGINS": "http://chat.example.org"})
    async with LocalChat(options) as chat, ConnectProxy(chat.gateway.port) as proxy:
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        async with aiohttp.ClientSession() as session:
            url = await find_socket(session, "http://chat.example.org/")
        assert url == "ws://chat.example.org"
        async with RawClient(url) as client:
            await client.send_text("hello?")
            assert (await client.receive())["code"] == "bad_request"
    assert proxy.asked[0] == "GET http://chat.example.org/"
    assert proxy.asked[-1].rstrip("/") == "GET ws://chat.example.org"
