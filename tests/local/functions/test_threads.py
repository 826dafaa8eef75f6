"""Functions in threads: loaded from source, sharing nothing, each with an environment of its own."""

import asyncio
import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent

import pytest

from local.functions.contract import FunctionError, FunctionTimeout, LoadError
from local.functions.credentials import use_local_credentials
from local.functions.loader import load_function
from local.functions.reload import Sources
from local.functions.threads import ThreadFunction


class Tree:
    """A working tree with functions and a layer, small enough to see through."""

    def __init__(self, folder: Path) -> None:
        self.lambdas = folder / "lambdas"
        self.layer = folder / "layer"
        self.write("layer/shop/__init__.py", "")
        self.write("layer/shop/till.py", "takings = 0")

    def write(self, path: str, text: str) -> None:
        file = self.lambdas.parent / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text))

    def load(self, *names: str, **environ: str):
        return {name: load_function(name, self.lambdas, self.layer, environ) for name in names}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def test_two_functions_share_no_memory(tree: Tree) -> None:
    for name in ("buy", "sell"):
        tree.write(
            f"lambdas/{name}.py",
            """
            from shop import till

            def handler(event, context):
                till.takings += 1
                return till.takings
            """,
        )
    functions = tree.load("buy", "sell")
    assert [functions["buy"]({}, None), functions["buy"]({}, None), functions["sell"]({}, None)] == [1, 2, 1]


def test_a_function_sees_its_environment_and_its_name_as_access_key_while_it_loads(tree: Tree) -> None:
    tree.write("lambdas/buy.py", "import os\nseen = dict(os.environ)\ndef handler(event, context): return seen")
    seen = tree.load("buy", TABLE_NAME="sales")["buy"]({}, None)
    assert (seen["TABLE_NAME"], seen["AWS_ACCESS_KEY_ID"], seen["AWS_SECRET_ACCESS_KEY"]) == ("sales", "buy", "local")


def test_sets_with_different_environments_live_side_by_side_and_leave_the_process_as_it_was(tree: Tree) -> None:
    tree.write("lambdas/buy.py", "import os\nname = os.environ['TABLE_NAME']\ndef handler(event, context): return name")
    environ, modules, finders = dict(os.environ), dict(sys.modules), list(sys.meta_path)
    functions = [tree.load("buy", TABLE_NAME=name)["buy"] for name in ("one", "two")]
    assert [function({}, None) for function in functions] == ["one", "two"]
    assert (dict(os.environ), dict(sys.modules), list(sys.meta_path)) == (environ, modules, finders)


def test_each_function_signs_with_its_own_name(tree: Tree) -> None:
    for name in ("buy", "sell"):
        tree.write(
            f"lambdas/{name}.py",
            """
            import boto3
            client = boto3.client("dynamodb", endpoint_url="http://127.0.0.1:9")

            def handler(event, context):
                url = client.generate_presigned_url("list_tables")
                return url.partition("Credential=")[2].partition("%2F")[0]
            """,
        )
    functions = tree.load("buy", "sell")
    assert {name: function({}, None) for name, function in functions.items()} == {"buy": "buy", "sell": "sell"}


def test_a_function_has_its_own_file_and_the_layer_but_no_other_function(tree: Tree) -> None:
    tree.write("lambdas/buy.py", "def handler(event, context): ...")
    tree.write("lambdas/sell.py", "import buy\ndef handler(event, context): ...")
    with pytest.raises(LoadError, match=r"sell\.py, line 1: ModuleNotFoundError: No module named 'buy'"):
        tree.load("buy", "sell")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("def handler(event, context):\n    return (", r"buy\.py, line 2: SyntaxError: '\(' was never closed"),
        ("import os\n\nos.environ['NO_SUCH_NAME']", r"buy\.py, line 3: KeyError: 'NO_SUCH_NAME'"),
        ("from shop import nothing", r"buy\.py, line 1: ImportError: cannot import name 'nothing'"),
        ("def handle(event, context): ...", "has no attribute 'handler'"),
        ("raise SystemExit('no')", r"buy\.py, line 1: SystemExit: no"),
        ("from shop import broken", r"broken\.py, line 2: ZeroDivisionError"),
    ],
)
def test_a_function_that_does_not_load_is_told_with_file_and_line(tree: Tree, text: str, complaint: str) -> None:
    tree.write("layer/shop/broken.py", "\n1 / 0")
    tree.write("lambdas/buy.py", text)
    with pytest.raises(LoadError, match=complaint):
        tree.load("buy")


def test_a_second_edit_within_the_same_second_is_seen(tree: Tree) -> None:
    answers = []
    for digit in "123":
        tree.write(
            "lambdas/buy.py", f"from shop.price import price\ndef handler(event, context): return price + {digit}0"
        )
        tree.write("layer/shop/price.py", f"price = {digit}")
        answers.append(tree.load("buy")["buy"]({}, None))
    assert answers == [11, 22, 33]


async def test_invocations_run_side_by_side_off_the_event_loop(pool: ThreadPoolExecutor) -> None:
    together = threading.Barrier(3, timeout=10)
    function = ThreadFunction("meet", lambda event, context: together.wait() >= 0, pool)
    assert await asyncio.gather(*(function.invoke({}) for _ in range(3))) == [True] * 3


async def test_a_handler_knows_its_name_and_how_much_time_it_has(pool: ThreadPoolExecutor) -> None:
    def handler(event, context):
        return [context.function_name, 0 < context.get_remaining_time_in_millis() <= 10_000]

    assert await ThreadFunction("buy", handler, pool).invoke({}) == ["buy", True]


async def test_a_handler_that_raises_is_an_error_and_its_traceback_is_logged(pool: ThreadPoolExecutor) -> None:
    lines: list[tuple[str, str]] = []
    function = ThreadFunction("buy", lambda event, context: 1 / 0, pool, log=lambda *line: lines.append(line))
    with pytest.raises(FunctionError):
        await function.invoke({})
    assert lines[-1] == ("buy", "ZeroDivisionError: division by zero")
    assert any("test_threads.py" in line for _, line in lines)


async def test_a_handler_that_takes_too_long_is_a_timeout(pool: ThreadPoolExecutor) -> None:
    end = threading.Event()
    function = ThreadFunction("buy", lambda event, context: end.wait(10), pool, timeout=0.05)
    with pytest.raises(FunctionTimeout, match="buy was not done after"):
        await function.invoke({})
    end.set()


def test_nobody_signs_with_the_owners_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the owner's")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the owner's")
    for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.setenv(name, "the owner's")
    use_local_credentials()
    assert "the owner's" not in os.environ.values()


def test_sources_tell_what_is_new_changed_and_gone(tree: Tree) -> None:
    tree.write("lambdas/buy.py", "1")
    tree.write("lambdas/sell.py", "1")
    sources = Sources([tree.lambdas, tree.layer])
    assert sources.changed() == []
    tree.write("lambdas/buy.py", "22")
    tree.write("lambdas/routes.json", "{}")
    tree.write("lambdas/notes.txt", "")
    (tree.lambdas / "sell.py").unlink()
    assert sources.changed() == ["buy.py", "routes.json", "sell.py"]
    assert sources.changed() == []
