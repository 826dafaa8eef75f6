"""Writing: keys, input methods, the growing field, its limit, and what is pasted."""

import pytest
from playwright.async_api import Page, expect

from anonchat_client.encryption.envelope import Words, longest_text
from tests.support.browser import PHONE, NewPage
from tests.support.manual_server import ADDRESS, ALIAS, LIMIT, NOW, ManualServer, open_page_at, write, write_one
from tests.support.page_actions import composer, enter, expect_texts, messages
from tests.support.waiting import eventually, expect_to_become

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


LINES = 6  # that the composer grows to


async def test_enter_sends_and_with_shift_makes_a_new_line(page: Page, server: ManualServer) -> None:
    await composer(page).press_sequentially("two")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("lines")
    assert server.sends == []
    await page.keyboard.press("Enter")
    await expect(composer(page)).to_have_value("")
    await expect_texts(page, ["two\nlines"])
    await eventually(lambda: len(server.sends) == 1)
    assert server.words(server.sends[0]) == Words(ALIAS, "two\nlines", False, NOW + 60_000)


async def test_with_touch_enter_makes_a_new_line_and_the_button_sends(new_page: NewPage, server: ManualServer) -> None:
    page = await open_page_at(new_page, server, PHONE)
    await enter(page, ADDRESS, server.link, ALIAS)
    await composer(page).tap()
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    await page.keyboard.type("lines")
    await page.get_by_role("button", name="Send").tap()
    await expect_texts(page, ["two\nlines"])
    await expect(composer(page)).to_be_focused()  # and the keyboard stays


async def test_enter_that_chooses_among_characters_does_not_send(page: Page, server: ManualServer) -> None:
    box = composer(page)
    await box.fill("nihon")
    for event in ({"isComposing": True}, {"keyCode": 229}):
        await box.dispatch_event("keydown", {"key": "Enter", **event})
    # Safari tells of the key only after the end of the composition.
    await box.dispatch_event("compositionstart")
    await box.dispatch_event("compositionend")
    await box.dispatch_event("keydown", {"key": "Enter"})
    await expect(box).to_have_value("nihon")
    await page.clock.run_for(1)
    await page.keyboard.press("Enter")
    await expect_texts(page, ["nihon"])


async def test_an_input_method_of_the_system_composes_in_peace(page: Page, server: ManualServer) -> None:
    devtools = await page.context.new_cdp_session(page)
    await composer(page).focus()
    composition = {"text": "にほん", "selectionStart": 3, "selectionEnd": 3}
    await devtools.send("Input.imeSetComposition", composition)
    await expect(composer(page)).to_have_value("にほん")
    enter_key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    await devtools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter_key})
    await devtools.send("Input.insertText", {"text": "日本"})
    await devtools.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter_key})
    await expect(composer(page)).to_have_value("日本")
    await expect_texts(page, [])
    await page.clock.run_for(1)
    await page.keyboard.press("Enter")
    await expect_texts(page, ["日本"])


async def test_a_message_that_is_sent_amid_a_composition_leaves_no_composition_behind(
    page: Page, server: ManualServer
) -> None:
    devtools = await page.context.new_cdp_session(page)
    await composer(page).focus()
    await devtools.send("Input.imeSetComposition", {"text": "안녕", "selectionStart": 2, "selectionEnd": 2})
    await page.get_by_role("button", name="Send").click()
    await expect_texts(page, ["안녕"])
    await page.keyboard.type("abc")
    await composer(page).dispatch_event("keydown", {"key": "Enter", "isComposing": False})
    await expect_texts(page, ["안녕", "abc"])


async def test_what_is_pasted_is_said_as_it_is_though_it_looks_like_a_command(page: Page, server: ManualServer) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for text in ("/etc/passwd", "// todo\nint x;", "    def f():\n        return 1"):
        await page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
        await composer(page).focus()
        await page.keyboard.press("ControlOrMeta+v")
        await expect(composer(page)).to_have_value(text)
        await page.keyboard.press("Enter")
        await expect(composer(page)).to_have_value("")
    texts = messages(page).locator(".text")
    said = ["/etc/passwd", "// todo\nint x;", "    def f():\n        return 1"]
    await expect_to_become(texts.all_text_contents, said)
    await composer(page).press_sequentially("/leav")
    await page.keyboard.press("Enter")
    await expect(page.locator("#notice-text")).to_contain_text("There is no command /leav.")


