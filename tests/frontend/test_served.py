"""What Terraform serves of the modules: the code without comments and margins, and nothing of it missing."""

import json
import re
import subprocess
from pathlib import Path

from scripts import ROOT
from tests.support.node import node
from tests.support.served_page import FRONTEND, served


def test_only_comments_and_white_space_are_missing_from_the_served_modules(tmp_path: Path) -> None:
    """The compiler, which knows a comment from a string that looks like one, finds the same code in both.

    Strings and templates have to be the same to the letter: nobody formats those.
    """
    names = [path.relative_to(FRONTEND).as_posix() for path in FRONTEND.rglob("*.js")]
    for name in names:
        (tmp_path / "served" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "served" / name).write_text(served(name))
    for kind, folder in (("before", FRONTEND), ("after", tmp_path / "served")):
        emit(folder, tmp_path / kind)
        set_in_order(tmp_path / kind)
    for name in names:
        assert (tmp_path / "after" / name).read_text() == (tmp_path / "before" / name).read_text(), name
    assert "\n// " in (FRONTEND / "main.js").read_text()
    assert not re.search(r"^\s|^// |; // [a-z ]*$| = |;\n", served("main.js"), re.MULTILINE)


def emit(folder: Path, to: Path) -> None:
    """Return all modules of a folder without any comment, by the TypeScript compiler."""
    options = [
        "--allowJs",
        "--removeComments",
        "--skipLibCheck",
        "--noCheck",
        "--target",
        "esnext",
        "--module",
        "esnext",
    ]
    where = ["--rootDir", folder, "--outDir", to]
    compiler = [node(), ROOT / "node_modules/typescript/lib/tsc.js"]
    # It complains of types it is not shown, and emits all the same.
    subprocess.run(
        list(map(str, [*compiler, "--ignoreConfig", *options, *where, *folder.rglob("*.js")])),
        capture_output=True,
        check=False,
    )


def set_in_order(folder: Path) -> None:
    """Format all modules of a folder the same way, however they are written."""
    (folder / "biome.json").write_text(json.dumps({"javascript": {"formatter": {"expand": "never"}}}))
    biome = ROOT / "node_modules/@biomejs/biome/bin/biome"
    subprocess.run([node(), biome, "format", "--write", "."], cwd=folder, capture_output=True, check=True)
