"""A member with the link and a program of their own, and a server that talks nonsense: whatever they say, nothing of it
runs, nothing breaks, and the reader is told.

Two people read along in every room, on a narrow phone and on a desktop. After everything that a `scene` had to bear, a
friend must still be heard and answered, and nothing may have run, opened, asked elsewhere or grown too wide.
"""

import asyncio
import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from itertools import zip_longest
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Dialog, Locator, Page, WebSocketRoute, expect

from anonchat_client import Frame, RawClient, Room, Signer, name_link, new_client
from anonchat_client.encryption.base64url import b64encode
from anonchat_client.encryption.envelope import (
    ALIAS_BYTES,
    BUCKETS,
    NONCE_BYTES,
    TAG_BYTES,
    TEXT,
    body,
    longest_text,
    message_context,
    proof,
    to_bucket,
)
from anonchat_client.encryption.signer import PUBLIC_KEY_BYTES, SIGNATURE_BYTES
from local.stack import LocalChat
from tests.e2e.conftest import DESKTOP, PHONE, Visit
from tests.e2e.patience import eventually
from tests.e2e.people import (
    SPOKEN,
    composer,
    enter,
    expect_in_room,
    expect_sent,
    expect_texts,
    log,
    messages,
    new_link,
    say,
    set_hidden,
    until,
)
from tests.e2e.stage import LIMITS, Stage, open_room
from tests.e2e.wiretap import disguises
from tests.support.forgery import forger

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ENVIRON = {"PER_MINUTE": "10000"}  # nobody hostile is slowed down

NARROW = {**PHONE, "viewport": {"width": 320, "height": 640}}
TEXT_LIMIT = 8192  # characters of a sealed message that the server takes
ALIAS_LIMIT = 256  # bytes
MINUTE, DAY = 60_000, 24 * 60 * 60_000  # ms

FRIEND, HOSTILE = "Annie Easley", "Mallory Malone"
READERS = {"Ada Lovelace": NARROW, "Grace Hopper": DESKTOP}

# What would be noticed, beside what the listeners of `watch` hear.
TRAP = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
        window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
    });