async def test_nothing_that_nobody_sees_is_sent(page: Page, server: ManualServer) -> None:
    await composer(page).fill("\u200d\ufe0f \u2800")
    await page.keyboard.press("Enter")
    await composer(page).fill("seen")
    await page.keyboard.press("Enter")
    await expect_texts(page, ["seen"])


@pytest.mark.parametrize("by_itself", [True, False], ids=["field-sizing", "older browsers"])
async def test_the_composer_grows_to_six_lines_and_then_scrolls(
    new_page: NewPage, server: ManualServer, by_itself: bool
) -> None:
    page = await open_page_at(new_page, server)
    if not by_itself:
        await page.add_init_script("CSS.supports = () => false")
        await page.reload()
        await page.evaluate("document.querySelector('#text').style.fieldSizing = 'fixed'")
    await enter(page, ADDRESS, server.link, ALIAS)
    heights = []
    for lines in range(1, LINES + 3):
        await composer(page).fill("\n".join("line" for _ in range(lines)))
        heights.append(await composer(page).evaluate("(box) => box.clientHeight"))
        scrolls = await composer(page).evaluate("(box) => box.scrollHeight > box.clientHeight + 1")
        assert scrolls == (lines > LINES)
    assert heights == sorted(heights)
    assert len(set(heights)) == LINES
    await page.keyboard.press("Enter")
    await expect(messages(page)).to_have_count(1)
    await expect_to_become(lambda: composer(page).evaluate("(box) => box.clientHeight"), heights[0])


async def test_the_counter_shows_only_near_the_limit_and_what_is_too_long_stays_in_the_box(
    page: Page, server: ManualServer
) -> None:
    longest = longest_text(LIMIT, ALIAS)
    counter = page.locator("#counter")
    await composer(page).fill("a" * (longest * 9 // 10))
    await expect(counter).to_be_empty()
    await composer(page).fill("a" * (longest - 7) + "é")  # two bytes
    await expect(counter).to_have_text("5 left")
    too_long = "a" * longest + "é"
    await write(page, too_long)
    await expect(counter).to_have_text("2 too long")
    await expect(page.locator("#notice")).to_contain_text("too long for one message, by 2 bytes")
    await expect(composer(page)).to_have_value(too_long)
    assert server.sends == []
    sent = await write_one(page, server, "a" * longest)
    assert server.words(sent).text == "a" * longest
    assert len(sent["text"]) <= LIMIT


@pytest.mark.parametrize("kind", ["paste", "drop"])
async def test_a_picture_is_declined_politely(page: Page, kind: str) -> None:
    await composer(page).fill("a thought")
    declined = await composer(page).evaluate(
        """(box, kind) => {
          const data = new DataTransfer();
          data.items.add(new File(["picture"], "picture.png", { type: "image/png" }));
          const rest = { bubbles: true, cancelable: true };
          const paste = () => new ClipboardEvent("paste", { clipboardData: data, ...rest });
          const drop = () => new DragEvent("drop", { dataTransfer: data, ...rest });
          return !box.dispatchEvent(kind === "paste" ? paste() : drop());
        }""",
        kind,
    )
    assert declined
    await expect(page.locator("#notice")).to_contain_text("Pictures and files cannot be sent here, only text.")
    await expect(composer(page)).to_have_value("a thought")


async def test_of_what_is_pasted_the_plain_text_is_kept(page: Page) -> None:
    """Office programs copy a picture of the text along with it."""
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await composer(page).focus()
    await page.evaluate(
        """async () => {
          const [plain, html] = [["bold words", "text/plain"], ["<b>bold</b> words", "text/html"]]
            .map(([text, type]) => new Blob([text], { type }));
          const picture = await (await fetch("icon-192.png")).blob();
          const copied = { "text/plain": plain, "text/html": html, "image/png": picture };
          await navigator.clipboard.write([new ClipboardItem(copied)]);
        }"""
    )
    await page.keyboard.press("ControlOrMeta+V")
    await expect(composer(page)).to_have_value("bold words")
    await expect(page.locator("#notice")).to_be_hidden()
