"""Which source files changed."""

from local.functions.reload import Sources
from tests.support.source_tree import Tree


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
