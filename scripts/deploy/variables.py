"""The variables of a root module as Terraform reads them: no state, no provider and no AWS is needed.

`terraform console` reads them, in a scratch folder with nothing but their declarations and the owner's files of values.
So files, environment, -var and -var-file count as they do in an apply. Standard library only: scripts/terraform asks.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

SECONDS = 60
DECLARATION = re.compile(r'^variable "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
VALIDATION = re.compile(r"^  validation \{\n.*?^  \}\n", re.MULTILINE | re.DOTALL)
TYPE = re.compile(r"^  type +=.*?(?=^  \w|\Z)", re.MULTILINE | re.DOTALL)
FILES = ("terraform.tfvars", "terraform.tfvars.json", "*.auto.tfvars", "*.auto.tfvars.json")


class CannotRead(Exception):
    """The values cannot be read; the text is Terraform's own, or says what is missing."""


def read(folder: Path, arguments: Sequence[str] = (), without: Iterable[str] = ()) -> dict[str, Any]:
    """Return the value of each variable, defaults included. Raise CannotRead.

    `arguments` are -var and -var-file; files named in `without` do not count.
    Whether the value is a sensible one is not looked at: Terraform says that itself, with a sentence for each.
    """
    return _console(folder, _declarations(folder), arguments, without)


def given(folder: Path, arguments: Sequence[str] = (), without: Iterable[str] = ()) -> dict[str, Any]:
    """Return what the owner has given, and nothing else: as `read`, without the defaults."""
    bare = {name: _without_default(block) for name, block in _declarations(folder).items()}
    found = _console(folder, bare, arguments, without)
    return {name: value for name, value in found.items() if value is not None}


def arguments_of(command: str, arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the -var and -var-file that this command of Terraform gets, those of TF_CLI_ARGS included."""
    several = [environ.get(name, "") for name in (f"TF_CLI_ARGS_{command}", "TF_CLI_ARGS")]
    try:
        words = [*(word for text in several for word in shlex.split(text)), *arguments]
    except ValueError as problem:
        raise CannotRead(f"TF_CLI_ARGS cannot be read: {problem}.") from None
    kept: list[str] = []
    for word, following in pairwise([*words, ""]):
        option = "-" + word.lstrip("-")
        if option in ("-var", "-var-file"):
            kept.append(f"{option}={following}")
        elif option.startswith(("-var=", "-var-file=")):
            kept.append(option)
    return kept


def _declarations(folder: Path) -> dict[str, str]:
    """Return the text of each, by name, without its validations."""
    texts = [path.read_text() for path in sorted(folder.glob("*.tf"))]
    return {name: VALIDATION.sub("", block) for text in texts for name, block in DECLARATION.findall(text)}


def _without_default(block: str) -> str:
    kind = TYPE.search(block)
    return (kind.group() if kind else "") + "  default = null\n"


def _console(
    folder: Path, declarations: Mapping[str, str], arguments: Sequence[str], without: Iterable[str]
) -> dict[str, Any]:
    with TemporaryDirectory() as scratch:
        blocks = [f'variable "{name}" {{\n{block}}}\n' for name, block in declarations.items()]
        (Path(scratch) / "variables.tf").write_text("\n".join(blocks))
        for path in (path for pattern in FILES for path in folder.glob(pattern)):
            if path.name not in without:
                (Path(scratch) / path.name).write_bytes(path.read_bytes())
        values = ", ".join(f"{name} = var.{name}" for name in declarations)
        return _ask(scratch, f"jsonencode({{ {values} }})", _absolute(folder, arguments))


def _absolute(folder: Path, arguments: Sequence[str]) -> list[str]:
    """Name a -var-file from the root: it is relative to the root module, and the scratch folder is elsewhere."""
    split = [argument.partition("=") for argument in arguments]
    return [f"{option}={folder.resolve() / value if option == '-var-file' else value}" for option, _, value in split]


def _ask(scratch: str, expression: str, arguments: Sequence[str]) -> dict[str, Any]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TF_CLI_ARGS", "TF_DATA_DIR"))}
    try:
        asked = subprocess.run(
            ["terraform", "console", "-no-color", *arguments],
            cwd=scratch,
            env=environ,
            input=expression + "\n",
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    except FileNotFoundError:
        raise CannotRead("Terraform is not on PATH, and it is what reads the variables.") from None
    except subprocess.TimeoutExpired:
        raise CannotRead(f"Terraform did not read the variables within {SECONDS} seconds.") from None
    try:
        return dict(json.loads(json.loads(asked.stdout)))
    except (ValueError, TypeError):  # it has complained, with or without an exit code that says so
        raise CannotRead((asked.stderr + asked.stdout).strip()) from None
