"""Writes the tables of terraform/README.md: variables and outputs, of the root module and of bootstrap/.

`python -m scripts.docs.terraform_page`; tests/test_repository.py fails when the page is stale. What stands there is
what the sources say: each variable's type, default and description, each output's description.
"""

import re
from pathlib import Path

from scripts import ROOT

TERRAFORM = ROOT / "terraform"
TARGET = TERRAFORM / "README.md"
BLOCK = re.compile(r'^(variable|output) "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
ATTRIBUTE = r"^  {name} += (.*?)(?=^  \w|^\s*$|\Z)"

HEAD = """# The stack, as Terraform

`make deploy` applies this folder: a table, a function for each route, a WebSocket API, the page, and the guardrails.
[docs/architecture.md](../docs/architecture.md) has the map, [docs/troubleshooting.md](../docs/troubleshooting.md) what
to do when something fails. [examples/](examples) use the folder as a module: [the least](examples/minimal/main.tf),
and [two environments](examples/two-environments/main.tf), one of them at domain names of its own.

Values go into `terraform.tfvars` here, or wherever else Terraform looks. Each `env` is a stack with a state of its own,
and so is a second `region`; `scripts/terraform` takes the right one.

The tables are made of the sources by `.venv/bin/python -m scripts.docs.terraform_page`.
"""


def blocks(kind: str, *files: Path) -> list[tuple[str, str]]:
    """Return name and text of each block of this kind, in the order of the sources."""
    return [(name, text) for file in files for what, name, text in BLOCK.findall(file.read_text()) if what == kind]


def attribute(text: str, name: str) -> str:
    """Return what an attribute of a block says, on one line; empty if it is not there."""
    found = re.search(ATTRIBUTE.replace("{name}", name), text, re.MULTILINE | re.DOTALL)
    return " ".join(found.group(1).split()) if found else ""


def cell(text: str) -> str:
    return text.strip('"').replace("|", "\\|").replace('\\"', '"')


def code(text: str) -> str:
    return f"`{text}`" if text else ""


def kind_of(text: str) -> str:
    """Return a variable's type; of an object the names of what it holds."""
    kind, _, fields = attribute(text, "type").partition("({")
    names = re.findall(r"(\w+) +=", fields)
    return f"{kind} of {', '.join(names)}" if names else kind


def variables(*files: Path) -> str:
    rows = ["| variable | type | default | what it is |", "|---|---|---|---|"]
    for name, text in blocks("variable", *files):
        default = code(attribute(text, "default")) or "has to be given"
        rows.append(f"| {code(name)} | {kind_of(text)} | {cell(default)} | {cell(attribute(text, 'description'))} |")
    return "\n".join(rows) + "\n"


def outputs(file: Path) -> str:
    rows = ["| output | what it is |", "|---|---|"]
    rows += [f"| {code(name)} | {cell(attribute(text, 'description'))} |" for name, text in blocks("output", file)]
    return "\n".join(rows) + "\n"


def page() -> str:
    root, bootstrap = TERRAFORM, TERRAFORM / "bootstrap"
    return (
        "\n".join(
            [
                HEAD,
                "## What an owner may choose\n",
                variables(root / "settings.tf", root / "variables.tf"),
                "## What it says when it is there\n",
                outputs(root / "outputs.tf"),
                "## Once per account: bootstrap\n",
                "`make bootstrap` applies [bootstrap/](bootstrap): a bucket for the state, roles for GitHub Actions.\n",
                variables(bootstrap / "variables.tf"),
                outputs(bootstrap / "outputs.tf"),
            ]
        ).rstrip("\n")
        + "\n"
    )


if __name__ == "__main__":
    TARGET.write_text(page())
    print(f"wrote {TARGET.relative_to(ROOT)}")
