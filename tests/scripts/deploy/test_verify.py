"""`make verify` on this machine's chat, and on pages that are spoilt in one place each."""

import re
import ssl
from collections.abc import Callable

import aiohttp
import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from local.chat import LocalChat, LocalOptions
from scripts import ROOT
from scripts.deploy import verify, verify_browser
from scripts.deploy.traffic import Traffic
from scripts.deploy.verify_page import SECURITY_HEADERS, YEAR, look_at_page
from scripts.deploy.verify_report import Finding
from tests.support.browser import chromium
from tests.support.connect_proxy import ConnectProxy

SOCKET = "wss://a1.execute-api.eu-central-1.amazonaws.com/prod"
INDEX = f"""<!doctype html>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; connect-src {SOCKET}; base-uri 'none'">
<link rel="icon" href="data:,"><link rel="stylesheet" href="v/0123456789abcdef/style.css">
<link rel="modulepreload" href="v/0123456789abcdef/config.js">
<script type="module" src="v/0123456789abcdef/main.js"></script>
"""


class Page:
    """A deployed page's files: address → text, type, Cache-Control; and headers that all of them have."""

    def __init__(self) -> None:
        config = f'export default {{"websocketUrl":"{SOCKET}"}};\n'
        self.files = {
            "index.html": (INDEX, "text/html", "no-store"),
            "v/0123456789abcdef/config.js": (config, "text/javascript", "no-store"),
            "v/0123456789abcdef/main.js": ("", "text/javascript", YEAR),
            "v/0123456789abcdef/style.css": ("", "text/css", YEAR),
            "sw.js": ("", "text/javascript", "no-cache"),
        }
        self.headers: dict[str, str] = {}

    def change(self, end: str, text: str | None = None, kind: str | None = None, cache: str | None = None) -> None:
        """Give the file whose address ends like this another text, type or Cache-Control."""
        [address] = [each for each in self.files if each.endswith(end)]
        old = self.files[address]
        self.files[address] = (text if text is not None else old[0], kind or old[1], cache or old[2])

    async def answer(self, request: web.Request) -> web.Response:
        if request.path[1:] not in self.files:
            return web.Response(status=403)  # as S3 says of what is not there
        text, kind, cache = self.files[request.path[1:]]
        return web.Response(text=text, content_type=kind, headers={"Cache-Control": cache, **self.headers})

    def serve(self) -> TestServer:
        application = web.Application()
        application.router.add_get("/{path:.*}", self.answer)
        return TestServer(application)

    async def findings(self) -> dict[str, Finding]:
        async with self.serve() as server, aiohttp.ClientSession() as session:
            found = await look_at_page(session, f"http://127.0.0.1:{server.port}/index.html", SOCKET)
        return {each.name: each for each in found}


async def test_a_page_as_it_is_deployed_has_nothing_wrong() -> None:
    found = await Page().findings()
    assert {name: each.verdict for name, each in found.items()} == dict.fromkeys(("page", "headers", "policy"), "ok")
    assert found["page"].detail == "index.html, config.js and all 5 files that it takes came by http"


async def test_what_cloudfront_should_send_is_looked_at() -> None:
    page = Page()
    page.headers = {"X-Amz-Cf-Id": "1"} | {name: f"{part}1" for name, part in SECURITY_HEADERS.items()}
    assert (await page.findings())["policy"].detail.endswith("CloudFront sends all security headers")
    for name in SECURITY_HEADERS:
        spoilt = Page()
        spoilt.headers = {each: value for each, value in page.headers.items() if each != name}
        policy = (await spoilt.findings())["policy"]
        assert policy.verdict == "look"
        assert f"CloudFront does not send {name}: " in policy.detail


SPOILT: list[tuple[str, str, Callable[[Page], object]]] = [
    ("page", "index.html answers 403", lambda page: page.files.pop("index.html")),
    ("page", "main.js answers 403", lambda page: page.files.pop("v/0123456789abcdef/main.js")),
    ("page", "sw.js answers 403", lambda page: page.files.pop("sw.js")),
    ("page", "names no module", lambda page: page.change("index.html", "hello")),
    ("headers", "main.js has the type text/plain", lambda page: page.change("main.js", kind="text/plain")),
    ("headers", f"index.html has the Cache-Control {YEAR}", lambda page: page.change("index.html", cache=YEAR)),
    ("headers", f"config.js has the Cache-Control {YEAR}", lambda page: page.change("config.js", cache=YEAR)),
    ("headers", f"sw.js has the Cache-Control {YEAR}", lambda page: page.change("sw.js", cache=YEAR)),
    ("headers", "style.css has the Cache-Control no-store", lambda page: page.change("css", cache="no-store")),
    ("policy", "forbidding everything", lambda page: page.change("html", INDEX.replace("default-src 'none'", ""))),
    ("policy", "connect to *, and", lambda page: page.change("html", INDEX.replace(f"src {SOCKET}", "src *"))),
    ("policy", "connect to nothing", lambda page: page.change("html", INDEX.replace(f"src {SOCKET}", "src 'self'"))),
    (
        "policy",
        "connect to ws",
        lambda page: page.change("html", INDEX.replace(SOCKET, f"{SOCKET} wss://evil.example")),
    ),
    ("policy", "config.js does not name", lambda page: page.change("config.js", "export default {};")),
]


