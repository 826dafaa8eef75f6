"""SECURITY.md says what tests hold, sentence by sentence; and what it says of sources is looked up in them."""

import ast
import base64
import json
import re
import tomllib

import pytest

from anonchat import protocol
from scripts import ROOT
from tests.support.room import Room, code_of

PAGE = (ROOT / "SECURITY.md").read_text()
DEFINED = dict(re.findall(r'^\[(\d+)\]: (\S+ ".+")$', PAGE, re.MULTILINE))
BODY = re.sub(r"^\[\d+\]: .*$", "", PAGE, flags=re.MULTILINE)
FACTS = {"alarms", "answers", "api", "closed", "delivered", "expected", "failed", "gone", "of", "stage"}
DEPLOYED = [*(ROOT / "lambdas").glob("*.py"), *(ROOT / "shared/python/anonchat").glob("*.py")]


def sections() -> dict[str, str]:
    """Return the page's text by its headings. The lead, and how to report, claim nothing."""
    parts = re.split(r"^## (.+)$", BODY, flags=re.MULTILINE)[1:]
    return {head: text for head, text in zip(parts[::2], parts[1::2], strict=True) if head != "Reporting"}


@pytest.mark.parametrize("section", sections())
def test_every_sentence_of_security_md_ends_with_its_tests(section: str) -> None:
    without = re.findall(r"[^.!?]*[.!?](?=\s(?!\s*\[\d+\])|$)", " ".join(sections()[section].split()))
    assert without == []


def test_the_numbers_of_security_md_count_up_and_each_has_its_test() -> None:
    used = [int(number) for text in sections().values() for number in re.findall(r"(?<!\])\[(\d+)\](?!\()", text)]
    assert list(dict.fromkeys(used)) == list(range(1, len(DEFINED) + 1))
    assert [int(number) for number in DEFINED] == list(range(1, len(DEFINED) + 1))
    assert len(set(DEFINED.values())) == len(DEFINED), "a test has one number"


@pytest.mark.parametrize("named", DEFINED.values())
def test_a_test_that_security_md_names_is_there(named: str) -> None:
    file, _, quoted = named.partition(" ")
    title, text = quoted.strip('"'), (ROOT / file).read_text()
    if file.endswith(".py"):
        assert title.startswith("test_")
        assert title in {node.name for node in ast.walk(ast.parse(text)) if hasattr(node, "name")}
    elif file.endswith(".js"):
        assert f'test("{title}"' in text
    else:
        assert f'run "{title}" {{' in text


# --- what is looked up in the sources -----------------------------------------------------------------------


def test_a_client_tells_the_server_nothing_but_a_room_an_alias_and_texts() -> None:
    told = {name for kind in (protocol.Join, protocol.Send, protocol.Leave) for name in kind._fields}
    assert told == {"room", "alias", "since", "accepts", "page", "roster", "text", "client"}


def test_no_function_looks_at_an_address() -> None:
    """API Gateway puts it into every event. What nobody looks at is not stored, told or logged."""
    for path in DEPLOYED:
        words = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}
        assert not words & {"sourceIp", "identity", "userAgent", "X-Forwarded-For", "x-forwarded-for"}, path.name


def test_what_is_logged_are_counts_and_names_of_our_own() -> None:
    for path in DEPLOYED:
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "log":
                assert {each.arg for each in call.keywords} <= FACTS, f"{path.name}:{call.lineno}"
                assert not [node for node in ast.walk(call.args[0]) if isinstance(node, ast.Call)]


def test_a_new_connection_is_a_new_limit() -> None:
    """And nothing else would be possible: there is nobody to know again without storing who that is."""
    room = Room()
    room.enter("ann")
    for _ in range(30):
        room.send("ann")
    assert code_of(room.send, "ann") == protocol.RATE_LIMITED
    room.enter("anew")
    room.send("anew")
    assert len(room.heard("ann", "message")) == 1


def test_a_secret_is_compared_in_a_time_that_tells_nothing() -> None:
    """By hmac.compare_digest: `==` ends at the first letter that differs, which can be measured."""
    secrets = re.compile(r"signature|secret|digest|passw|\bmac\b|fingerprint")
    compared = []
    for path in [*DEPLOYED, *(ROOT / "local").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
                sides = [node.left, *node.comparators]
                if any(secrets.search(ast.unparse(side)) for side in sides) and not any(map(is_constant, sides)):
                    compared.append(f"{path.name}:{node.lineno} {ast.unparse(node)}")
    assert compared == []
    assert "hmac.compare_digest(" in (ROOT / "local/gateway/sigv4_verify.py").read_text(), "they are found at all"


def is_constant(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant)


# --- what this is made of -----------------------------------------------------------------------------------


def test_every_npm_package_is_pinned_with_its_hash() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    wanted = json.loads((ROOT / "package.json").read_text())
    assert locked[""]["devDependencies"] == wanted["devDependencies"], "make lock"
    for path, row in locked.items():
        if path and not row.get("inBundle"):
            [(kind, digest)] = re.findall(r"^(sha512)-([\w+/=]+)$", row["integrity"])
            assert (kind, len(base64.b64decode(digest))) == ("sha512", 64), path
            assert "resolved" not in row, f"{path} names a registry"
    assert "npm ci --ignore-scripts " in (ROOT / "scripts/setup/node").read_text(), "which installs nothing else"


def test_the_security_rules_of_the_linters_are_on() -> None:
    """Ruff's S rules are bandit's. Where they are off, nothing is deployed; asserts and jitter are explained there."""
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    assert {rule for rule in lint["ignore"] if rule.startswith("S")} == {"S101", "S311"}
    excused = {pattern for pattern, rules in lint["per-file-ignores"].items() if any(rule[0] == "S" for rule in rules)}
    assert excused == {"tests/**", "local/**", "scripts/**"}
    noqa = [path.name for path in DEPLOYED if re.search(r"noqa: ?S|noqa\s*$", path.read_text(), re.MULTILINE)]
    assert noqa == []
    biome = json.loads((ROOT / "biome.json").read_text())["linter"]["rules"]
    assert biome["security"] == {"noGlobalEval": "error", "noScriptUrl": "error"}
    assert "recommended" not in biome, "those that are recommended are on"
