"""A working tree with functions and a layer, small enough to see through."""

from pathlib import Path
from textwrap import dedent

from local.functions.contract import Handler
from local.functions.loader import load_function


class Tree:
    """Write files below a folder, and load functions from there."""

    def __init__(self, folder: Path) -> None:
        self.lambdas = folder / "lambdas"
        self.layer = folder / "layer"
        self.write("layer/shop/__init__.py", "")
        self.write("layer/shop/till.py", "takings = 0")

    def write(self, path: str, text: str) -> None:
        file = self.lambdas.parent / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text))

    def load(self, *names: str, **environ: str) -> dict[str, Handler]:
        return {name: load_function(name, self.lambdas, self.layer, environ) for name in names}