"""
HARM = """() => [
    ...window.violations,
    ...("owned" in window ? ["a script ran"] : []),
    ...[document.scrollingElement, ...document.querySelectorAll("#people-aside, dialog[open]")]
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map(({ tagName, id }) => `${tagName} ${id} is too wide`),
    ...[...document.querySelectorAll("#log *")]
        .filter((each) => each.getBoundingClientRect().right > document.querySelector("#log").clientWidth)
        .map(({ tagName, className }) => `${tagName} ${className} sticks out of the log`),
]"""


class Member:
    """Somebody with the link and a program of their own. `say` is honest; with `post`, anything can be said."""

    def __init__(self, socket: RawClient, room: Room, alias: str) -> None:
        self.socket, self.room, self.alias = socket, room, alias
        self.signer = Signer.new()
        self.sealed_alias = room.seal_alias(self.signer, alias)

    async def join(self, alias: str | None = None) -> None:
        """`alias` goes out as it is."""
        await self.socket.send_json({"action": "join", "room": self.room.id, "alias": alias or self.sealed_alias})
        self.id = (await self.socket.receive("joined"))["self"]

    async def rename(self, alias: str) -> None:
        await self.join(self.room.seal_alias(self.signer, alias))

    async def say(self, text: str, client: str | None = None, alias: str | None = None, **how: Any) -> Frame:
        client = client or new_client()
        return await self.post(self.room.seal_message(self.signer, client, alias or self.alias, text, **how), client)

    async def post(self, text: str, client: str | None = None) -> Frame:
        """Returns the echo."""
        client = client or new_client()
        await self.socket.send_json({"action": "send", "room": self.room.id, "text": text, "client": client})
        while True:
            frame = await self.socket.receive("message")
            if frame["client"] == client and frame["from"]["id"] == self.id:
                return frame

    async def hear(self, text: str) -> Frame:
        """Wait for these words, genuine and from who signed them."""
        while True:
            frame = await self.socket.receive("message")
            opened, carrier = self.room.open_frame(frame)
            if opened.words and opened.words.text == text and opened.signer == carrier:
                return frame


@asynccontextmanager
async def member(chat: LocalChat, link: str, alias: str) -> AsyncIterator[Member]:
    async with RawClient(chat.url) as socket:
        somebody = Member(socket, Room.from_link(link), alias)
        await somebody.join()
        yield somebody


class Scene:
    """Two who read a room, a friend of theirs, and somebody hostile."""

    def __init__(self, address: str, link: str, readers: list[Page], friend: Member, hostile: Member) -> None:
        self.address, self.link = address, link
        self.room = friend.room
        self.readers, self.friend, self.hostile = readers, friend, hostile
        self.phone, self.desktop = readers

    async def expect_problems(self, kind: str, count: int, *says: str) -> None:
        """So many rows of this kind and no other, all of which say this; and why, to who asks."""
        for page in self.readers:
            await expect(problems(page).and_(page.locator(f"[data-problem={kind}]"))).to_have_count(count)
            await expect(problems(page)).to_have_count(count)
            for words in says:
                await expect(problems(page).filter(has_text=words)).to_have_count(count)
            await self.expect_explanation(page, problems(page).last.get_by_role("button", name="Details"))

    async def expect_explanation(self, page: Page, button: Locator) -> None:
        await button.press("Enter")
        details = page.get_by_role("dialog", name="Message details")
        await expect(details.locator("#details-verdict")).not_to_be_empty()
        assert await page.evaluate(HARM) == []
        await page.keyboard.press("Escape")
        await expect(details).to_be_hidden()

    async def expect_unharmed(self) -> None:
        text = "Are you all still there?"
        SPOKEN.add(text)
        await self.friend.say(text)
        for page in self.readers:
            await expect(messages(page).last.locator(".text")).to_have_text(text)
        for page, answer in zip(self.readers, ("The phone is.", "So is the desktop."), strict=True):
            await say(page, answer)
            await self.friend.hear(answer)
            await expect(message(page, answer)).to_have_attribute("data-state", "sent")
            assert await page.evaluate(HARM) == []
            assert page.heard == []  # type: ignore[attr-defined]
            assert page.url == f"{self.address}/{self.link}"
            assert page.context.pages == [page]
            assert len(page.frames) == 1
            assert re.fullmatch(r"\w+ \w+ · anonchat", await page.title())


async def watch(page: Page, own: str) -> None:
    """Keep in `page.heard` what a page that is not well would do: boxes that open, requests that go elsewhere."""
    page.heard = []  # type: ignore[attr-defined]

    async def dismiss(dialog: Dialog) -> None:
        page.heard.append(dialog.message)  # type: ignore[attr-defined]
        await dialog.dismiss()

    def note(url: str) -> None:
        if urlsplit(url).netloc != urlsplit(own).netloc:
            page.heard.append(url)  # type: ignore[attr-defined]

    page.on("dialog", dismiss)
    page.on("request", lambda request: note(request.url))
    page.on("websocket", lambda socket: note(socket.url))
    await page.add_init_script(TRAP)


Prepare = Callable[[Page], Awaitable[None]]


@asynccontextmanager
async def company(chat: LocalChat, visit: Visit, prepare: Prepare | None = None) -> AsyncIterator[Scene]:
    link = new_link()
    SPOKEN.update({FRIEND, HOSTILE})

    async def read(alias: str) -> Page:
        page = await visit(READERS[alias])
        await watch(page, chat.http_url)
        if prepare:
            await prepare(page)
        await enter(page, f"{chat.http_url}/", link, alias)
        return page

    readers = await asyncio.gather(*map(read, READERS))
    async with member(chat, link, FRIEND) as friend, member(chat, link, HOSTILE) as hostile:
        for page in readers:
            await expect(page.get_by_role("button", name="4 here")).to_be_visible()
        scene = Scene(chat.http_url, link, readers, friend, hostile)
        yield scene
        await scene.expect_unharmed()


@pytest_asyncio.fixture(loop_scope="module")
async def scene(chat: LocalChat, visit: Visit) -> AsyncIterator[Scene]:
    async with company(chat, visit) as scene:
        yield scene


class Tap:
    """Between the pages and the server: frames can be slipped in, and what a page says can be held back."""

    def __init__(self) -> None:
        self.sockets: list[WebSocketRoute] = []
        self.held: list[Callable[[], None]] | None = None

    async def attach(self, page: Page) -> None:
        await page.route_web_socket(re.compile("^ws:"), self._carry)

    def hold(self) -> None:
        self.held = []

    def release(self) -> None:
        held, self.held = self.held or [], None
        for send in held:
            send()

    def slip_in(self, author: Member, client: str, text: str) -> None:
        """As if the server passed it on, which would take its time over many."""
        at = time.time_ns() // 1_000_000
        who = {"id": author.id, "alias": author.sealed_alias}
        frame = {"id": f"{at:013d}-{client}", "client": client, "from": who, "text": text, "at": at, "online": 4}
        for socket in self.sockets:
            socket.send(json.dumps({"type": "message", **frame}))

    def _carry(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self.sockets.append(socket)

        def say(data: str | bytes) -> None:
            if self.held is None:
                server.send(data)
            else:
                self.held.append(partial(server.send, data))

        socket.on_message(say)


def problems(page: Page) -> Locator:
    return log(page).locator("li[data-kind=problem]")


def person(page: Page, handle: str) -> Locator:
    return page.locator("#people-list li").filter(has_text=handle)


def message(page: Page, text: str) -> Locator:
    return messages(page).filter(has=page.get_by_text(text, exact=True))


# Markup and links

MARKUP = [
    "<script>window.owned = 1</script>",
    "<img src=x onerror='window.owned = 1; alert(1)'>",
    "<svg/onload=window.owned=1><animate onbegin=window.owned=1 attributeName=x>",
    "<iframe srcdoc='<script>parent.owned = 1</script>'></iframe><object data='javascript:owned=1'></object>",
    "</p></div></li></ol><style>* { display: none }</style><base href=//elsewhere.example>",
    "<meta http-equiv=refresh content='0;url=https://elsewhere.example'><link rel=stylesheet href=//elsewhere.example>",
    "&lt;b&gt; &amp; &#60;script&#62; \\u003cscript\\u003e %3Cscript%3E",
    "{{constructor.constructor('window.owned = 1')()}} ${window.owned = 1} `${alert(1)}`",
    "'\"--></textarea></title></template><!-- <![CDATA[ <script>window.owned = 1</script> ]]>",
]
MARKUP_NAMES = [
    "<script>owned=1</script>",
    "<img src=x onerror=owned=1>",
    '"><svg onload=owned=1>',
    "</bdi></p></li><b>bold</b>",
    "javascript:owned=1",
    "__proto__",
    "constructor",
]


async def test_markup_and_scripts_in_texts_and_names_are_shown_as_the_letters_they_are(scene: Scene) -> None:
    for text in MARKUP:
        await scene.hostile.say(text)
    for name in MARKUP_NAMES:
        await scene.hostile.rename(name)
        await scene.hostile.say("signed by a strange name", alias=name)
        for page in scene.readers:
            await expect(page.locator("#people-list .alias").filter(has_text=name)).to_have_text([name])
    for page in scene.readers:
        await expect_texts(page, MARKUP + ["signed by a strange name"] * len(MARKUP_NAMES))
        names = messages(page).filter(has_text="signed by a strange name").locator(".alias")
        await expect(names).to_have_text(MARKUP_NAMES)
        await expect(log(page).locator(".text > :not(a.link), .alias > *")).to_have_count(0)


LINKS = {
    # what is written: where it leads, if it is a link
    "javascript:window.owned=1": None,
    "JaVaScRiPt://%0awindow.owned=1//": None,
    "java\tscript:window.owned=1": None,
    "data:text/html,<script>window.owned=1</script>": None,
    "vbscript:msgbox(1)": None,
    "file:///etc/passwd": None,
    "blob:null/1234": None,
    "ftp://elsewhere.example/": None,
    "//elsewhere.example/": None,
    "intent://elsewhere.example#Intent;scheme=http;end": None,
    "https://bank.example@elsewhere.example/": None,
    "https://bank.example:443@elsewhere.example/": None,
    "https://elsewhere.example\\@bank.example/": None,
    "https://bank.example%2eelsewhere.example/": None,
    "https://b\u200bank.example/": None,
    "https://bank.example/\u2067moc.elsewhere//": None,
    "https://bаnk.example/": None,  # its a is Cyrillic
    "https://bank。example/": None,
    "http://2130706433/": None,
    "http://0x7f.1/": None,
    "https://xn--bnk-5cd.example/": "https://xn--bnk-5cd.example/",  # called by its true name
    "https://bank.example/?next=javascript:window.owned=1": "https://bank.example/?next=javascript:window.owned=1",
    "https://bank.example/'onmouseover='owned=1": "https://bank.example/'onmouseover='owned=1",
    "https://bank.example/\u202emoc.elsewhere": "https://bank.example/moc.elsewhere",  # without what turns it round
}
ADDRESSES = """(items) => items.map((item) =>
    [...item.querySelectorAll("a")].map((link) => [link.href, link.textContent, link.target]))"""


async def test_only_web_addresses_that_are_what_they_look_like_become_links(scene: Scene) -> None:
    for text in LINKS:
        await scene.hostile.say(text)
    for page in scene.readers:
        await expect(messages(page)).to_have_count(len(LINKS))
        found = await messages(page).evaluate_all(ADDRESSES)
        assert found == [[[target, target, "_blank"]] if target else [] for target in LINKS.values()]


# Letters

OVERRIDE, ISOLATE, EMBED = "\u202e", "\u2067", "\u202b"
HEAP = "".join(map(chr, range(0x300, 0x340)))  # accents, each above or below the one before
NAMES = {
    # what somebody calls themselves: what is shown of it
    f"{OVERRIDE}eslaf si eman sihT": "eslaf si eman sihT",
    f"{ISOLATE}{EMBED}Turned {OVERRIDE}round": "Turned round",
    "\u202a\u2066\u2068Never closed": "Never closed",
    "שלום": "שלום",
    "سلام": "سلام",
    "a\u200bb\u2060c\ufeffd\u00ade\U000e0041f": "abcdef",
    "\u200b\u200d\u2060\u3164": "(no name)",
    "\u00a0\u2003 wide \u3000 gaps \u2028": "wide gaps",
    f"Z{HEAP[:14]}": f"Z{HEAP[:3]}",
    "W" * ALIAS_BYTES: "W" * ALIAS_BYTES,
    "﷽" * (ALIAS_BYTES // 3): "﷽" * (ALIAS_BYTES // 3),
    "𒐫" * (ALIAS_BYTES // 4): "𒐫" * (ALIAS_BYTES // 4),
}
BOXES = """(item, parts) => Object.fromEntries(parts.map((part) => {
    const { left, top, right, bottom } = item.querySelector(part).getBoundingClientRect();
    return [part, { left, top, right, bottom }];
}))"""
LAST_LINE = """(element) => {
    const { left, top, right, bottom } = [...element.getClientRects()].at(-1);
    return { left, top, right, bottom };
}"""
WORDS = """(element) => {
    const words = document.createRange();
    words.selectNodeContents(element);
    const { left, right } = words.getBoundingClientRect();
    return { left, right };
}"""
ENDS = """(element) => {
    const text = document.createRange();
    text.setStart(element.firstChild, 0);
    text.setEnd(element.firstChild, 1);
    const first = text.getBoundingClientRect().left;
    text.setStart(element.firstChild, element.textContent.length - 1);
    text.setEnd(element.firstChild, element.textContent.length);
    return [first, text.getBoundingClientRect().left];
}"""


async def test_a_name_neither_turns_round_nor_covers_what_stands_beside_it(scene: Scene) -> None:
    while not scene.hostile.signer.handle[0].isdigit():  # which runs with letters from right to left, if it is let
        scene.hostile.signer = Signer.new()
    for name, shown in NAMES.items():
        await scene.hostile.rename(name)
        await scene.hostile.say("said under this name", alias=name)
        for page in scene.readers:
            await expect(messages(page).last.locator(".alias")).to_have_text(shown)
            boxes = await messages(page).last.evaluate(BOXES, [".bubble", ".alias", ".handle", ".text", ".moment"])
            assert lies_within(boxes[".alias"], boxes[".bubble"]), name
            assert lies_within(boxes[".handle"], boxes[".bubble"]), name
            assert follows(boxes[".handle"], boxes[".alias"]), name
            assert boxes[".alias"]["bottom"] <= boxes[".text"]["top"] + 1, name
        item = person(scene.desktop, scene.hostile.signer.handle)
        await expect(item.locator(".alias")).to_have_text(shown)
        boxes = await item.evaluate(BOXES, [".face", ".person-name", ".alias", ".handle", "button"])
        assert lies_within(boxes[".alias"], boxes[".person-name"]), name
        assert lies_within(boxes[".handle"], boxes[".person-name"]), name
        assert follows(boxes[".handle"], await item.locator(".alias").evaluate(LAST_LINE)), name
        assert boxes[".face"]["right"] <= boxes[".person-name"]["left"], name
        assert boxes[".person-name"]["right"] <= boxes["button"]["left"], name
    first, last = await message(scene.desktop, "said under this name").first.locator(".alias").evaluate(ENDS)
    assert first < last


async def test_an_address_reads_from_its_beginning_whatever_surrounds_it(scene: Scene) -> None:
    """Or an end that looks like a host would stand where the host is looked for."""
    for text in (
        "שלום https://elsewhere.example/א/bank.example",
        f"{EMBED}{ISOLATE}https://elsewhere.example/א/bank.example",
    ):
        await scene.hostile.say(text)
        for page in scene.readers:
            link = messages(page).last.get_by_role("link")
            await expect(link).to_have_text("https://elsewhere.example/א/bank.example")
            await page.set_viewport_size({"width": 1280, "height": 800})  # on one line
            first, last = await link.evaluate(ENDS)
            assert first < last


def lies_within(inner: dict[str, float], outer: dict[str, float]) -> bool:
    """Half a pixel is nobody's fault."""
    nearer = all(inner[side] >= outer[side] - 0.5 for side in ("left", "top"))
    return nearer and all(inner[side] <= outer[side] + 0.5 for side in ("right", "bottom"))


