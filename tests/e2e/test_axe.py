"""axe has no complaint about any state of the page: WCAG 2.2 A and AA, in light and in dark."""

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from local.chat import LocalChat
from tests.support.axe import AXE, EVERY_RULE, RULES_OF_COLOUR, violations
from tests.support.browser import DESKTOP, PHONE, NewPage
from tests.support.dialogs import DIALOGS, LONGEST_TEXT, button
from tests.support.log_view import settle
from tests.support.page_actions import composer, expect_in_room, log
from tests.support.scripted_server import ScriptedServer, fill_room, open_page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ENTER = re.compile("^Enter (the room|as )")


class Inspector:
    """Asks axe about one state after the other. Without animations, so that no colour is on its way to another."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.findings: list[str] = []

    async def look(self, state: str) -> None:
        for colours, rules in (("light", EVERY_RULE), ("dark", RULES_OF_COLOUR)):
            await self.page.emulate_media(color_scheme=colours, reduced_motion="reduce")  # type: ignore[arg-type]
            await settle(self.page)
            self.findings += [f"{state}, {colours}: {finding}" for finding in await violations(self.page, rules)]


@pytest.fixture(autouse=True, scope="module")
def axe() -> None:
    assert AXE.exists(), "axe-core is not installed: run scripts/setup/node"


HOLD_KEYS = """
  const derive = SubtleCrypto.prototype.deriveBits;
  SubtleCrypto.prototype.deriveBits = async function (algorithm, ...rest) {
    if (algorithm.name === "PBKDF2") await new Promise((resolve) => { window.release = resolve; });
    return derive.call(this, algorithm, ...rest);
  };
"""


@pytest.mark.parametrize("device", [DESKTOP, pytest.param(PHONE, marks=pytest.mark.long)], ids=["desktop", "phone"])
async def test_axe_finds_nothing_before_a_room(chat: LocalChat, new_page: NewPage, device: dict[str, Any]) -> None:
    server = ScriptedServer()
    page = await open_page(chat, new_page, server, device, HOLD_KEYS)
    inspector = Inspector(page)
    await inspector.look("landing")
    await page.goto(f"{chat.http_url}/#tea-corner")
    await expect(page.get_by_role("alert").first).to_contain_text("This link leads to no room")
    await inspector.look("problem")
    await page.goto(f"{chat.http_url}/{server.link}")
    await expect(page.get_by_role("heading", name="You are invited to")).to_be_visible()
    await inspector.look("invitation")
    server.refusal = "This room is full."
    await page.get_by_role("button", name=ENTER).click()
    await expect(page.get_by_text(server.refusal)).to_be_visible()
    await inspector.look("full room")

    server.refusal = ""
    await page.get_by_role("button", name=ENTER).click()
    await expect_in_room(page)
    await button(page, "Leave the room").click()
    await expect(page.get_by_role("region", name="Rooms on this device")).to_be_visible()
    await inspector.look("rooms on this device")
    await page.reload()
    await page.get_by_label("Room name").fill("Tea corner")
    await button(page, "Enter the room").click()
    await expect(page.get_by_text("Opening the room…")).to_be_visible()
    await inspector.look("entering a named room")
    await page.evaluate("release()")
    await expect(page.get_by_text("Guessable name")).to_be_visible()
    await inspector.look("named room")
    await page.reload()
    await expect(page.get_by_text("Opening the room…")).to_be_visible()
    await inspector.look("opening a named room")
    assert inspector.findings == []


async def test_axe_finds_nothing_where_the_page_refuses_to_run(chat: LocalChat, new_page: NewPage) -> None:
    page = await new_page(PHONE)
    await page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })")
    await page.goto(chat.http_url)
    await expect(page.get_by_role("heading", name="This address is not safe to chat on")).to_be_visible()
    inspector = Inspector(page)
    await inspector.look("refusal")
    assert inspector.findings == []


@pytest.mark.parametrize("device", [pytest.param(DESKTOP, marks=pytest.mark.long), PHONE], ids=["desktop", "phone"])
async def test_axe_finds_nothing_in_a_room(chat: LocalChat, new_page: NewPage, device: dict[str, Any]) -> None:
    server = ScriptedServer()
    server.silent = True
    page = await open_page(chat, new_page, server, device, "navigator.share = async () => {}")
    inspector = Inspector(page)
    await page.goto(f"{chat.http_url}/{server.link}")
    await expect(page.locator("#invitation")).to_be_visible()  # the landing page was there before
    await page.get_by_label("Your name").fill("Grace")
    await button(page, "Enter the room").click()
    await expect(page.locator("#status")).to_contain_text("Connecting…")
    await inspector.look("no connection")
    server.silent = False
    await server.socket.close(code=1001)
    await expect_in_room(page)
    await expect(page.locator("#status")).to_be_empty()
    await inspector.look("empty room")
    await fill_room(page, server)
    await inspector.look("everything in the log, and a notice with a countdown")
    await log(page).evaluate("(log) => log.scrollTo(0, 0)")
    await expect(button(page, "Newest messages")).to_be_visible()
    server.send(server.message("Björn", "You did not see this one."))
    await expect(button(page, "1 new message")).to_be_visible()
    await expect(page.locator("[data-kind=unread]")).to_have_count(1)
    await composer(page).fill("a" * (LONGEST_TEXT - 100))
    await inspector.look("unread messages, and a text near the limit")
    await composer(page).fill("a" * (LONGEST_TEXT + 100))
    await inspector.look("a text that is too long")
    await composer(page).fill("")
    for name, state in DIALOGS.items():
        await state(page)
        await inspector.look(name)
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog[open]")).to_have_count(0)
    assert inspector.findings == []