@pytest.mark.parametrize(("name", "sentence", "spoil"), SPOILT, ids=[f"{row[0]}: {row[1]}" for row in SPOILT])
async def test_what_is_wrong_with_a_page_is_told_with_what_to_do(
    name: str, sentence: str, spoil: Callable[[Page], object]
) -> None:
    page = Page()
    spoil(page)
    finding = (await page.findings())[name]
    assert finding.verdict == "failed"
    assert sentence in finding.detail
    assert "make deploy" in finding.detail or "no page of this chat" in finding.detail


async def test_the_page_is_fetched_through_the_shells_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    authority, tls, trusting = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("bucket.example.org").configure_cert(tls)
    authority.configure_trust(trusting)
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusting))
    async with Page().serve() as server, ConnectProxy(int(server.port or 0), tls=tls) as proxy, session:
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        found = await look_at_page(session, "https://bucket.example.org/index.html", SOCKET)
    assert [each.verdict for each in found] == ["ok", "ok", "ok"]
    assert {*proxy.asked} == {"CONNECT bucket.example.org:443"}


async def test_a_page_that_does_nothing_in_a_browser_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    chromium()
    monkeypatch.setattr(verify_browser, "STEP_MS", 3000)
    async with Page().serve() as server:
        found = await verify_browser.try_browser(f"http://127.0.0.1:{server.port}/index.html", Traffic())
    assert found.verdict == "failed"
    assert found.detail.startswith("stuck at entering a room (Locator.fill: Timeout 3000ms exceeded): open the page")


CLOSING = 10  # at most so many frames are on their way to a socket that closes, which nobody reads then


async def test_the_chat_on_this_machine_is_found_well_without_an_account(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verify_browser, "find_browser", lambda: "")
    async with LocalChat(LocalOptions(site=ROOT / "frontend")) as chat:
        found = await verify.run(f"{chat.http_url}/", {})
        counted = chat.meter.snapshot()["total"]
    assert {each.name: each.verdict for each in found} == dict.fromkeys(
        ("smoke", "page", "headers", "policy", "price"), "ok"
    ) | dict.fromkeys(("browser", "account"), "look")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [[each.verdict, each.name] for each in found]
    assert len({line.index(each.detail) for line, each in zip(lines, found, strict=True)}) == 1
    assert "stage, breaker, alarms, mail, budget" in lines[-2]
    [reckoned] = re.findall(r": (\d+) API Gateway messages, ", lines[-1])
    billed = counted["messagesIn"] + counted["messagesOut"]
    assert billed - CLOSING <= int(reckoned) <= billed


def test_a_page_that_is_not_there_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main([f"http://127.0.0.1:{unused_port()}/"]) == 1
    assert "nobody listens" in capsys.readouterr().err


def test_where_nothing_was_deployed_the_next_step_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verify, "deployed", lambda root: {})
    assert verify.main([]) == 1
    assert capsys.readouterr().err == "Nothing was deployed from this folder. Deploy it, or name a page's address.\n"


@pytest.mark.parametrize(
    ("verdict", "code", "last"),
    [("ok", 0, "The chat works: "), ("look", 0, "The chat works: "), ("failed", 1, "Someth")],
)
def test_only_what_is_broken_is_an_exit_code(
    verdict: str, code: int, last: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def found(site: str, outputs: object) -> list[Finding]:
        assert site == "https://chat.example.org/"
        return [Finding("mail", verdict, "")]  # type: ignore[arg-type]

    monkeypatch.setattr(verify, "deployed", lambda root: {"site_url": "https://chat.example.org/"})
    monkeypatch.setattr(verify, "run", found)
    assert verify.main([]) == code
    assert capsys.readouterr().out.splitlines()[-1].startswith(last)
