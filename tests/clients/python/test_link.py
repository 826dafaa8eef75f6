"""From a link to a room, and from its site to the socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from anonchat_client import LinkError, Room, RoomLink, SiteError, key_link, name_link
from anonchat_client.site import check_site, find_socket, origin
from local.chat import LocalChat, LocalOptions
from scripts import ROOT

SECRET = b"sixteen bytes ok"
SITE = "https://chat.example.org/"


def test_a_link_with_a_key_leads_to_its_room() -> None:
    for link in (
        SITE + key_link(SECRET),
        key_link(SECRET),
        key_link(SECRET).removeprefix("#"),
        f" {key_link(SECRET)}\n",
    ):
        assert RoomLink.parse(link).secret == SECRET
        assert Room.from_link(link).id == Room.from_key(SECRET).id
    assert RoomLink.parse(SITE + key_link(SECRET)).site == SITE


def test_a_link_with_a_name_leads_to_the_room_of_its_normal_form() -> None:
    for name in ("Hidden  Valley", "hidden valley "):
        link = RoomLink.parse(SITE + name_link(name))
        assert (link.site, link.secret, link.name) == (SITE, None, "hidden valley")


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        (SITE, "neither a key nor a name"),
        ("", "neither a key nor a name"),
        (SITE + "#", "neither a key nor a name"),
        (SITE + "#utm_source=elsewhere", "neither a key nor a name"),
        (SITE + "#key=", "not whole"),
        (SITE + "#key=only-half-of-it", "not whole"),
        (SITE + key_link(SECRET)[:-1] + "!", "not whole"),
        (SITE + "#name=%20", "its name is empty"),
        (SITE + "#name=" + "x" * 65, "too long"),
        (SITE + "#name=a%00b", "no letter"),
    ],
)
def test_a_link_to_no_room_says_why_and_never_itself(link: str, sentence: str) -> None:
    with pytest.raises(LinkError, match=sentence) as failure:
        RoomLink.parse(link)
    assert "half" not in str(failure.value)


def test_a_link_that_is_printed_by_accident_does_not_show_its_secret() -> None:
    assert "sixteen" not in repr(RoomLink.parse(SITE + key_link(SECRET)))
    assert "valley" not in repr(RoomLink.parse(SITE + name_link("Hidden Valley")))


@pytest.mark.parametrize("site", ["", "chat.example.org/", "ftp://chat.example.org/", "https://", "http://[x/", "/"])
def test_an_address_that_is_no_pages_is_refused(site: str) -> None:
    with pytest.raises(LinkError, match="begins with https"):
        check_site(site)


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("https://chat.example.org/", "https://chat.example.org"),
        ("http://localhost:3001/index.html", "http://localhost:3001"),
        ("https://ada:secret@chat.example.org/", "https://chat.example.org"),
    ],
)
def test_the_origin_is_what_a_browser_would_send(site: str, expected: str) -> None:
    assert origin(site) == expected


# --- the site ------------------------------------------------------------------------------------------------


@asynccontextmanager
async def serving(files: dict[str, str]) -> AsyncIterator[str]:
    """Yield the address of a server with these files."""

    async def answer(request: web.Request) -> web.Response:
        if request.path not in files:
            raise web.HTTPNotFound
        return web.Response(text=files[request.path])

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    async with TestServer(application) as server:
        yield str(server.make_url("/"))


async def found(site: str) -> str:
    async with aiohttp.ClientSession() as session:
        return await find_socket(session, site)


async def test_the_socket_of_a_chat_on_this_machine_is_found() -> None:
    async with LocalChat(LocalOptions(site=ROOT / "frontend")) as chat:
        assert await found(f"{chat.http_url}/") == chat.url


async def test_the_socket_of_a_deployed_page_is_found_where_it_names_its_files() -> None:
    files = {
        "/": '<link rel="modulepreload" href="v/0123456789abcdef/alias.js">'
        '<link rel="modulepreload" href="v/0123456789abcdef/config.js">',
        "/v/0123456789abcdef/config.js": 'export default {"websocketUrl":"wss://example.org/chat"};\n',
    }
    async with serving(files) as site:
        assert await found(site) == "wss://example.org/chat"


async def test_the_example_of_the_configuration_is_understood() -> None:
    files = {"/": "", "/config.js": (ROOT / "frontend/config.example.js").read_text()}
    async with serving(files) as site:
        assert await found(site) == "ws://localhost:3001"


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "it answers 404"),
        ({"/": "<h1>Welcome</h1>"}, "it answers 404"),
        ({"/": "", "/config.js": "<h1>Welcome</h1>"}, "is no chat of this kind"),
        ({"/": "", "/config.js": 'export default { websocketUrl: "https://example.org" };'}, "is no chat of this kind"),
        ({"/": "", "/config.js": 'export default { websocketUrl: "wss://[x" };'}, "is no chat of this kind"),
    ],
)
async def test_a_site_without_a_chat_says_so(files: dict[str, str], sentence: str) -> None:
    async with serving(files) as site:
        with pytest.raises(SiteError, match=sentence):
            await found(site)


async def test_where_nobody_listens_the_host_is_named() -> None:
    with pytest.raises(SiteError, match=r"nobody listens at 127\.0\.0\.1:1"):
        await found("http://127.0.0.1:1/")
