"""The encrypted client on a chat that works: both directions, cuts, names for messages, and what it refuses."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from anonchat_client import (
    Client,
    ConnectionLost,
    ConnectionRestored,
    InvalidAlias,
    LinkError,
    Message,
    PresenceChange,
    RawClient,
    RequestRefused,
    Room,
    Signer,
    SiteError,
    key_link,
    name_link,
)
from local.chat import LocalChat, LocalOptions
from scripts import ROOT
from tests.support.tcp_proxy import TcpProxy
from tests.support.waiting import WAIT_SECONDS

LINK = key_link(b"sixteen bytes ok")


@asynccontextmanager
async def a_chat(**environ: str) -> AsyncIterator[tuple[LocalChat, str]]:
    """Yield a chat, and the link of a room on it."""
    async with LocalChat(LocalOptions(site=ROOT / "frontend", environ=environ)) as chat, asyncio.timeout(WAIT_SECONDS):
        yield chat, f"{chat.http_url}/{LINK}"


async def next_message(client: Client) -> Message:
    return await anext(aiter(client))


async def test_two_talk_by_a_link_and_the_server_sees_neither_words_nor_names() -> None:
    async with a_chat() as (chat, link):
        async with Client.from_link(link, "Ada") as ada, Client.from_link(link, "Ben") as ben:
            sent = await ada.send("Hello, Ben.")
            heard = await next_message(ben)
            assert heard.genuine
            assert (heard.alias, heard.text, heard.handle, heard.id) == ("Ada", "Hello, Ben.", ada.handle, sent.id)
            assert sent.mine
            assert not heard.mine
            await ben.send("waves", action=True)
            assert (await next_message(ada)).action
            assert {(each.alias, each.handle) for each in ben.members} == {("Ada", ada.handle), ("Ben", ben.handle)}
            assert (ada.online, ben.online) == (2, 2)
            async with RawClient(chat.url) as socket:
                await socket.send_json({"action": "join", "room": Room.from_link(LINK).id, "alias": "wscat"})
                joined = str(await socket.receive("joined"))
        for word in ("Ada", "Ben", "Hello", "waves"):
            assert word not in joined


async def test_what_was_said_before_is_the_history_and_comes_not_again() -> None:
    async with a_chat() as (_, link), Client.from_link(link, "Ada") as ada:
        await ada.send("Before")
        async with Client.from_link(link, "Ben") as ben:
            assert [message.text for message in ben.history] == ["Before"]
            await ada.send("After")
            assert (await next_message(ben)).text == "After"
            assert [message.text for message in ben.messages] == ["Before", "After"]


async def test_a_room_with_a_name_is_entered_by_any_spelling() -> None:
    async with a_chat() as (chat, _):
        links = [f"{chat.http_url}/{name_link(name)}" for name in ("Kitchen  Table", "kitchen table")]
        async with Client.from_link(links[0], "Ada") as ada, Client.from_link(links[1], "Ben") as ben:
            assert ada.room_name == ben.room_name == "kitchen table"
            await ada.send("Hello")
            assert (await next_message(ben)).text == "Hello"


async def test_its_own_messages_come_from_send_alone_and_in_order() -> None:
    async with a_chat() as (_, link), Client.from_link(link, "Ada") as ada, Client.from_link(link, "Ben") as ben:
        await asyncio.gather(*(ada.send(str(number)) for number in range(5)))
        assert [(await next_message(ben)).text for _ in range(5)] == list("01234")
        await ben.send("enough")
        assert (await next_message(ada)).text == "enough"


async def test_after_a_cut_it_has_what_it_missed_and_what_it_wrote_goes_out() -> None:
    async with a_chat() as (chat, link), TcpProxy(chat.gateway.port) as proxy:
        through = f"http://127.0.0.1:{proxy.port}/{LINK}"
        async with Client.from_link(link, "Ada") as ada, Client.from_link(through, "Ben") as ben:
            await ada.send("one")
            events = ben.events()
            assert isinstance(await anext(events), Message)
            proxy.cut()
            assert isinstance(await anext(events), ConnectionLost)
            writing = asyncio.create_task(ben.send("in the tunnel"))
            await ada.send("two")
            proxy.restore()
            missed, restored = await anext(events), await anext(events)
            assert isinstance(missed, Message)
            assert missed.text == "two"
            assert isinstance(restored, ConnectionRestored)
            await writing
            assert [message.text for message in ben.messages] == ["one", "two", "in the tunnel"]
            assert (await next_message(ada)).text == "in the tunnel"


async def test_who_comes_and_goes_is_told_by_name_and_handle() -> None:
    async with a_chat() as (_, link), Client.from_link(link, "Ada") as ada:
        events = ada.events()
        async with Client.from_link(link, "Ben") as ben:
            came = await anext(events)
        left = await anext(events)
        assert isinstance(came, PresenceChange)
        assert isinstance(left, PresenceChange)
        assert [(each.alias, each.handle) for each in came.joined + left.left] == [("Ben", ben.handle)] * 2
        assert (came.online, left.online) == (2, 1)


async def test_in_a_large_room_everybody_is_known_to_who_asks() -> None:
    async with a_chat() as (chat, link), AsyncExitStack() as others:
        room = Room.from_link(link)
        for number in range(48):  # with the longest aliases: about 40 of them fit a snapshot
            socket = await others.enter_async_context(RawClient(chat.url))
            await socket.send_json({"action": "join", "room": room.id, "alias": f"{number:0256d}"})
            await socket.receive("joined")
        async with Client.from_link(link, "Ada") as ada:
            assert len(ada.members) < ada.online == 49
            assert ada.handle in {each.handle for each in await ada.roster()}
            assert len(await ada.roster()) == 49
        visit = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "anonchat_client", link, "--alias", "Ben"),
            env=os.environ | {"PYTHONPATH": str(ROOT / "clients/python")},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        printed, _ = await visit.communicate(b"/who\n")
        assert printed.decode().count("Somebody unverified") == 48


async def test_a_message_that_is_sent_again_under_its_name_is_one() -> None:
    async with a_chat() as (_, link), Client.from_link(link, "Ada") as ada, Client.from_link(link, "Ben") as ben:
        first = await ada.send("Order 17 is ready.", client="order-17-ready")
        assert await ada.send("Order 17 is ready.", client="order-17-ready") == first
        assert first.client == "order-17-ready"
        with pytest.raises(ValueError, match="name of another message"):
            await ada.send("Order 18 is ready.", client="order-17-ready")
        await ada.send("That was all.")
        assert [(await next_message(ben)).text for _ in range(2)] == ["Order 17 is ready.", "That was all."]


async def test_who_keeps_a_signer_is_the_same_person_again() -> None:
    async with a_chat() as (_, link):
        signer = Signer.new()
        handles = []
        for _ in range(2):
            async with Client.from_link(link, "Ada", signer=signer) as ada:
                handles.append(ada.handle)
        async with Client.from_link(link, "Ada") as stranger:
            assert stranger.handle not in handles
        assert len(set(handles)) == 1


async def test_what_cannot_be_sent_is_refused_before_it_is_sent() -> None:
    async with a_chat() as (_, link), Client.from_link(link, "Ada") as ada:
        for nothing in ("", " \n ", "\x07"):
            with pytest.raises(ValueError, match="nothing to send"):
                await ada.send(nothing)
        assert (await ada.send("x" * ada.longest_text)).text == "x" * ada.longest_text
        with pytest.raises(ValueError, match="too long for one message, by 1 bytes"):
            await ada.send("x" * (ada.longest_text + 1))
        with pytest.raises(RequestRefused, match="bad_request"):
            await ada.send("Hello", client="a b")
        assert (await ada.send("and half a \ud83d character")).text == "and half a \ufffd character"


async def test_a_full_room_is_an_error_at_once() -> None:
    async with a_chat(ROOM_CAP="1") as (_, link), Client.from_link(link, "Ada"):
        with pytest.raises(RequestRefused, match="room_full"):
            await Client.from_link(link, "Ben").open()


async def test_a_chat_that_lets_in_only_its_own_site_lets_in_who_comes_by_its_link() -> None:
    async def config(request: web.Request) -> web.Response:
        return web.Response(text=f'export default {{ websocketUrl: "{chat.url}" }};')

    copy = web.Application()
    copy.router.add_get("/{path:.*}", config)
    async with a_chat() as (chat, link), TestServer(copy) as elsewhere:
        async with Client.from_link(link, "Ada"):
            pass
        with pytest.raises(SiteError, match="it answers 403"):
            await Client.from_link(f"{elsewhere.make_url('/')}{LINK}", "Ada").open()


def test_a_bad_link_and_an_empty_alias_are_errors_before_anything_is_opened() -> None:
    with pytest.raises(LinkError):
        Client.from_link("https://chat.example.org/", "Ada")
    with pytest.raises(LinkError):
        Client.from_link(LINK, "Ada")
    with pytest.raises(InvalidAlias):
        Client.from_link(f"https://chat.example.org/{LINK}", " ")
