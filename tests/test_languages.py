"""The page's languages: all that it shows comes from a dictionary, and each dictionary says all of it."""

import re
from collections.abc import Iterator

import pytest

from scripts import ROOT
from tests.support.catalogue import (
    FIRST,
    FRONTEND,
    LATER,
    PAGES,
    Forms,
    dictionary,
    english,
    languages,
    marked,
    plurals,
    static,
)

HONEST = "Translated by machine, not yet read by a speaker. CONTRIBUTING.md says how to mend it."
NAMES_OF_THINGS = {"anonchat", "English", "F1", "https", "Tab"}  # the same in every language
ORDERS = ("/nick", "/me", "/clear", "/leave", "/help", "//")  # what people type in every language
RANDOM_NAMES = "words/random.js"  # names are names: two people in one room call it the same
FOREIGN = re.compile(r"^(?:vendor|languages)/")

COMMENT = r"/\*.*?\*/|//[^\n]*"
PATTERN = r"(?<=[=(,:?&|!;{}\[\n>])\s*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*"
STRING = r'"(?:[^"\\\n]|\\.)*"|`(?:\$\{[^}]*\}|[^`\\]|\\.)*`'
TOKEN = re.compile(rf"{COMMENT}|{PATTERN}|(?P<string>{STRING})", re.DOTALL)
# A string or template in which a word is followed by another one, or which begins with a capital letter.
WORDS = re.compile(r"[A-Za-z]{2,}[,.:;?!]? [A-Za-z]{2,}|^[^\w]*[A-Z][a-z]+")
# What such strings are besides: of the document, of the browser, of cryptography; and errors, which nobody is shown.
NOT_SHOWN = re.compile(
    r"(?:className: |querySelector(?:All)?\(|matches\(|closest\(|matchMedia\(|find\(|part\(\w+, |Error\(|String\.raw"
    r"|rel: |httpEquiv: |content: |STYLE = )$"
)
TERMS = {
    "ArrowDown", "ArrowUp", "End", "Enter", "Escape", "Home",  # keys
    "AbortError", "Files", "Notification", "SecurityError",  # names of the browser's
    "text remark", "<!doctype html>\\n…\\n",  # of a file that is saved
}  # fmt: skip


def strings(name: str) -> Iterator[str]:
    """Yield the strings of a module that people may read."""
    code = (FRONTEND / name).read_text()
    for found in TOKEN.finditer(code):
        text = re.sub(r"\$\{[^}]*\}", "…", (found["string"] or "")[1:-1])
        before = code[: found.start()].rstrip("\n")
        if WORDS.search(text) and not NOT_SHOWN.search(before) and text not in TERMS:
            yield text


def forms(entry: Forms) -> dict[str, str]:
    return {"": entry} if isinstance(entry, str) else entry


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_no_module_shows_words_that_are_in_no_dictionary() -> None:
    names = [path.relative_to(FRONTEND).as_posix() for path in FRONTEND.rglob("*.js")]
    own = [name for name in names if not FOREIGN.match(name) and name != RANDOM_NAMES]
    assert len(own) > 50
    found = {f"{name}: {text}" for name in own for text in strings(name)}
    assert found == set()


@pytest.mark.parametrize("page", PAGES)
def test_all_that_the_html_says_is_marked(page: str) -> None:
    said = {text for text in marked(page).unmarked if not text.startswith("anonchat ")}
    assert said <= NAMES_OF_THINGS


def test_the_same_key_says_the_same_in_a_page_and_in_a_module() -> None:
    """English is not in one place: what always stands on the page is in its HTML, the rest in dictionaries."""
    for key in static().keys() & (dictionary("en").keys() | dictionary(LATER).keys()):
        assert english()[key] == static()[key], key
    assert not dictionary("en").keys() & dictionary(LATER).keys()
    assert dictionary(FIRST).items() <= dictionary("en").items()


def test_every_word_of_english_is_used() -> None:
    """By its key as a string; those of errors are named by the server's codes."""
    names = (path for path in FRONTEND.rglob("*.js") if path.parent.name != "languages")
    code = "\n".join(path.read_text() for path in names)
    used = set(re.findall(r'"([\w-]+)"', code))
    used |= {f"{head}{tail}" for head in ("was-", "wrong-") for tail in ("sending", "waiting", "sent", *KINDS)}
    used |= {f"server-{code}" for code in CODES} | set(KINDS)
    assert (dictionary("en").keys() | dictionary(LATER).keys()) - used == set()


KINDS = ("undecryptable", "newer", "forged", "replayed", "conflict")  # of messages that are not to be trusted
CODES = re.findall(
    r"^\| `(\w+)` \|", (ROOT / "docs/protocol.md").read_text().partition("| code | meaning |")[2].split("\n\n")[0], re.M
)


def test_every_code_of_a_server_s_error_has_its_sentence() -> None:
    assert len(CODES) > 5
    assert {key for key in english() if key.startswith("server-")} >= {f"server-{code}" for code in CODES}


@pytest.mark.parametrize("tag", languages())
def test_a_language_says_all_that_english_says_and_no_more(tag: str) -> None:
    assert dictionary(tag).keys() == english().keys()
    for key, text in dictionary(tag).items():
        assert all(form.strip() for form in forms(text).values()), key


@pytest.mark.parametrize("tag", languages())
def test_a_language_puts_the_same_into_its_sentences(tag: str) -> None:
    for key, text in dictionary(tag).items():
        expected = {name for form in forms(english()[key]).values() for name in placeholders(form)}
        for form in forms(text).values():
            assert placeholders(form) == expected, f"{key}: {form}"
            assert form.count("{") == form.count("}") == len(re.findall(r"\{\w+\}", form)), key
            assert not re.search(r"[<>]|&\w+;", form), f"{key} holds markup"


@pytest.mark.parametrize("tag", ["en", *languages()])
def test_a_language_has_all_its_plural_forms_where_english_has_some(tag: str) -> None:
    words = english() if tag == "en" else dictionary(tag)
    for key, text in words.items():
        assert isinstance(text, dict) == isinstance(english()[key], dict), key
        if isinstance(text, dict):
            assert set(text) == plurals(tag), key


@pytest.mark.parametrize("tag", languages())
def test_a_language_leaves_commands_as_they_are_typed(tag: str) -> None:
    text = dictionary(tag)["help"]
    assert isinstance(text, str)
    assert [line.split(" ")[0].removesuffix("me") for line in text.split("\n")] == [
        order.removesuffix("me") for order in ORDERS
    ]


@pytest.mark.parametrize("tag", languages())
def test_a_language_says_who_has_checked_it(tag: str) -> None:
    """Whoever mends one says so in its first line, and here."""
    first, _, _ = (FRONTEND / f"languages/{tag}.js").read_text().partition("\n")
    assert re.fullmatch(rf"// [A-Z][\w, ]+\. {re.escape(HONEST)}", first)
    mend = dictionary(tag)["mend"]
    assert isinstance(mend, str)
    assert "CONTRIBUTING.md" in mend
