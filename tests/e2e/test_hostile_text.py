"""What a hostile member writes stays text: no markup, no false link, no letter outside its own bubble."""

import re
from functools import partial

import pytest
from playwright.async_api import Locator, expect

from anonchat_client import Signer
from anonchat_client.encryption.envelope import ALIAS_BYTES, longest_text
from tests.support.group import HOSTILE, Group, message, person
from tests.support.hostile_text import EMBED, HEAP, ISOLATE, MARKUP, OVERRIDE, TEXT_LIMIT
from tests.support.log_view import settle
from tests.support.page_actions import expect_texts, log, messages
from tests.support.waiting import expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


ENVIRON = {"PER_MINUTE": "10000"}  # nobody hostile is slowed down


# Markup and links


MARKUP_NAMES = [
    "<script>owned=1</script>",
    "<img src=x onerror=owned=1>",
    '"><svg onload=owned=1>',
    "</bdi></p></li><b>bold</b>",
    "javascript:owned=1",
    "__proto__",
    "constructor",
]


async def test_markup_and_scripts_in_texts_and_names_are_shown_as_the_letters_they_are(group: Group) -> None:
    for text in MARKUP:
        await group.hostile.say(text)
    for name in MARKUP_NAMES:
        await group.hostile.rename(name)
        await group.hostile.say("signed by a strange name", alias=name)
        for page in group.readers:
            await expect(page.locator("#people-list .alias").filter(has_text=name)).to_have_text([name])
    for page in group.readers:
        await expect_texts(page, MARKUP + ["signed by a strange name"] * len(MARKUP_NAMES))
        names = messages(page).filter(has_text="signed by a strange name").locator(".alias")
        await expect(names).to_have_text(MARKUP_NAMES)
        await expect(log(page).locator(".text > :not(a.link, code, [hidden]), .alias > *")).to_have_count(0)


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
    "https://bank.example/\u2067moc.elsewhere//": "https://bank.example/",  # which is where it leads
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


async def test_only_web_addresses_that_are_what_they_look_like_become_links(group: Group) -> None:
    for text in LINKS:
        await group.hostile.say(text)
    for page in group.readers:
        await expect(messages(page)).to_have_count(len(LINKS))
        found = await messages(page).evaluate_all(ADDRESSES)
        assert found == [[[target, target, "_blank"]] if target else [] for target in LINKS.values()]


# Letters


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


async def test_a_name_neither_turns_round_nor_covers_what_stands_beside_it(group: Group) -> None:
    while not group.hostile.signer.handle[0].isdigit():  # which runs with letters from right to left, if it is let
        group.hostile.signer = Signer.new()
    for name, shown in NAMES.items():
        await group.hostile.rename(name)
        await group.hostile.say("said under this name", alias=name)
        for page in group.readers:
            await expect(messages(page).last.locator(".alias")).to_have_text(shown)
            boxes = await messages(page).last.evaluate(BOXES, [".bubble", ".alias", ".handle", ".text", ".moment"])
            assert lies_within(boxes[".alias"], boxes[".bubble"]), name
            assert lies_within(boxes[".handle"], boxes[".bubble"]), name
            assert follows(boxes[".handle"], boxes[".alias"]), name
            assert boxes[".alias"]["bottom"] <= boxes[".text"]["top"] + 1, name
        item = person(group.desktop, group.hostile.signer.handle)
        await expect(item.locator(".alias")).to_have_text(shown)
        boxes = await item.evaluate(BOXES, [".face", ".person-name", ".alias", ".handle", "button"])
        assert lies_within(boxes[".alias"], boxes[".person-name"]), name
        assert lies_within(boxes[".handle"], boxes[".person-name"]), name
        assert follows(boxes[".handle"], await item.locator(".alias").evaluate(LAST_LINE)), name
        assert boxes[".face"]["right"] <= boxes[".person-name"]["left"], name
        assert boxes[".person-name"]["right"] <= boxes["button"]["left"], name
    first, last = await message(group.desktop, "said under this name").first.locator(".alias").evaluate(ENDS)
    assert first < last


