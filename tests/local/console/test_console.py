"""What /_local/ shows of single invocations, and what it lets one try: through the chat that serves it."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, WSServerHandshakeError
from playwright.async_api import Page, async_playwright, expect

from anonchat_client import RawClient, new_client
from local.chat import LocalChat, LocalOptions
from local.console import trials
from local.console.recorder import FRAMES, KEPT, STEPS, RecordedFunction, Recorder
from tests.support.browser import chromium
from tests.support.waiting import WAIT_SECONDS, eventually

SHOTS = os.environ.get("CONSOLE_SHOTS")  # a folder for pictures, for whoever wants to look


class Console:
    """A chat, and what its page is told."""

    def __init__(self, chat: LocalChat, session: ClientSession) -> None:
        self.chat, self._session = chat, session

    async def state(self) -> Any:
        async with self._session.get(f"{self.chat.http_url}/_local/console") as response:
            return await response.json()

    async def frames(self, number: int) -> tuple[int, Any]:
        async with self._session.get(f"{self.chat.http_url}/_local/frames/{number}") as response:
            return response.status, await response.json()

    async def attempt(self, **what: Any) -> tuple[int, Any]:
        async with self._session.post(f"{self.chat.http_url}/_local/try", json=what) as response:
            return response.status, await response.json()

    async def ask(self, body: str, **headers: str) -> int:
        address = f"{self.chat.http_url}/_local/try"
        async with self._session.post(address, data=body, headers=headers) as response:
            return response.status


@asynccontextmanager
async def console() -> AsyncIterator[Console]:
    async with LocalChat(log=lambda *_: None) as chat, ClientSession() as session:
        yield Console(chat, session)


async def join(person: RawClient, alias: str) -> None:
    await person.send_json({"action": "join", "room": "lobby", "alias": alias})
    await person.receive("joined")


async def say(person: RawClient, text: str) -> None:
    await person.send_json({"action": "send", "room": "lobby", "text": text, "client": new_client()})
    await person.receive("message")


async def test_each_invocation_is_shown_with_its_requests_and_posts_and_together_they_are_the_meters() -> None:
    async with console() as seen, RawClient(seen.chat.url) as ada, RawClient(seen.chat.url) as ben:
        await join(ada, "Ada")
        await join(ben, "Ben")
        await say(ada, "hello")
        await eventually(lambda: all(each["ms"] for each in seen.chat.recorder.invocations()))
        invocations = (await seen.state())["invocations"]
        total = seen.chat.meter.snapshot()["total"]
    assert [each["route"] for each in invocations] == ["$connect", "$connect", "join", "join", "send"]
    sent = invocations[-1]
    assert [operation for _, operation, _, _ in sent["table"]] == ["UpdateItem", "PutItem", "Query"]
    times = [0, *(at for at, *_ in sent["table"]), sent["firstPost"], sent["lastPost"], sent["ms"]]
    assert times == sorted(times)
    assert (sent["posts"], sent["cold"], sent["failure"], sent["among"]) == (2, False, "", 1)
    for name, counted in (("writeUnits", "writeUnits"), ("readUnits", "readUnits"), ("posts", "messagesOut")):
        assert sum(each[name] for each in invocations) == total[counted]
    without_time = total["dollars"]["total"] - total["dollars"]["connectionMinutes"]
    assert sum(each["dollars"] for each in invocations) == pytest.approx(without_time, rel=0.05)


async def test_the_frames_of_an_invocation_are_what_came_in_and_what_it_sent() -> None:
    async with console() as seen, RawClient(seen.chat.url) as ada:
        await join(ada, "Ada")
        await say(ada, "hello")
        sent = (await seen.state())["invocations"][-1]
        status, contents = await seen.frames(sent["number"])
        assert status == 200
        assert json.loads(contents["in"])["text"] == "hello"
        assert [(json.loads(each["frame"])["text"], each["to"]) for each in contents["out"]] == [
            ("hello", sent["connection"])
        ]
        assert contents["more"] == 0
        assert contents["event"]["requestContext"]["routeKey"] == "send"
        assert "body" not in contents["event"]
        assert (await seen.frames(10_000))[0] == 404


async def test_what_is_tried_goes_wrong_until_it_is_turned_off() -> None:
    async with console() as seen, RawClient(seen.chat.url) as ada:
        await join(ada, "Ada")
        assert (await seen.attempt(switch="throttleTable", on=True))[1]["on"]["throttleTable"]
        assert (await seen.attempt(switch="slowTable", on=True))[0] == 200
        await seen.attempt(switch="refusePosts", on=True)
        await seen.attempt(switch="dropDisconnects", on=True)
        assert (seen.chat.gateway.faults.refuse_post, seen.chat.gateway.faults.drop_disconnect) == (0.5, 1.0)
        for switch in ("throttleTable", "slowTable", "refusePosts"):
            _, state = await seen.attempt(switch=switch, on=False)
        assert state["on"] == dict.fromkeys(state["on"], False) | {"dropDisconnects": True}
        [connection] = state["connections"]
        await say(ada, "still here")
        assert (await seen.attempt(cut=connection["id"]))[0] == 200
        await eventually(lambda: not seen.chat.gateway.connections)
        assert (await seen.attempt(cut=connection["id"]))[0] == 400
        assert "$disconnect" not in [each["route"] for each in (await seen.state())["invocations"]]


async def test_a_slow_table_is_slow_and_one_that_throttles_throttles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "SLOW_SECONDS", 0.2)
    monkeypatch.setattr(trials, "SHARE", 1.0)
    async with console() as seen:
        await seen.attempt(switch="slowTable", on=True)
        async with RawClient(seen.chat.url):
            [connect] = (await seen.state())["invocations"]
            assert connect["ms"] >= 200
        await seen.attempt(switch="throttleTable", on=True)
        with pytest.raises(WSServerHandshakeError, match="500"):
            await RawClient(seen.chat.url).__aenter__()


async def test_time_that_goes_by_ends_a_silent_socket() -> None:
    async with console() as seen, RawClient(seen.chat.url):
        assert (await seen.attempt(advance=600))[0] == 200
        await eventually(lambda: not seen.chat.gateway.connections)


@pytest.mark.parametrize("what", [{}, {"switch": "other", "on": True}, {"switch": "slowTable"}, {"advance": -1}])
async def test_what_cannot_be_tried_is_refused_in_a_sentence(what: dict[str, Any]) -> None:
    async with console() as seen:
        assert await seen.attempt(**what) == (400, {"message": "This cannot be tried here."})


async def test_nothing_is_tried_for_another_page_or_in_another_form_than_json() -> None:
    async with console() as seen:
        body, kind = json.dumps({"switch": "slowTable", "on": True}), "application/json"
        assert await seen.ask(body, **{"Content-Type": kind, "Origin": "https://elsewhere.example"}) == 403
        assert await seen.ask(body, **{"Content-Type": "text/plain"}) == 415
        assert await seen.ask("{", **{"Content-Type": kind}) == 400
        assert not seen.chat.table.delay_seconds


async def test_through_a_tunnel_there_is_the_meter_and_no_frame_and_nothing_to_try() -> None:
    options = LocalOptions(environ={"ALLOWED_ORIGINS": "https://chat.example"})
    async with LocalChat(options, log=lambda *_: None) as chat, ClientSession() as session:
        for headers in ({"Host": "chat.example"}, {"X-Forwarded-For": "192.0.2.1"}):
            asked = {"meter": 200, "console": 403, "frames/1": 403}
            for path, status in asked.items():
                async with session.get(f"{chat.http_url}/_local/{path}", headers=headers) as response:
                    assert response.status == status
            async with session.post(f"{chat.http_url}/_local/try", json={"advance": 600}, headers=headers) as response:
                assert response.status == 403


class Nothing:
    """A function that asks and posts a lot, in an environment that had to be started for it."""

    name = "send"

    def __init__(self, recorder: Recorder) -> None:
        self.environments: list[int] = []
        self._recorder = recorder

    async def invoke(self, event: dict[str, Any]) -> Any:
        if not self.environments:
            self.environments.append(1)
        for _ in range(2 * STEPS):
            self._recorder.table_request("send", "Query", 0, 1)
            self._recorder.post("send", "a=", b"{}")
        if event["body"] == "fail":
            raise ValueError


async def test_what_is_kept_is_bounded_whatever_happens() -> None:
    recorder = Recorder()
    function = RecordedFunction(Nothing(recorder), recorder)
    event = {"requestContext": {"routeKey": "send", "connectionId": "a="}, "body": ""}
    for _ in range(2 * KEPT):
        await function.invoke(event)
    with pytest.raises(ValueError, match=r"^$"):
        await function.invoke(event | {"body": "fail"})
    recorder.table_request("send", "Query", 0, 1)  # of a function that nobody waits for any more
    kept = recorder.invocations()
    assert len(kept) == KEPT
    last = kept[-1]
    assert (len(last["table"]), last["readUnits"], last["posts"]) == (STEPS, 2 * STEPS, 2 * STEPS)
    contents = recorder.contents(last["number"])
    assert contents
    assert (len(contents["out"]), contents["more"]) == (FRAMES, 2 * STEPS - FRAMES)
    assert [each["failure"] for each in kept[-2:]] == ["", "ValueError"]


async def test_an_environment_that_had_to_be_started_is_a_cold_start() -> None:
    recorder = Recorder()
    function = RecordedFunction(Nothing(recorder), recorder)
    event = {"requestContext": {"routeKey": "send", "connectionId": "a="}, "body": ""}
    for _ in range(2):
        await function.invoke(event)
    assert [each["cold"] for each in recorder.invocations()] == [True, False]


async def shoot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.mark.browser
async def test_whoever_develops_sees_what_happens_and_tries_what_goes_wrong() -> None:
    async with console() as seen, async_playwright() as playwright, RawClient(seen.chat.url) as ada:
        browser = await playwright.chromium.launch(executable_path=chromium())
        page = await browser.new_page(viewport={"width": 1200, "height": 900}, color_scheme="light")
        page.set_default_timeout(WAIT_SECONDS * 1000)
        troubles: list[str] = []
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        await page.goto(f"{seen.chat.http_url}/_local/")
        items = page.locator("#invocations > li")
        await join(ada, "Ada")
        await say(ada, "hello")
        await expect(items).to_have_count(3, timeout=WAIT_SECONDS * 1000)
        await expect(items.first.locator(".what")).to_have_text("send, warm")
        await items.first.locator("summary").focus()
        await page.keyboard.press("Enter")
        await expect(items.first.locator("pre").first).to_contain_text('"text": "hello"')
        await expect(items.first.locator(".steps")).to_contain_text("PutItem, 1 write unit")
        await expect(page.locator("#chart-words")).to_contain_text("The bill in the last")
        await shoot(page, "desktop-light")
        await page.emulate_media(color_scheme="dark")
        await page.set_viewport_size({"width": 360, "height": 800})
        await shoot(page, "phone-dark")
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        drop = page.get_by_role("button", name="Drop every $disconnect")
        await drop.click()
        await expect(drop).to_have_attribute("aria-pressed", "true")
        await page.get_by_role("button", name="Cut ").click()
        await expect(page.locator("#tried")).to_contain_text("is cut.")
        await expect(page.locator("#sockets tr")).to_have_count(0)
        assert troubles == []
        await browser.close()
