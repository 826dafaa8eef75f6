"""`make screenshots`: three people talk in the real chat, and the page is pictured in docs/screenshots/.

Room, keys, words and clock are always the same; what remains random are ciphertexts, where one is to be seen. Needs a
Chromium in CHROMIUM.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import ec
from playwright.async_api import Browser, Locator, Page, Route, async_playwright, expect

from anonchat_client import RawClient, Room, Signer, key_link, new_client
from anonchat_client.encryption.base64url import b64encode
from anonchat_client.encryption.signer import PUBLIC_KEY_BYTES
from local.chat import LocalChat, LocalOptions
from scripts import ROOT
from scripts.docs.pictures import take

TARGET = ROOT / "docs" / "screenshots"
ORIGIN = "https://chat.example.org"  # where the pages believe to be: it stands beside the QR code, and in it

SECRET = bytes.fromhex("a5df6b4979fbcff56d3753c18193f7ad")
ADDRESS = f"{ORIGIN}/{key_link(SECRET)}"
START = datetime(2025, 11, 22, 16, 42, tzinfo=UTC)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
SMALL_PHONE = {**PHONE, "viewport": {"width": 390, "height": 740}, "device_scale_factor": 1}
LARGEST_BYTES = 150_000

# Four scripts, by the tag of the page's language: the browser's, and what is said there.
SCRIPTS = {
    "de": ("de-DE", ("Lena", "Mira"), ("Bin da! 🎉", "Super. Bring bitte noch Brot mit.", "Mach ich. Bis gleich!")),
    "ar": ("ar-EG", ("نور", "ليلى"), ("وصلت! 🎉", "ممتاز. نحتاج إلى خبز أيضًا.", "حسنًا، إلى اللقاء قريبًا!")),
    "ja": ("ja-JP", ("ひかり", "そら"), ("着いたよ！🎉", "よかった。パンもお願い。", "了解。すぐ行くね！")),
    "uk": ("uk-UA", ("Оля", "Софія"), ("Я вже тут! 🎉", "Чудово. Візьми ще хліба.", "Добре. До зустрічі!")),
}
FONTS = {"ar": "fonts-dejavu-core", "ja": "fonts-wqy-microhei", "uk": "fonts-dejavu-core"}  # of Debian

# A key pair is random, and so are the colour and the handle that stand beside a name. Here people have theirs already.
OWN_KEY = """
  const [pair, usual] = [PAIR, { name: "ECDSA", namedCurve: "P-256" }];
  SubtleCrypto.prototype.generateKey = async () => ({
    privateKey: await crypto.subtle.importKey("jwk", pair, usual, false, ["sign"]),
    publicKey: await crypto.subtle.importKey("jwk", { ...pair, d: undefined }, usual, true, ["verify"]),
  });
"""


class Scene:
    """One clock for the server and for everybody's browser: it stands still until somebody speaks."""

    def __init__(self, chat: LocalChat, browser: Browser) -> None:
        self.chat, self.browser = chat, browser
        self.now = START.timestamp()
        self.pages: list[Page] = []

    def nanoseconds(self) -> int:
        return int(self.now * 1e9)

    async def page(self, device: dict[str, Any], *, dark: bool = False, key: int = 1, locale: str = "en-GB") -> Page:
        """Open a browser of somebody whose private key is this number."""
        look: dict[str, Any] = {"color_scheme": "dark" if dark else "light", "reduced_motion": "reduce"}
        context = await self.browser.new_context(
            **device,
            **look,
            locale=locale,
            timezone_id="Europe/London",
            service_workers="block",
            permissions=["local-network-access"],  # for the socket
        )
        await context.add_init_script(OWN_KEY.replace("PAIR", json.dumps(jwk(key))))
        await context.route(f"{ORIGIN}/**", self.serve)
        page = await context.new_page()
        await page.clock.set_fixed_time(self.now)
        self.pages.append(page)
        return page

    async def serve(self, route: Route) -> None:
        local = route.request.url.replace(ORIGIN, self.chat.http_url)
        await route.fulfill(response=await route.fetch(url=local))

    async def pass_by(self, seconds: float) -> None:
        self.now += seconds
        for page in self.pages:
            await page.clock.set_fixed_time(self.now)

    async def enter(self, page: Page, alias: str) -> None:
        await page.goto(ADDRESS)
        await expect(page.locator("#enter-link")).to_be_visible()
        await page.locator("#alias").fill(alias)
        await page.locator("#enter-link").click()
        await expect(page.locator("#room:not(.unknown)")).to_be_visible()  # the number of people is known

    async def say(self, page: Page, text: str, *, after: float = 25) -> None:
        await self.pass_by(after)
        await page.locator("#text").fill(text)
        await page.locator("#send").click()
        for each in self.pages:
            await expect(last(each)).to_have_attribute("data-state", "sent")


@asynccontextmanager
async def scene() -> AsyncIterator[Scene]:
    options = LocalOptions(site=ROOT / "frontend", environ={"ALLOWED_ORIGINS": ORIGIN})
    async with LocalChat(options) as chat, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"))
        scene = Scene(chat, browser)
        with patch.object(time, "time_ns", scene.nanoseconds):  # what the functions stamp messages by
            yield scene
        await browser.close()