async def test_an_address_reads_from_its_beginning_whatever_surrounds_it(group: Group) -> None:
    """Or an end that looks like a host would stand where the host is looked for."""
    for text in (
        "שלום https://elsewhere.example/א/bank.example",
        f"{EMBED}{ISOLATE}https://elsewhere.example/א/bank.example",
    ):
        await group.hostile.say(text)
        for page in group.readers:
            link = messages(page).last.get_by_role("link")
            await expect(link).to_have_text("https://elsewhere.example/א/bank.example")
            await page.set_viewport_size({"width": 1280, "height": 800})  # on one line
            first, last = await link.evaluate(ENDS)
            assert first < last


def lies_within(inner: dict[str, float], outer: dict[str, float]) -> bool:
    """Tell whether one box is inside the other. Half a pixel is nobody's fault."""
    nearer = all(inner[side] >= outer[side] - 0.5 for side in ("left", "top"))
    return nearer and all(inner[side] <= outer[side] + 0.5 for side in ("right", "bottom"))


def follows(later: dict[str, float], earlier: dict[str, float]) -> bool:
    """Tell whether a box is to its right, or on a line of its own."""
    return later["left"] >= earlier["right"] - 0.5 or later["top"] >= earlier["bottom"] - 0.5


ZALGO = "".join(letter + HEAP for letter in "Zalgo")
TOWER = f"a{HEAP * 40}"
LETTERS = {
    # what is written: what is shown of it
    f"pay {OVERRIDE}000,1 to nobody": "pay 000,1 to nobody",
    f"{ISOLATE}{EMBED}never closed": f"{ISOLATE}{EMBED}never closed",
    ZALGO: "".join(letter + HEAP[:8] for letter in "Zalgo"),
    TOWER: f"a{HEAP[:8]}",
    "\u200b\u200d\u2060": "",
    "\u2028\u2029\ufffe\uffff\ufdd0\ue000": "\ufffe\uffff\ufdd0\ue000",
    "﷽" * 40: "﷽" * 40,
}


async def test_letters_that_turn_round_hide_or_pile_up_stay_in_their_own_bubble(group: Group) -> None:
    for text in LETTERS:
        await group.hostile.say(text)
    for page in group.readers:
        await expect(messages(page)).to_have_count(len(LETTERS))
        texts = await messages(page).locator(".text").evaluate_all("(texts) => texts.map((p) => p.textContent)")
        assert texts == list(LETTERS.values())
        await page.emulate_media(reduced_motion="reduce")  # or pictures differ because of an animation
    for text in (ZALGO, TOWER):
        await group.friend.say("What stands above")
        await group.hostile.say(text, alias=f"Z{HEAP[:14]}")
        await group.friend.say("What stands below")
        for page in group.readers:
            await expect(messages(page).last.locator(".text")).to_have_text("What stands below")
            above, heap, below = (messages(page).nth(place) for place in (-3, -2, -1))
            await settle(page)
            with_it = await pictures(above, below)
            await heap.evaluate("(item) => { item.style.visibility = 'hidden'; }")
            await expect_to_become(partial(pictures, above, below), with_it)


async def picture(item: Locator) -> bytes:
    """Picture the words themselves. (Without hiding the caret, for which Playwright would add forbidden styles.)"""
    return await item.locator(".body").screenshot(caret="initial")


async def pictures(*items: Locator) -> tuple[bytes, ...]:
    return tuple([await picture(each) for each in items])


async def test_words_without_an_end_make_nothing_wider(group: Group) -> None:
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
        await group.hostile.say(text)
    await group.hostile.post("W" * TEXT_LIMIT)
    for page in group.readers:
        await expect_texts(page, [*endless, letter])
        for item in (await messages(page).all())[: len(endless)]:
            bubble = (await item.evaluate(BOXES, [".bubble"]))[".bubble"]
            words = await item.locator(".text").evaluate(WORDS)
            assert bubble["left"] <= words["left"] < words["right"] <= bubble["right"]
    await group.expect_problems("undecryptable", 1)
    for page in group.readers:
        await group.expect_explanation(page, messages(page).first.get_by_role("button", name=re.compile("^Details")))
