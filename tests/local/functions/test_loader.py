"""Functions loaded from source, sharing nothing, each with environment variables of its own."""

import os
import sys

import pytest

from local.functions.contract import LoadError
from tests.support.source_tree import Tree


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
    ("text", "sentence"),
    [
        ("def handler(event, context):\n    return (", r"buy\.py, line 2: SyntaxError: '\(' was never closed"),
        ("import os\n\nos.environ['NO_SUCH_NAME']", r"buy\.py, line 3: KeyError: 'NO_SUCH_NAME'"),
        ("from shop import nothing", r"buy\.py, line 1: ImportError: cannot import name 'nothing'"),
        ("def handle(event, context): ...", "has no attribute 'handler'"),
        ("raise SystemExit('no')", r"buy\.py, line 1: SystemExit: no"),
        ("from shop import broken", r"broken\.py, line 2: ZeroDivisionError"),
    ],
)
def test_a_function_that_does_not_load_is_told_with_file_and_line(tree: Tree, text: str, sentence: str) -> None:
    tree.write("layer/shop/broken.py", "\n1 / 0")
    tree.write("lambdas/buy.py", text)
    with pytest.raises(LoadError, match=sentence):
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
