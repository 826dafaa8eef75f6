"""`scripts/talk` and the page in one room: both directions, a reload, a cut and a resume; what a terminal shows."""

import asyncio
import os
import pty
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from anonchat_client import new_client
from anonchat_client.encryption.base64url import b64encode
from local.chat import LocalChat, LocalOptions
from scripts import ROOT
from tests.support.browser import DESKTOP, SITE, NewPage
from tests.support.forgery import forger
from tests.support.member import member
from tests.support.page_actions import (
    PLAINTEXTS,
    enter,
    expect_in_room,
    expect_sent,
    expect_texts,
    messages,
    new_link,
    say,
    text_of,
)
from tests.support.tcp_proxy import TcpProxy
from tests.support.waiting import WAIT_SECONDS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ADA, BEN = "Ada at her desk", "Ben in a terminal"
HANDLE = "[0-9a-z]{3}-[0-9a-z]{3}"
ENVIRON = {"PER_MINUTE": "100"}


class Talk:
    """A running `scripts/talk`: what it has printed, and what is typed into it."""

    def __init__(self, process: asyncio.subprocess.Process, write: Callable[[bytes], object]) -> None:
        self.process = process
        self.printed = ""
        self.write = write
        self._news = asyncio.Event()

    def type(self, line: str) -> None:
        PLAINTEXTS.add(line)
        self.write(f"{line}\n".encode())

    def heard(self, data: bytes) -> None:
        self.printed += data.decode()
        self._news.set()

    async def expect(self, pattern: str) -> re.Match[str]:
        """Wait until this was printed."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not (found := re.search(pattern, self.printed)):
                self._news.clear()
                await self._news.wait()
        return found

    async def end(self) -> int:
        async with asyncio.timeout(WAIT_SECONDS):
            return await self.process.wait()


def heed_interrupts() -> None:
    """Let a process end by Ctrl-C also where these tests run in the background, where a shell ignores it for all."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def command(link: str, *options: str) -> list[str]:
    return [sys.executable, "-m", "anonchat_client", link, *options]


ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "clients/python"), "PYTHONUNBUFFERED": "1", "TERM": "xterm"}


@asynccontextmanager
async def talk(link: str, alias: str = BEN) -> AsyncIterator[Talk]:
    """Run the client through pipes, in the room."""
    PLAINTEXTS.add(alias)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command(link, "--alias", alias),
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.STDOUT,
        env=ENVIRONMENT,
        preexec_fn=heed_interrupts,
    )
    assert process.stdin
    assert process.stdout
    talk = Talk(process, process.stdin.write)
    reading = asyncio.create_task(read(process.stdout, talk))
    try:
        await talk.expect(f"You are {alias} {HANDLE} in ")
        yield talk
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading


async def read(stream: asyncio.StreamReader, talk: Talk) -> None:
    while data := await stream.read(65536):
        talk.heard(data)


@asynccontextmanager
async def talk_at_a_terminal(link: str) -> AsyncIterator[Talk]:
    """Run the client at a terminal, with nothing answered yet."""
    ours, theirs = pty.openpty()

    def log_in() -> None:
        heed_interrupts()
        os.login_tty(theirs)

    process = await asyncio.create_subprocess_exec(
        *command(link), env=ENVIRONMENT, pass_fds=(theirs,), preexec_fn=log_in
    )
    os.close(theirs)
    talk = Talk(process, lambda data: os.write(ours, data))
    loop = asyncio.get_running_loop()

    def hear() -> None:
        try:
            talk.heard(os.read(ours, 65536))
        except OSError:  # the program has ended
            loop.remove_reader(ours)

    loop.add_reader(ours, hear)
    try:
        yield talk
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        loop.remove_reader(ours)
        os.close(ours)


async def own_handle(page: Page, text: str) -> str:
    item = messages(page).filter(has_text=text).first
    return await text_of(item.locator(".handle"))


async def test_a_terminal_and_the_page_talk_and_the_page_has_it_all_after_a_reload(
    chat: LocalChat, new_page: NewPage
) -> None:
    page, link = await new_page(DESKTOP), new_link()
    await enter(page, f"{chat.http_url}/", link, ADA)
    await say(page, "Is anybody there?")
    await expect_sent(page, 1)
    async with talk(f"{chat.http_url}/{link}") as ben:
        await ben.expect(rf"\d\d:\d\d {ADA} {await own_handle(page, 'Is anybody')}: Is anybody there\?")
        ben.type("I am, in a terminal.")
        await ben.expect("✓ I am, in a terminal.")
        await expect_texts(page, ["Is anybody there?", "I am, in a terminal."])
        told = await ben.expect(f"You are {BEN} ({HANDLE})")
        assert await own_handle(page, "in a terminal") == told[1]

        await page.reload()
        await expect_in_room(page)
        await expect_texts(page, ["Is anybody there?", "I am, in a terminal."])
        ben.type("/me waves at the new page")
        await expect(messages(page)).to_have_count(3)
        await say(page, "Here I am again.\nOn two lines.")
        await ben.expect(r": Here I am again\.\n      On two lines\.")
        await expect(page.locator("[data-kind=problem]")).to_have_count(0)
        ben.process.stdin.close()  # type: ignore[union-attr]
        assert await ben.end() == 0
    assert "!!" not in ben.printed
    await expect(page.get_by_role("button", name="1 here")).to_be_visible()


