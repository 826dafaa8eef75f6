"""The page's crypto in a real browser: its database, its WebCrypto, its Unicode."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Route

SITE = Path(__file__).resolve().parents[2] / "frontend"
VECTORS = json.loads((SITE.parent / "tests/frontend/vectors.json").read_text())
ORIGIN = "http://localhost:1/"  # nobody listens: every request is answered from the folder
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

IDENTITY = """async (room) => {
    const { identity } = await import("/crypto/signer.js");
    const { signer, publicKey, privateKey } = await identity(room);
    return { signer, extractable: privateKey.extractable, bytes: publicKey.length };
}"""
OPEN = """async ({ aliases, messages }) => {
    const { parse } = await import("/crypto/link.js");
    const { roomKey } = await import("/crypto/roomkey.js");
    const { openMessage, openPerson } = await import("/crypto/envelope.js");
    const keys = new Map();
    const keyOf = (room) => keys.get(room) ?? keys.set(room, roomKey(parse(room).link)).get(room);
    const person = async ({ room, sealed }) => openPerson(await keyOf(room), { id: "m", alias: sealed });
    const message = async ({ room, client, sealed, from }) =>
        openMessage(await keyOf(room), { client, text: sealed, from: { id: "m", alias: from } });
    return [await Promise.all(aliases.map(person)), await Promise.all(messages.map(message))];
}"""
NAMES = """async (typed) => {
    const { nameProblem, normalName } = await import("/crypto/link.js");
    return typed.map((name) => [normalName(name), nameProblem(name) === ""]);
}"""


async def answer(route: Route) -> None:
    path = SITE / route.request.url.removeprefix(ORIGIN)
    if path.is_file():
        await route.fulfill(path=path)
    else:
        await route.fulfill(body="<!doctype html><title>empty</title>", content_type="text/html")


@pytest_asyncio.fixture(loop_scope="module")
async def person(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Open a browser with nothing in it."""
    context = await browser.new_context()
    await context.route("**/*", answer)
    yield context
    await context.close()


async def tab(person: BrowserContext) -> Page:
    page = await person.new_page()
    await page.goto(ORIGIN)
    return page


async def signer(page: Page, room: str) -> str:
    return str((await page.evaluate(IDENTITY, room))["signer"])


async def test_two_tabs_that_enter_a_new_room_at_once_have_one_signature(person: BrowserContext) -> None:
    tabs = [await tab(person), await tab(person)]
    for room in range(20):
        one, other, again = await asyncio.gather(*(signer(page, f"room-{room}") for page in (*tabs, tabs[0])))
        assert one == other == again


async def test_a_signature_outlives_its_tabs_and_stays_in_its_browser(person: BrowserContext, browser: Browser) -> None:
    first = await tab(person)
    before = await first.evaluate(IDENTITY, "red")
    assert before["extractable"] is False
    assert before["bytes"] == 64
    await first.close()
    assert await (await tab(person)).evaluate(IDENTITY, "red") == before
    assert await signer(await tab(person), "blue") != before["signer"]
    stranger = await browser.new_context()
    await stranger.route("**/*", answer)
    assert await signer(await tab(stranger), "red") != before["signer"]
    await stranger.close()


async def test_a_kept_signature_signs(person: BrowserContext) -> None:
    said = """async () => {
        const { identity } = await import("/crypto/signer.js");
        const { newKeyLink } = await import("/crypto/link.js");
        const { roomKey } = await import("/crypto/roomkey.js");
        const { newClient, openMessage, sealAlias, sealMessage } = await import("/crypto/envelope.js");
        const [me, key, client] = [await identity("red"), await roomKey(newKeyLink()), newClient()];
        const text = await sealMessage(key, me, client, { alias: "Ann", text: "hello", action: false, written: 7 });
        const from = { id: "m", alias: await sealAlias(key, me, "Ann") };
        const { verdict, signer, carrier } = await openMessage(key, { client, text, from });
        return [verdict, signer, carrier];
    }"""
    mine = await signer(await tab(person), "red")
    assert await (await tab(person)).evaluate(said) == ["genuine", mine, mine]


async def test_a_forgotten_signature_is_followed_by_another(person: BrowserContext) -> None:
    page = await tab(person)
    red, blue = await signer(page, "red"), await signer(page, "blue")
    await page.evaluate("async () => (await import('/crypto/signer.js')).forgetIdentity('red')")
    assert await signer(page, "red") != red
    assert await signer(page, "blue") == blue
    await page.evaluate("async () => (await import('/crypto/signer.js')).forgetAllIdentities()")
    assert await signer(page, "blue") != blue


@pytest.mark.parametrize(
    "broken",
    [
        "Object.defineProperty(globalThis, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } })",
        "Object.defineProperty(globalThis, 'indexedDB', { value: undefined })",
        "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); }",
        "IDBDatabase.prototype.transaction = () => { throw new DOMException('full', 'QuotaExceededError'); }",
        "IDBObjectStore.prototype.add = () => { throw new DOMException('no keys', 'DataCloneError'); }",
    ],
    ids=["denied", "missing", "no opening", "no transaction", "no keys in it"],
)
async def test_without_a_database_a_signature_lives_as_long_as_the_page(person: BrowserContext, broken: str) -> None:
    await person.add_init_script(broken)
    page = await tab(person)
    assert await signer(page, "red") == await signer(page, "red") != await signer(page, "blue")
    await page.evaluate("async () => (await import('/crypto/signer.js')).forgetAllIdentities()")
    before = await signer(page, "red")
    await page.reload()
    assert await signer(page, "red") != before


async def test_the_browser_finds_in_every_vector_what_is_in_it(person: BrowserContext) -> None:
    aliases, messages = VECTORS["aliases"], VECTORS["messages"]
    people, opened = await (await tab(person)).evaluate(OPEN, {"aliases": aliases, "messages": messages})
    for row, found in zip(aliases, people, strict=True):
        assert found == {"id": "m", "alias": row["alias"], "signer": row["signer"]}, row["what"]
    for row, found in zip(messages, opened, strict=True):
        expected: dict[str, Any] = {"verdict": row["verdict"], "carrier": row["carrier"]}
        if row["verdict"] == "genuine":
            expected |= row["words"] | {"signer": row["signer"]}
        assert {name: value for name, value in found.items() if name != "frame"} == expected, row["what"]


async def test_the_browser_knows_the_same_names(person: BrowserContext) -> None:
    # Halves of characters cannot be handed to it.
    bad = [name for name in VECTORS["noNames"] if name == name.encode("utf-8", "replace").decode()]
    names = VECTORS["names"]
    found = await (await tab(person)).evaluate(NAMES, [row["typed"] for row in names] + bad)
    assert found[: len(names)] == [[row["normal"], True] for row in names]
    assert not any(fine for _, fine in found[len(names) :])