async def picture() -> None:
    async with scene() as now:
        await picture_landing(now)
        ada = await now.page(DESKTOP, key=19)
        tom = await now.page(PHONE, key=5)
        noor = await now.page(PHONE, dark=True, key=8)
        for page, alias in ((ada, "Ada"), (tom, "Tom"), (noor, "Noor")):
            await now.enter(page, alias)
        await talk(now, ada, tom, noor)
        await keep(ada, "room-desktop")
        await keep(tom, "room-phone")
        await keep(noor, "room-phone-dark")

        await tom.get_by_role("button", name="Share", exact=True).click()
        await keep(tom, "share")
        await tom.keyboard.press("Escape")
        await last(tom).get_by_role("button", name=re.compile("^Details")).click()
        heading = tom.get_by_role("heading", name="What the server sees")
        await heading.evaluate("(heading) => heading.scrollIntoView({ block: 'center' })")
        await keep(tom, "server")
        await tom.keyboard.press("Escape")
        await tom.get_by_label("Message", exact=True).focus()

        await disturb(now)
        await expect(tom.locator("[data-kind=problem]")).to_have_count(3)
        await expect(tom.get_by_role("button", name="3 here")).to_be_visible()  # that one has left
        await keep(tom, "problems")


async def picture_languages() -> None:
    """Picture the landing page and a room in each of the four scripts."""
    for tag, (locale, names, words) in SCRIPTS.items():
        expect_font(tag)
        async with scene() as now:
            page = await now.page(SMALL_PHONE, key=8, locale=locale)
            await page.goto(ORIGIN)
            await page.locator("#alias").fill(names[0])
            await keep(page, f"language-{tag}-landing")
            friend = await now.page(SMALL_PHONE, key=19, locale=locale)
            await now.enter(friend, names[1])
            await now.enter(page, names[0])
            for number, text in enumerate(words):
                await now.say(friend if number % 2 else page, text)
            await keep(page, f"language-{tag}-room")


def expect_font(tag: str) -> None:
    """Fail with a sentence if this machine has no letters for a language."""
    if not shutil.which("fc-list"):
        return  # a Mac, which has fonts for all
    listed = subprocess.run(["fc-list", f":lang={tag}"], capture_output=True, text=True, check=True).stdout
    if not listed:
        raise SystemExit(f"This machine has no font for the language {tag}: on Debian, sudo apt install {FONTS[tag]}")


async def picture_landing(now: Scene) -> None:
    page = await now.page(DESKTOP)
    await page.goto(ORIGIN)
    await page.get_by_label("Your name").fill("Ada")
    await keep(page, "landing")
    now.pages.remove(page)


async def talk(now: Scene, ada: Page, tom: Page, noor: Page) -> None:
    await now.say(ada, "Made it! For once the train was on time 🎉")
    await now.say(tom, "Same here. Where are you two?")
    await now.say(ada, "By the fountain, left of the big chestnut.")
    await now.say(ada, "https://www.openstreetmap.org/node/21099615", after=5)
    await now.say(noor, "Ten more minutes. Is there still walnut cake?", after=70)
    await now.say(tom, "Two slices. I guard them with my life.")
    await now.say(noor, "🍰❤️")
    await now.say(tom, "/me waves from the bench", after=190)
    await now.say(noor, "I see you!")


async def disturb(now: Scene) -> None:
    """Be somebody who has the link: call oneself Tom, forge his signature, repeat Ada's words, and send noise."""
    room, me, tom = Room.from_key(SECRET), signer(30), signer(5)
    async with RawClient(now.chat.url) as socket:

        async def send(client: str, text: str) -> None:
            await now.pass_by(8)
            await socket.send_json({"action": "send", "room": room.id, "client": client, "text": text})
            await socket.receive("message")

        await socket.send_json({"action": "join", "room": room.id, "alias": room.seal_alias(me, "Tom")})
        history = (await socket.receive("joined"))["history"]
        client = new_client()
        await send(client, room.seal_message(me, client, "Tom", "Change of plans: send me the money first."))
        client = new_client()
        forger = signer(30)
        forger.public = tom.public  # beside a signature of another key
        await send(client, room.seal_message(forger, client, "Tom", "Really, it is me."))
        await send(history[0]["client"], history[0]["text"])
        await send(new_client(), b64encode(bytes(476)))


def signer(key: int) -> Signer:
    return Signer(ec.derive_private_key(key, ec.SECP256R1()))


def jwk(key: int) -> dict[str, str]:
    public, half = signer(key).public, PUBLIC_KEY_BYTES // 2
    parts = {"d": key.to_bytes(half, "big"), "x": public[:half], "y": public[half:]}
    return {"kty": "EC", "crv": "P-256"} | {name: b64encode(part) for name, part in parts.items()}


def last(page: Page) -> Locator:
    return page.locator("[data-kind=message]").last


async def keep(page: Page, name: str) -> None:
    png = await take(page)
    if len(png) > LARGEST_BYTES:
        raise SystemExit(f"{name}.png has {len(png):,} bytes, more than a repository should carry")
    TARGET.mkdir(exist_ok=True)
    (TARGET / f"{name}.png").write_bytes(png)
    print(f"docs/screenshots/{name}.png  {len(png):,} bytes")


async def all_pictures() -> None:
    await picture()
    await picture_languages()


if __name__ == "__main__":
    asyncio.run(all_pictures())