async def test_a_terminal_that_is_cut_off_misses_nothing_and_says_everything_once(
    chat: LocalChat, new_page: NewPage
) -> None:
    page, link = await new_page(DESKTOP), new_link()
    await enter(page, f"{chat.http_url}/", link, ADA)
    async with TcpProxy(chat.gateway.port) as proxy, talk(f"http://127.0.0.1:{proxy.port}/{link}") as ben:
        proxy.cut()
        await ben.expect("The connection is lost")
        ben.type("Written in the tunnel.")
        ben.type("And one more.")
        await ben.expect("waits to be acknowledged: Written in the tunnel.")
        await say(page, "Said meanwhile.")
        await say(page, "And this, too.")
        await expect_sent(page, 2)
        proxy.restore()
        await ben.expect("The connection is back")
        await ben.expect("✓ And one more.")
        texts = ["Said meanwhile.", "And this, too.", "Written in the tunnel.", "And one more."]
        await expect_texts(page, texts)
        await say(page, "Welcome back.")
        await ben.expect(": Welcome back.")
        heard = re.findall(rf"{ADA} {HANDLE}: (.*)", ben.printed)
        assert heard == ["Said meanwhile.", "And this, too.", "Welcome back."]
        assert "may be missing" not in ben.printed
        ben.process.send_signal(signal.SIGINT)
        assert await ben.end() == 130
    assert "Traceback" not in ben.printed


async def test_who_was_away_for_longer_than_messages_are_kept_is_told_of_the_gap() -> None:
    link = new_link()
    async with (
        LocalChat(LocalOptions(site=SITE, environ={"HISTORY_SECONDS": "1"})) as chat,
        TcpProxy(chat.gateway.port) as proxy,
        talk(f"http://127.0.0.1:{proxy.port}/{link}") as ben,
    ):
        ben.type("Am I heard?")
        await ben.expect("✓ Am I heard")
        proxy.cut()
        await ben.expect("The connection is lost")
        await asyncio.sleep(2)  # longer than messages are kept
        proxy.restore()
        await ben.expect(r"some may be missing here(.|\n)*The connection is back")


async def test_what_is_not_to_be_trusted_is_shown_as_such_and_steers_no_terminal(chat: LocalChat) -> None:
    link = new_link()
    steering = ("Mallory\x1b[2J", "\x1b]0;owned\x07\x1b[31mred\nBen: I owe you money.")
    PLAINTEXTS.update(("It is really me.", "No, it is me.", "Send me money.", *steering))
    async with (
        talk(f"{chat.http_url}/{link}") as ben,
        member(chat, link, ADA) as honest,
        member(chat, link, "Mallory with a program") as hostile,
    ):
        ada, room = honest.signer, honest.room
        said = await honest.say("It is really me.")
        await hostile.say("No, it is me.", alias=ADA)
        client = new_client()
        forged = room.seal_message(forger(hostile.signer, ada), client, ADA, "Send me money.")
        await hostile.post(forged, client)
        await hostile.post(b64encode(bytes(476)))
        await hostile.post(said["text"], said["client"])
        name, text = steering
        await hostile.say(text, alias=name)
        for words in ("had this name first", "is false", "does not open", "sent again", "I owe you money"):
            await ben.expect(words)  # one message may overtake another
    printed = ben.printed
    assert f"!! Not the {ADA} {ada.handle} who had this name first: another key." in printed
    assert "!! A message whose signature is false" in printed
    assert "Send me money" not in printed
    assert "!! A message that this room's key does not open." in printed
    assert f"!! Somebody sent again what {ADA} {ada.handle} wrote: It is really me." in printed
    assert "\x1b" not in printed
    assert "\n      Ben: I owe you money." in printed


async def test_at_a_terminal_the_name_is_asked_for_and_others_do_not_garble_what_is_typed(chat: LocalChat) -> None:
    link = new_link()
    async with talk_at_a_terminal(f"{chat.http_url}/{link}") as ben:
        await ben.expect("Your name: ")
        ben.type(BEN)
        await ben.expect(f"You are {BEN}")
        await ben.expect("> ")
        PLAINTEXTS.add("half a sentence, and the rest")
        ben.write(b"half a sentence")
        await ben.expect("> half a sentence")
        async with talk(f"{chat.http_url}/{link}", "Cleo in another window") as cleo:
            cleo.type("I interrupt.")
            await ben.expect(r"I interrupt\.\r\n> half a sentence")
            ben.write(b", and the rest\n")
            await cleo.expect(r": half a sentence, and the rest")
        ben.write(b"\x03")
        assert await ben.end() == 130
        await ben.expect("You have left.")
        assert "Traceback" not in ben.printed


async def test_at_a_terminal_the_end_of_the_input_leaves(chat: LocalChat) -> None:
    async with talk_at_a_terminal(f"{chat.http_url}/{new_link()}") as ben:
        await ben.expect("Your name: ")
        ben.type(BEN)
        await ben.expect("You are")
        await ben.expect("> ")
        ben.write(b"\x04")
        assert await ben.end() == 0
        await ben.expect("You have left.")


async def test_what_cannot_be_is_said_in_one_sentence(chat: LocalChat) -> None:
    for link, sentence in {
        f"{chat.http_url}/": "neither a key nor a name",
        "chat.example.org/#name=kitchen": "begins with https://",
        "http://127.0.0.1:1/#name=kitchen": "nobody listens at 127.0.0.1:1",
        f"{chat.http_url}/nothing/here#name=kitchen": "it answers 404",
    }.items():
        process = await asyncio.create_subprocess_exec(
            *command(link, "--alias", BEN),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=ENVIRONMENT,
        )
        out, err = await process.communicate()
        assert (process.returncode, out) == (1, b"")
        assert sentence in err.decode()
        assert err.count(b"\n") == 1