def follows(later: dict[str, float], earlier: dict[str, float]) -> bool:
    """To its right, or on a line of its own."""
    return later["left"] >= earlier["right"] - 0.5 or later["top"] >= earlier["bottom"] - 0.5


ZALGO = "".join(letter + HEAP for letter in "Zalgo")
TOWER = f"a{HEAP * 40}"
LETTERS = {
    # what is written: what is shown of it
    f"pay {OVERRIDE}000,1 to nobody": "pay 000,1 to nobody",
    f"{ISOLATE}{EMBED}never closed": f"{ISOLATE}{EMBED}never closed",
    ZALGO: "".join(letter + HEAP[:8] for letter in "Zalgo"),
    TOWER: f"a{HEAP[:8]}",
    "\u200b\u200d\u2060": "\u200b\u200d\u2060",
    "\u2028\u2029\ufffe\uffff\ufdd0\ue000": "\ufffe\uffff\ufdd0\ue000",
    "﷽" * 40: "﷽" * 40,
}


async def test_letters_that_turn_round_hide_or_pile_up_stay_in_their_own_bubble(scene: Scene) -> None:
    for text in LETTERS:
        await scene.hostile.say(text)
    for page in scene.readers:
        await expect(messages(page)).to_have_count(len(LETTERS))
        texts = await messages(page).locator(".text").evaluate_all("(texts) => texts.map((p) => p.textContent)")
        assert texts == list(LETTERS.values())
        await page.emulate_media(reduced_motion="reduce")  # or pictures differ because of an animation
    for text in (ZALGO, TOWER):
        await scene.friend.say("What stands above")
        await scene.hostile.say(text, alias=f"Z{HEAP[:14]}")
        await scene.friend.say("What stands below")
        for page in scene.readers:
            await expect(messages(page).last.locator(".text")).to_have_text("What stands below")
            above, heap, below = (messages(page).nth(place) for place in (-3, -2, -1))
            with_it = await picture(above), await picture(below)
            await heap.evaluate("(item) => { item.style.visibility = 'hidden'; }")
            assert (await picture(above), await picture(below)) == with_it


