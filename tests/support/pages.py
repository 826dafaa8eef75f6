"""What the pages of the documentation name, so that tests can look whether it is there."""

import re

FILE = re.compile(r"[\w.-]+(?:/[\w.-]*)+|[\w-]+\.(?:md|py|toml|json|in|txt|js|tf)|Makefile")


def named_files(page: str) -> set[str]:
    """Return the paths in backticks, from the root of the repository. What holds a space or a sign is a command."""
    return {name for name in re.findall(r"`([^`\n]+)`", page) if FILE.fullmatch(name)}


def linked_files(page: str) -> set[str]:
    """Return what the page's links lead to, as they are written, without those to other places."""
    return set(re.findall(r"\]\((?!https?:|#)([^)#\s]+)[^)]*\)", page))


def make_targets(page: str) -> set[str]:
    """Return the targets of make that the page tells people to use."""
    return set(re.findall(r"(?:^|`|\$ |=\S+ |&& )make ([a-z][a-z-]*)", page, re.MULTILINE))


def table_rows(page: str, first_column: str) -> list[list[str]]:
    """Return the cells of each row of the page's table whose head begins with this column."""
    _, _, rest = page.partition(f"\n| {first_column} |")
    rows = []
    for line in rest.splitlines()[2:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows
