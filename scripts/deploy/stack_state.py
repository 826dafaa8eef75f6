"""Where the state of a stack lies: each `app` and `env` has its own, and so has a second region.

scripts/terraform asks here before every command, so that choosing another `env` in the same folder never applies it to
the state of another stack, which would replace that stack. What this prints are shell variables: what Terraform is to
be told. Standard library only.

Without a backend the first stack of a folder has Terraform's own file, terraform.tfstate, and others have NAME.tfstate
beside it. A state says itself whose it is. With a backend in S3 the key in its file is that of `env` prod, or of the
stack that a comment `# stack: NAME` in the file names; others have a key beside it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from scripts.deploy import variables

OWN = "terraform.tfstate"  # Terraform's own name for it
TAKES_A_STATE = {"plan", "apply", "destroy", "refresh", "output", "console", "import", "taint", "untaint"}
TAKES_A_STATE |= {f"state {command}" for command in ("list", "mv", "replace-provider", "rm", "show")}
OWN_ONLY = {"force-unlock", "workspace", "state pull", "state push"}  # Terraform lets them have no other file
WORTH_SAYING = {"init", "plan", "apply", "destroy"}
GOES_TO_AWS = {"plan", "apply", "destroy"}


class NoState(Exception):
    """It cannot be told which state is meant, or a command cannot be told; the text says why."""


@dataclass(frozen=True)
class Place:
    """Of a state: a file beside the configuration, or a key in the backend's bucket. Both empty: Terraform's own."""

    file: str = ""
    key: str = ""

    @property
    def data(self) -> str:
        """Terraform's working folder, below the configuration's; empty for its own, .terraform."""
        name = PurePosixPath(self.key or self.file).stem
        return f".terraform/stacks/{name}" if name else ""


def place(folder: Path, arguments: Sequence[str] = ()) -> Place:
    """Return where the state of the chosen stack lies. Raise NoState or variables.CannotRead."""
    chosen = variables.read(folder, arguments)
    name, region = f"{chosen['app']}-{chosen['env']}", chosen["region"]
    backend = _backend(folder)
    if backend is None:
        return Place(file=_file(folder, name, region))
    if "key" not in backend:  # another kind of backend: home.tf still refuses to replace a stack
        return Place()
    stack = backend.get("stack", f"{chosen['app']}-prod")
    elsewhere = region not in ("", backend.get("region"))
    if name == stack and not elsewhere:
        return Place()
    key = PurePosixPath(backend["key"]).with_name(f"{name}{f'.{region}' if elsewhere else ''}.tfstate")
    return Place(key=str(key))


def _backend(folder: Path) -> dict[str, str] | None:
    for text in (path.read_text() for path in sorted(folder.glob("*.tf"))):
        if found := re.search(r'^\s*(?:backend "(\w+)"|cloud) \{\n(.*?)^\s*\}', text, re.MULTILINE | re.DOTALL):
            settings = dict(re.findall(r'^\s*(\w+)\s*=\s*"([^"]*)"', found.group(2), re.MULTILINE))
            stack = dict(re.findall(r"^\s*# (stack): ([a-z0-9-]+)$", text, re.MULTILINE))
            return settings | stack if found.group(1) == "s3" else {}
    return None


def _file(folder: Path, name: str, region: str) -> str:
    """Return the file that holds this stack, or else the first one that is free; empty for Terraform's own."""
    files = [OWN, f"{name}.tfstate", *([f"{name}.{region}.tfstate"] if region else [])]
    held = {file: _held(folder / file) for file in files}
    ours = [file for file in files if _is(held[file], name, region)]
    free = [file for file in files if held[file] is None]
    if not ours + free:
        raise NoState(f"{', '.join(files)}: each holds another stack. Set `region` to the one of the stack you mean.")
    file = (ours + free)[0]
    return "" if file == OWN else file


def _is(held: tuple[str, str] | None, name: str, region: str) -> bool:
    """Tell whether that is this stack. An apply that failed early says not what it made: then home.tf judges."""
    if held is None:
        return False
    return held[0] in ("", name) and (not region or held[1] in ("", region))


def _held(path: Path) -> tuple[str, str] | None:
    """Return name and region of the stack in a state, each empty if not known; None if nothing is in it."""
    if not path.exists() or not path.stat().st_size:
        return None
    try:
        state: dict[str, Any] = json.loads(path.read_text())
        if not state.get("resources"):
            return None
        outputs = {name: output["value"] for name, output in state.get("outputs", {}).items()}
        home = _home(state["resources"]) or {"stack": outputs.get("table_name"), "region": outputs.get("region")}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise NoState(f"{path.name} is not a state of Terraform's. Put it away, or its backup in its place.") from None
    return home["stack"] or "", home["region"] or ""


def _home(resources: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return what home.tf wrote down at the first apply. Older stacks have their outputs only."""
    homes = [each for each in resources if (each["type"], each["name"]) == ("terraform_data", "home")]
    return dict(homes[0]["instances"][0]["attributes"]["output"]["value"]) if homes else None


def refuse_elsewhere(folder: Path, place: Place, arguments: Sequence[str]) -> None:
    """Raise NoState if the shell is in another region than the stack was made in, and nothing else says where it is.

    home.tf says the same, but among an error for each thing that is not found there.
    """
    held = None if place.key else _held(folder / (place.file or OWN))
    shell = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not held or not held[1] or shell in (None, held[1]) or variables.read(folder, arguments)["region"]:
        return
    raise NoState(
        f"This stack was made in {held[1]}, and you are in {shell}. Set `region` in terraform.tfvars: to {held[1]} for "
        f"this stack, to {shell} for one more."
    )


# --- what scripts/terraform is told ---------------------------------------------------------------------------


def told(place: Place, command: str, arguments: Sequence[str]) -> dict[str, str]:
    """Return what to tell Terraform besides the user's `arguments`. Raise NoState.

    `options` come first, `last` is behind the arguments, and `data` is TF_DATA_DIR; each may be empty.
    """
    whole = f"{command} {arguments[0]}" if command == "state" and arguments else command
    options = last = ""
    if place.file and {command, whole} & OWN_ONLY:
        raise NoState(f"terraform {whole} knows {OWN} only, and this stack's state is {place.file}.")
    if place.key and command == "init":
        options = f"-backend-config=key={place.key}"
    elif place.file and whole in TAKES_A_STATE:
        options = f"-state={place.file}"
    elif place.file and command == "show" and all(word.startswith("-") for word in arguments):
        last = place.file
    where = place.file or place.key
    said = f"The state of this stack is {where}." if where and command in WORTH_SAYING else ""
    return {"options": options, "last": last, "data": "" if "TF_DATA_DIR" in os.environ else place.data, "said": said}


def main(folder: str, command: str, *arguments: str) -> int:
    try:
        values = variables.arguments_of(command, arguments)
        where = place(Path(folder), values)
        if command in GOES_TO_AWS:
            refuse_elsewhere(Path(folder), where, values)
        found = told(where, command, arguments) | {"values": shlex.join(values)}
    except (variables.CannotRead, NoState) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print("\n".join(f"chosen_{name}={shlex.quote(value)}" for name, value in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
