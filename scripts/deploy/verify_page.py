"""The page as a browser loads it: is every file there, is each of the right type, and cached as it should be?"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import aiohttp

from anonchat_client.proxies import proxy_for
from anonchat_client.site import CONFIG, reason
from scripts.deploy.verify_report import Finding, failed, listed, look, ok

AT_ONCE = 8  # files that are fetched side by side
ANSWER_SECONDS = 20.0
TYPES = {
    "css": {"text/css"},
    "html": {"text/html"},
    "js": {"text/javascript", "application/javascript"},
    "png": {"image/png"},
    "svg": {"image/svg+xml"},
    "webmanifest": {"application/manifest+json"},
}
YEAR = "public, max-age=31536000, immutable"
VERSIONED = re.compile(r"/v/[0-9a-f]{16}/")  # the folder of a deployed page, named after all that is in it
WORKER = "sw.js"
DEVELOPMENT = {"ws://localhost:*", "ws://127.0.0.1:*"}  # what index.html allows before it is deployed
# What CloudFront adds, since a meta element cannot say it.
SECURITY_HEADERS = {
    "Strict-Transport-Security": "max-age=",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "frame-ancestors 'none'",
}


@dataclass
class Named(HTMLParser):
    """What index.html names: its files, and its policy."""

    files: list[str] = field(default_factory=list)
    policy: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if attributes.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = attributes.get("content", "")
        if tag in ("link", "script", "img"):
            named = attributes.get("href") or attributes.get("src") or ""
            if named and not urlsplit(named).scheme:
                self.files.append(named)


@dataclass(frozen=True)
class File:
    """One answer. `complaint` says why there is none."""

    address: str
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    complaint: str = ""

    @property
    def name(self) -> str:
        return urlsplit(self.address).path.rpartition("/")[2] or "index.html"


async def look_at_page(session: aiohttp.ClientSession, site: str, socket: str) -> list[Finding]:
    """Fetch the page at `site` with all that it names. `socket` is the address that it should connect to."""
    index = await _fetch(session, site)
    if index.complaint:
        return [failed("page", f"{site} {index.complaint} Look at the bucket, then: make deploy")]
    named = Named()
    named.feed(index.text)
    gate = asyncio.Semaphore(AT_ONCE)

    async def fetch(address: str) -> File:
        async with gate:
            return await _fetch(session, address)

    addresses = dict.fromkeys(urljoin(site, name) for name in [*named.files, WORKER])
    files = [index, *await asyncio.gather(*map(fetch, addresses))]
    return [_completeness(files, site), _headers(files), _policy(named.policy, index, files, socket)]


async def _fetch(session: aiohttp.ClientSession, address: str) -> File:
    try:
        async with (
            asyncio.timeout(ANSWER_SECONDS),
            session.get(address, proxy=proxy_for(address)) as response,
        ):
            if response.status != 200:
                return File(address, complaint=f"answers {response.status}.")
            return File(address, response.headers.copy(), (await response.read()).decode(errors="replace"))
    except (aiohttp.ClientError, OSError, TimeoutError) as failure:
        return File(address, complaint=f"cannot be reached: {reason(failure)}")


def _completeness(files: list[File], site: str) -> Finding:
    missing = [f"{each.name} {each.complaint}" for each in files if each.complaint]
    if not any(each.name.endswith(".js") and each.name != WORKER for each in files):
        return failed("page", f"{site} names no module: it is no page of this chat")
    if missing:
        return failed("page", f"{listed(missing)} Nobody can use the page: make deploy")
    parts = urlsplit(site)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1"):
        return failed("page", f"{site} is not https, and browsers encrypt nowhere else: share the https address")
    return ok("page", f"index.html, {CONFIG} and all {len(files)} files that it takes came by {parts.scheme}")


def _headers(files: list[File]) -> Finding:
    wrong = [f"{each.name} has {complaint}" for each in files if (complaint := _wrong_header(each))]
    if wrong:
        return failed("headers", f"{listed(wrong)}: make deploy")
    return ok("headers", "each file has its type, and browsers keep it for as long as they may")


def _wrong_header(file: File) -> str:
    kind = file.headers.get("Content-Type", "").partition(";")[0]
    cached = file.headers.get("Cache-Control", "")
    if file.complaint:
        return ""
    if kind not in TYPES.get(file.name.rpartition(".")[2], {kind}):
        return f"the type {kind or 'none'}"
    if VERSIONED.search(file.address) and file.name != CONFIG:
        wanted = {YEAR}
    else:
        wanted = {"no-store", "no-cache"} if file.name == WORKER else {"no-store"}
    return "" if cached in wanted else f"the Cache-Control {cached or 'none'}"


def _policy(policy: str, index: File, files: list[File], socket: str) -> Finding:
    config = next((each.text for each in files if each.name == CONFIG), "")
    complaint = _wrong_policy(policy, socket)
    if f'"{socket}"' not in config:
        complaint = f"config.js does not name {socket}, the socket of this stack"
    if complaint:
        return failed("policy", f"{complaint}: make deploy")
    if "X-Amz-Cf-Id" not in index.headers:
        return ok("policy", "the page may connect to its socket only (cloudfront = true adds headers against framing)")
    missing = [name for name, part in SECURITY_HEADERS.items() if part not in index.headers.get(name, "")]
    if missing:
        return look("policy", f"CloudFront does not send {listed(missing, 5)}: make deploy, and wait for some minutes")
    return ok("policy", "the page may connect to its socket only, and CloudFront sends all security headers")


def _wrong_policy(policy: str, socket: str) -> str:
    """Return what is wrong with the page's Content-Security-Policy. Of `make dev` it allows other ports as well."""
    allowed = re.findall(r"connect-src ([^;]*)", policy)[:1]
    sources = set(allowed[0].split()) - {"'self'"} if allowed else set()
    if "default-src 'none'" not in policy:
        return "index.html has no Content-Security-Policy that begins by forbidding everything"
    if socket in sources and len(sources) == 1:
        return ""
    if sources == DEVELOPMENT and urlsplit(socket).hostname in ("localhost", "127.0.0.1"):
        return ""
    return f"the page may connect to {listed(sorted(sources)) or 'nothing'}, and its socket is {socket}"