async def picture(item: Locator) -> bytes:
    """Of the words themselves. (Without hiding the caret, for which Playwright would add forbidden styles.)"""
    return await item.locator(".body").screenshot(caret="initial")


async def test_words_without_an_end_make_nothing_wider(scene: Scene) -> None:
    most = longest_text(TEXT_LIMIT, HOSTILE)
    assert most > 5600
    endless = [
        "W" * most,
        "https://bank.example/" + "w" * (most - 21),
        "https://" + "w" * (most - 8),
        "w\u2060" * (most // 4),
        "no\u00a0break\u00a0" * (most // 11),
        "ﷺ" * (most // 3),
        "\n".join("W" * 100),
    ]
    letter = "👩\u200d" * (most // 7)  # one, which cannot be broken: most of it is cut off
    for text in (*endless, letter):
        await scene.hostile.say(text)
    await scene.hostile.post("W" * TEXT_LIMIT)
    for page in scene.readers:
        await expect_texts(page, [*endless, letter])
        for item in (await messages(page).all())[: len(endless)]:
            bubble = (await item.evaluate(BOXES, [".bubble"]))[".bubble"]
            words = await item.locator(".text").evaluate(WORDS)
            assert bubble["left"] <= words["left"] < words["right"] <= bubble["right"]
    await scene.expect_problems("undecryptable", 1)
    for page in scene.readers:
        await scene.expect_explanation(page, messages(page).first.get_by_role("button", name=re.compile("^Details")))


# What is sealed wrongly, signed wrongly, or sent by the wrong person


async def test_what_the_rooms_key_does_not_open_is_shown_as_such(scene: Scene) -> None:
    room, signer, client = scene.room, scene.hostile.signer, new_client()
    where = message_context(room.id, client)

    def seal(content: bytes, filling: bytes = b"") -> str:
        return room.seal(where, to_bucket(proof(signer, where, content) + content + filling))

    good = room.seal_message(signer, client, HOSTILE, "This would open.")
    name, text = HOSTILE.encode(), b"text"
    head = bytes([TEXT]) + bytes(6)
    wrong = {
        "plain text": "Hello from wscat",
        "markup": MARKUP[0],
        "noise": b64encode(secrets.token_bytes(NONCE_BYTES + BUCKETS[0] + TAG_BYTES)),
        "nearly nothing": "A",
        "cut": good[:-4],
        "cut to its nonce": good[:16],
        "longer": good + "AAAA",
        "with padding": good + "=",
        "another spelling": good[:-1] + chr(ord(good[-1]) + 1),
        "another room's key": Room.from_link(new_link()).seal_message(signer, client, HOSTILE, "elsewhere"),
        "another number": room.seal_message(signer, new_client(), HOSTILE, "elsewhere"),
        "an alias": scene.hostile.sealed_alias,
        "empty": room.seal(where, b""),
        "no size that there is": room.seal(where, proof(signer, where, body(name, text)) + body(name, text)),
        "an unknown kind": seal(body(name, text, kind=2)),
        "the last kind": seal(body(name, text, kind=255)),
        "no name": seal(body(b"", text)),
        "a name too long": seal(body(b"w" * (ALIAS_BYTES + 1), text)),
        "a name beyond the end": seal(head + b"\xff" + name),
        "no words": seal(body(name, b"")),
        "words beyond the end": seal(head + bytes([len(name)]) + name + b"\xff\xff" + text),
        "a name of half characters": seal(body(b"\xc3", text)),
        "words of half characters": seal(body(name, b"\xf0\x9f")),
        "half a surrogate pair": seal(body(name, b"\xed\xa0\x80")),
        "something behind the end": seal(body(name, text), filling=b"\1"),
    }
    for sealed in wrong.values():
        await scene.hostile.post(sealed, client)
    await scene.expect_problems("undecryptable", len(wrong), "this room’s key does not open")
    for page in scene.readers:
        await expect_texts(page, [])


async def test_a_false_signature_is_shown_as_such(scene: Scene) -> None:
    room, me, friend, client = scene.room, scene.hostile.signer, scene.friend.signer, new_client()
    where, content = message_context(room.id, client), body(FRIEND.encode(), b"Send me money.")
    elsewhere = message_context(room.id, new_client())
    proofs = {
        "somebody else's key": proof(forger(me, friend), where, content),
        "another number": proof(me, elsewhere, content),
        "other words": proof(me, where, body(FRIEND.encode(), b"I owe you money.")),
        "no signature": me.public + bytes(SIGNATURE_BYTES),
        "noise": me.public + secrets.token_bytes(SIGNATURE_BYTES),
        "no key": bytes(PUBLIC_KEY_BYTES) + secrets.token_bytes(SIGNATURE_BYTES),
        "no point of the curve": b"\xff" * PUBLIC_KEY_BYTES + secrets.token_bytes(SIGNATURE_BYTES),
    }
    for each in proofs.values():
        await scene.hostile.post(room.seal(where, to_bucket(each + content)), client)
    await scene.expect_problems("forged", len(proofs), "whose signature is false")
    for page in scene.readers:
        await expect_texts(page, [])
        await expect(page.get_by_text("Send me money.")).to_have_count(0)


async def test_words_sent_again_by_somebody_else_are_shown_as_that_and_the_original_stays(scene: Scene) -> None:
    said = await scene.friend.say("Meet me at the fountain.")
    await scene.hostile.post(said["text"], said["client"])
    await scene.hostile.join("somebody with wscat")
    await scene.hostile.post(said["text"], said["client"])
    await scene.expect_problems("replayed", 2, FRIEND, scene.friend.signer.handle, "Meet me at the fountain.")
    for page in scene.readers:
        await expect_texts(page, ["Meet me at the fountain."])

    await say(scene.phone, "I am on my way.")
    said = await scene.hostile.hear("I am on my way.")
    await scene.hostile.post(said["text"], said["client"])
    for page in scene.readers:
        await expect(problems(page).last).to_contain_text("Somebody sent again what Ada Lovelace")
        await expect_texts(page, ["Meet me at the fountain.", "I am on my way."])
    await expect(messages(scene.phone).last).to_have_attribute("data-state", "sent")


async def test_who_takes_somebody_elses_sealed_name_can_repeat_words_unseen_but_say_none(scene: Scene) -> None:
    said = await scene.friend.say("Meet me at the fountain.")
    await scene.hostile.join(scene.friend.sealed_alias)
    await scene.hostile.post(said["text"], said["client"])
    await scene.hostile.say("Meet me at the station.")
    await scene.expect_problems("replayed", 1, HOSTILE, scene.hostile.signer.handle, "Meet me at the station.")
    for page in scene.readers:
        await expect_texts(page, ["Meet me at the fountain."])
        await page.reload()
        await expect(problems(page)).to_have_count(1)
        await expect_texts(page, ["Meet me at the fountain."])


async def test_two_messages_signed_as_one_are_a_contradiction(scene: Scene) -> None:
    client, now = new_client(), time.time_ns() // 1_000_000
    await scene.hostile.say("I shall come.", client, written=now)
    await scene.hostile.say("I shall not come.", client, written=now)
    await scene.hostile.say("I shall come.", client, written=now + 1)
    await scene.hostile.say("I shall come.", client, "Mallory M.", written=now)
    await scene.hostile.say("I shall come.", client, written=now, action=True)
    await scene.expect_problems("conflict", 4, "signed two different messages as one", scene.hostile.signer.handle)
    for page in scene.readers:
        await expect_texts(page, ["I shall come."])


BORROWED = [FRIEND, "annie easley", "\u202eAnnie\u200b\u00a0 Easley", "Аnnіe Eаsley", "Ａnnie Ｅasley", "ANN1E EAS1EY"]


async def test_a_name_that_is_somebody_elses_or_looks_like_it_comes_with_a_warning(scene: Scene) -> None:
    await scene.friend.say("I am the first of this name.")
    for name in [*BORROWED, *READERS]:
        await scene.hostile.rename(name)
        await scene.hostile.say("I am she.", alias=name)
        for page in scene.readers:
            await expect(messages(page).last.locator(".borrowed")).to_contain_text("another key")
            await expect(messages(page).last.locator(".handle")).to_have_text(scene.hostile.signer.handle)
    await scene.friend.say("So am I.")
    # The last name was that of the one at the desktop.
    for page, told in ((scene.phone, "not the first of this name"), (scene.desktop, "has your name")):
        await expect(log(page).locator(".borrowed")).to_have_count(len(BORROWED) + len(READERS))
        await expect(message(page, "So am I.").locator(".borrowed")).to_have_count(0)
        await page.get_by_role("button", name="4 here").click()
        await expect(page.locator("#people-list .borrowed").filter(visible=True)).to_have_count(1)
        await expect(person(page, scene.hostile.signer.handle)).to_contain_text(told)
        await page.keyboard.press("Escape")


MANY_NAMES = 210  # more than a page remembers
MEMORY_IS_FULL = "Object.keys(localStorage).some((key) => key.endsWith('.names') && localStorage[key].length > 10_000)"


async def test_a_flood_of_names_makes_nobody_forget_whose_a_name_was(chat: LocalChat, visit: Visit) -> None:
    tap = Tap()
    async with company(chat, visit, tap.attach) as scene:
        await scene.friend.socket.send_json({"action": "leave"})
        for page in scene.readers:
            await expect(page.get_by_role("button", name="3 here")).to_be_visible()
        for number in range(MANY_NAMES):
            name, client = f"Name number {number}", new_client()
            text = scene.room.seal_message(scene.hostile.signer, client, name, "Who is who?")
            tap.slip_in(scene.hostile, client, text)
        for page in scene.readers:
            await expect(messages(page)).to_have_count(MANY_NAMES)
            await until(page, MEMORY_IS_FULL)
            await page.reload()
            await expect_in_room(page)
        await scene.hostile.say("I am she.", alias=FRIEND)
        for page in scene.readers:
            await expect(messages(page).last.locator(".borrowed")).to_contain_text(FRIEND)
        await scene.friend.join()


NOTIFICATIONS = """
    localStorage.setItem("anonchat.settings", JSON.stringify({ notifications: true }));
    window.notifications = [];
    window.Notification = class {
        static permission = "granted";
        constructor(text) {
            window.notifications.push(text);
        }
    };
"""


async def test_a_notification_shows_a_name_as_harmless_as_the_log_does(chat: LocalChat, visit: Visit) -> None:
    async def listen(page: Page) -> None:
        await page.add_init_script(NOTIFICATIONS)

    async with company(chat, visit, listen) as scene:
        for page in scene.readers:
            await set_hidden(page, True)
        await scene.hostile.say("Look here!", alias=f"{OVERRIDE}A\u200bda\u2028<b>Byron</b>")
        for page in scene.readers:
            await until(page, "window.notifications.length === 1")
            assert await page.evaluate("window.notifications") == ["New message from Ada <b>Byron</b>"]
            await expect(page).to_have_title(re.compile(r"^\(1\) \w+ \w+ · anonchat$"))
            await set_hidden(page, False)


async def test_what_was_written_long_before_or_after_it_came_is_marked(scene: Scene) -> None:
    now = time.time_ns() // 1_000_000
    late = {
        "eleven minutes ago": now - 11 * MINUTE,
        "three days ago": now - 3 * DAY,
        "fifty years ago": 0,
        "in eleven minutes": now + 11 * MINUTE,
        "in three days": now + 3 * DAY,
        "in nine thousand years": 2**48 - 1,
    }
    for text, written in late.items():
        await scene.hostile.say(text, written=written)
    for text, written in {"a little slow": now - 9 * MINUTE, "a little fast": now + 9 * MINUTE}.items():
        await scene.hostile.say(text, written=written)
    for page in scene.readers:
        await expect(messages(page)).to_have_count(len(late) + 2)
        for text in late:
            mark = "By its writer’s clock" if text.startswith("in") else "arrived later"
            await expect(message(page, text).locator(".late")).to_contain_text(mark)
            await scene.expect_explanation(page, message(page, text).get_by_role("button", name=re.compile("^Details")))
        await expect(log(page).locator(".late")).to_have_count(len(late))


async def test_who_brings_no_genuine_name_is_listed_as_unverified_and_vouches_for_nothing(scene: Scene) -> None:
    names = {
        "plain": "somebody with wscat",
        "markup": "<img src=x onerror=owned=1>",
        "endless": "W" * ALIAS_LIMIT,
        "turned round": "\u202e" * (ALIAS_LIMIT // 3),
        "another's key": scene.room.seal_alias(forger(scene.hostile.signer, scene.friend.signer), FRIEND),
        "another room": Room.from_link(new_link()).seal_alias(scene.hostile.signer, FRIEND),
    }
    for number, name in enumerate(names.values(), 1):
        await scene.hostile.join(name)
        await scene.hostile.say(f"Words without a name, number {number}")
        await scene.expect_problems("replayed", number)
        for page in scene.readers:
            nobody = page.locator("#people-list .unverified")
            await expect(nobody.locator(".alias")).to_have_text(["Unverified"])
            await expect(person(page, scene.hostile.signer.handle)).to_have_count(0)
            await expect(person(page, scene.friend.signer.handle).locator(".alias")).to_have_text(FRIEND)
            await expect(page.get_by_role("button", name="4 here")).to_be_visible()


# Too much, and anything at all

JUNK, LEGIBLE = 500, 100  # as many of them can be read
FROZEN_MS = 1000
WATCH_FRAMES = """() => {
    window.slowest = 0;
    let before = performance.now();
    const frame = (now) => {
        window.slowest = Math.max(window.slowest, now - before);
        before = now;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
}"""


async def test_five_hundred_pieces_of_junk_do_not_freeze_the_page(chat: LocalChat, visit: Visit) -> None:
    tap = Tap()
    async with company(chat, visit, tap.attach) as scene:
        for page in scene.readers:
            await page.evaluate(WATCH_FRAMES)
        for number in range(JUNK):
            client = new_client()
            text = b64encode(secrets.token_bytes(NONCE_BYTES + BUCKETS[number % 2] + TAG_BYTES))
            if number % (JUNK // LEGIBLE) == 0:
                text = scene.room.seal_message(scene.hostile.signer, client, HOSTILE, f"Junk, number {number}")
            tap.slip_in(scene.hostile, client, text)
        await scene.friend.say("Is this a bad moment?")
        for page in scene.readers:
            await expect(message(page, "Is this a bad moment?")).to_have_count(1)
            await say(page, "Not at all.")
            await scene.friend.hear("Not at all.")
            await expect(problems(page)).to_have_count(JUNK - LEGIBLE)
            await expect(messages(page).filter(has_text="Junk, number")).to_have_count(LEGIBLE)
            assert await page.evaluate("window.slowest") < FROZEN_MS


NUMBERS = ["__proto__", "constructor", "hasOwnProperty", "________", "00000000", "-" * 36]  # `client` values
ALIASES = ["__proto__", " ", "null", "\ufeff\u200b", "💥" * 64, f"e{HEAP}", "A" * ALIAS_LIMIT]
TEXTS = [
    *(" ", "\n" * TEXT_LIMIT, "\t\n\t", "null", "{}", "[object Object]", "__proto__", "=", "A" * (TEXT_LIMIT - 1)),
    *("💥" * (TEXT_LIMIT // 4), "\u202e" * (TEXT_LIMIT // 3), "\u2028\u2029\ufffe\uffff\ue000", f"e{HEAP * 60}"),
]
REFUSED = ["", "null", "[]", '{"action": "join"}', '{"action": "send", "text": 5}', '{"action": ["ping"]}', "💥"]


async def test_whatever_the_server_lets_through_breaks_nothing(scene: Scene) -> None:
    for frame in REFUSED:
        await scene.hostile.socket.send_text(frame)
        await scene.hostile.socket.receive("error")
    for client in NUMBERS:
        await scene.hostile.say(f"number {client}", client)
    for alias, text in zip_longest(ALIASES, TEXTS, fillvalue="again"):
        await scene.hostile.join(alias)
        await scene.hostile.post(text)
    for page in scene.readers:
        await expect_texts(page, [f"number {client}" for client in NUMBERS])
    await scene.expect_problems("undecryptable", len(TEXTS))
    for page in scene.readers:
        await page.reload()
        await page.get_by_role("button", name="Earlier messages").click()
        await expect_texts(page, [f"number {client}" for client in NUMBERS])
    await scene.expect_problems("undecryptable", len(TEXTS))


async def test_nobody_else_can_acknowledge_ones_own_message(chat: LocalChat, visit: Visit) -> None:
    """Not even who learns its number before the server has the message: with other words under it, or with a copy."""
    tap = Tap()
    async with company(chat, visit, tap.attach) as scene:
        tap.hold()
        await say(scene.phone, "Has anybody got this?")
        await eventually(lambda: bool(tap.held))
        [send] = tap.held or []
        sent = json.loads(send.args[0])
        await scene.hostile.say("Yes, all of us.", sent["client"])
        await scene.hostile.post(sent["text"], sent["client"])
        for page in scene.readers:
            await expect(messages(page).first.locator(".text")).to_have_text("Yes, all of us.")
        await scene.expect_problems("replayed", 1, "Ada Lovelace", "Has anybody got this?")
        mine = message(scene.phone, "Has anybody got this?")
        await expect(mine).to_have_attribute("data-state", "sending")

        tap.release()
        await expect(mine).to_have_attribute("data-state", "sent")
        for page in scene.readers:
            await expect_texts(page, ["Yes, all of us.", "Has anybody got this?"])


LINKS_TO_NOWHERE = [
    "#<img src=x onerror=window.owned=1>",
    "#name=%3Cscript%3Ewindow.owned=1%3C/script%3E",
    "#name=javascript:window.owned=1",
    f"#name={quote('Z' + HEAP * 9)}",
    "#name=%E2%80%AE%E2%80%8B",
    "#key=%00%ff&name=__proto__",
    "#key=__proto__",
    "#%",
    f"#{'A' * 5000}",
    f"#name={'W' * 64}",
]


async def test_links_made_to_do_harm_lead_to_an_explanation_or_a_room(chat: LocalChat, visit: Visit) -> None:
    page = await visit(NARROW)
    await watch(page, chat.http_url)
    await page.goto(chat.http_url)
    for link in LINKS_TO_NOWHERE:
        await page.evaluate("(link) => { location.hash = link; }", link)
        await expect(page.locator("#landing-problem:not(:empty), #invitation:visible").first).to_be_visible()
        await expect(page.locator("#landing-busy")).to_be_empty()
        assert await page.evaluate(HARM) == []
    assert page.heard == []  # type: ignore[attr-defined]
    await enter(page, f"{chat.http_url}/", f"#name={'W' * 64}", "Ada Lovelace")
    assert await page.evaluate(HARM) == []


# What a visit leaves, and where

STORED = """async () => {
    const found = [{ ...localStorage }, { ...sessionStorage }, document.cookie];
    for (const { name, version } of await indexedDB.databases()) {
        const database = await new Promise((resolve, reject) => {
            const request = indexedDB.open(name, version);
            request.onsuccess = () => resolve(request.result);
            request.onerror = reject;
        });
        for (const store of database.objectStoreNames) {
            const all = database.transaction(store).objectStore(store);
            for (const request of [all.getAllKeys(), all.getAll()]) {
                found.push(await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); }));
            }
        }
        database.close();
    }
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const { url } of await cache.keys()) found.push(name, url);
    }
    const plain = (_, value) => ArrayBuffer.isView(value) ? new TextDecoder().decode(value) : value;
    return JSON.stringify(found, plain);
}"""


async def test_a_visit_asks_nobody_else_and_leaves_no_words_behind(chat: LocalChat, visit: Visit) -> None:
    link = name_link("Hidden Valley of Echoes")
    words = {"Hidden Valley", "hidden valley", "Hidden+Valley", FRIEND, "said in the valley", "half a thought in it"}
    SPOKEN.update(words)
    page = await visit(DESKTOP)
    await watch(page, chat.http_url)
    told: set[str] = set()
    page.on("request", lambda request: told.update(name for name, value in request.headers.items() if value))
    await enter(page, f"{chat.http_url}/", link, "Ada Lovelace")
    async with member(chat, link, FRIEND) as friend:
        await friend.say("said in the valley https://elsewhere.example/picture.png")
        await expect(messages(page)).to_have_count(1)
        await say(page, "said in the valley, too")
        await friend.hear("said in the valley, too")
        for name in ("Share", "Menu", re.compile("^Details")):
            await page.get_by_role("button", name=name).last.click()
            await expect(page.get_by_role("dialog")).to_be_visible()
            await page.keyboard.press("Escape")
        await page.get_by_role("button", name=f"Mute {FRIEND}").click()
        await composer(page).fill("half a thought in it")
        await until(page, "Object.keys(sessionStorage).some((key) => key.endsWith('.draft'))")
        await page.reload()
        await expect_in_room(page)
        await expect(composer(page)).to_have_value("half a thought in it")
        await until(page, "Object.keys(localStorage).some((key) => key.endsWith('.names'))")
    await page.get_by_role("button", name="Leave the room").click()
    await expect(page.get_by_label("Room name")).to_be_visible()

    stored = await page.evaluate(STORED)
    assert Room.from_link(link).id in stored
    assert [word for word in words for disguise in disguises(word) if disguise in stored] == []
    assert await page.context.cookies() == []
    assert page.heard == []  # type: ignore[attr-defined]
    assert await page.evaluate(HARM) == []
    assert "user-agent" in told
    assert {"referer", "cookie"} & told == set()


async def test_a_link_leads_away_without_telling_where_from(chat: LocalChat, visit: Visit) -> None:
    visitors: list[web.Request] = []

    async def welcome(request: web.Request) -> web.Response:
        visitors.append(request)
        page = "<!doctype html><title>elsewhere</title><link rel=icon href=data:,>"
        return web.Response(text=page, content_type="text/html")

    elsewhere = web.Application()
    elsewhere.router.add_get("/{path:.*}", welcome)
    async with TestServer(elsewhere, host="127.0.0.1") as server, company(chat, visit) as scene:
        await scene.hostile.say(f"Look: {server.make_url('/trap')}")
        for page in scene.readers:
            await expect(messages(page)).to_have_count(1)
            assert visitors == []  # no preview of it
            async with page.context.expect_page() as opening:
                await messages(page).get_by_role("link").click()
            opened = await opening.value
            await expect(opened).to_have_title("elsewhere")
            assert await opened.evaluate("[document.referrer, window.opener, history.length]") == ["", None, 1]
            await opened.close()
            [request] = visitors
            visitors.clear()
            assert request.path == "/trap"
            assert {"Referer", "Cookie", "Origin"} & set(request.headers) == set()


# A server that talks nonsense

NO_FRAMES = [
    *("", "hello", "{", "NaN", "null", "true", "5", '"joined"', "[]", "[[]]", "{}", '{"type": null}', '{"type": []}'),
    *('{"type": "surprise"}', '{"type": "constructor"}', '{"type": "left"}', '{"message": "Internal server error"}'),
]
NO_TEXT: list[Any] = [None, True, 5, [], {}]
NO_NUMBER: list[Any] = [None, True, -1, 0.5, 1e300, 2**53, "", "5", [], {}]
NO_FLAG: list[Any] = [None, 0, "x", [], {}]
NO_OBJECT: list[Any] = [None, True, 5, "x", [], {}]
NO_LIST: list[Any] = [None, True, 5, "x", {}, [None], [5], ["x"], [[]], [{}], [{"id": None, "alias": None}]]
NONSENSE = {
    "joined": {
        "members": NO_LIST,
        "online": NO_NUMBER,
        "history": NO_LIST,
        "more": NO_FLAG,
        "gap": NO_FLAG,
        "limits": [*NO_OBJECT, *({**LIMITS, "text": value} for value in NO_NUMBER)],
    },
    "message": {
        "id": [*NO_TEXT, "", "x", "0" * 13],
        "client": NO_TEXT,
        "from": [*NO_OBJECT, {"id": 5, "alias": "x"}, {"id": "x", "alias": 5}],
        "text": NO_TEXT,
        "at": NO_NUMBER,
        "online": NO_NUMBER,
    },
    "presence": {"online": NO_NUMBER, "joined": NO_LIST, "left": NO_LIST},
    "error": {"code": NO_TEXT, "message": NO_TEXT, "client": NO_TEXT, "retryAfter": NO_NUMBER},
}


class Babbler(Stage):
    """Says all sorts of things before it says what was asked for."""

    def _joined(self) -> Frame:
        joined = super()._joined()
        error = {"type": "error", "code": "room_full", "message": "Nobody may join.", "retryAfter": 5}
        presence = {"type": "presence", "online": 2, "joined": [], "left": []}
        for frame in (joined, self.message("Björn Borg", "Hello?"), presence, error):
            self.babble(frame)
        return joined

    def babble(self, frame: Frame) -> None:
        """The frame with one field of another kind than it should be, or missing."""
        for text in NO_FRAMES:
            self.socket.send(text)
        for field, values in NONSENSE[frame["type"]].items():
            for value in values:
                self.tell({**frame, field: value})
            if frame["type"] != "error":
                self.tell({name: value for name, value in frame.items() if name != field})


async def test_a_server_that_talks_nonsense_is_not_listened_to(chat: LocalChat, visit: Visit) -> None:
    stage = Babbler()
    stage.members = [stage.person("Björn Borg")]
    SPOKEN.update({"Ada Lovelace", "Björn Borg"})
    page = await open_room(chat, visit, stage, NARROW)
    await expect(page.get_by_role("button", name="2 here")).to_be_visible()
    hello = stage.message("Björn Borg", "Hello from the stage")
    error = {"type": "error", "code": "bad_request", "message": "What?", "client": hello["client"]}
    for frame in (hello, {"type": "presence", "online": 2, "joined": [], "left": []}, error):
        stage.babble(frame)
    stage.tell(hello)
    await expect_texts(page, ["Hello from the stage"])
    await say(page, "Hello to the stage")
    await expect_sent(page, 2)
    await expect(problems(page)).to_have_count(0)
    await expect(page.locator("#notice-text, #status")).to_have_text(["", ""])
    await expect(page.get_by_role("button", name="2 here")).to_be_visible()
