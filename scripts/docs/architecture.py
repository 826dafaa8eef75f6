"""Draw docs/architecture.svg: who talks to what, and which modules are inside. `python -m scripts.docs.architecture`.

Routes and functions come from lambdas/routes.json, the layer's modules from the map in its `__init__`, and what each
function may do from its row, so that the picture cannot tell of anything that is not there.
"""

import ast
import json
import re
from xml.sax.saxutils import escape

from scripts import ROOT
from scripts.docs.draw import STYLE

TARGET = ROOT / "docs" / "architecture.svg"
MAP = ROOT / "shared/python/anonchat/__init__.py"
WIDTH = 1040
LINE = 24  # from one line of text to the next
TOP = 60

CLIENTS = (("The page", "frontend/"), ("Python client", "clients/python/"), ("any other", "docs/protocol.md"))


def rows() -> list[tuple[str, str]]:
    """Return each route with what serves it: the function's name, or nothing for a route that runs no code."""
    routes = json.loads((ROOT / "lambdas/routes.json").read_text())
    return [(key, row.get("function", "")) for key, row in routes.items()]


def layer() -> dict[str, list[str]]:
    """Return the layer's modules by the heading under which its map lists them."""
    groups: dict[str, list[str]] = {}
    heading = ""
    for line in (ast.get_docstring(ast.parse(MAP.read_text())) or "").splitlines():
        if module := re.match(r"    (\w+) ", line):
            groups[heading].append(module[1])
        elif line.endswith(":"):
            heading = line.rstrip(":")
            groups[heading] = []
    return groups


def text(x: int, y: int, words: str, kind: str = "") -> str:
    """Return one line of text. `kind` is a class of the style sheet."""
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x}" y="{y}">{escape(words)}</text>'


def box(x: int, y: int, width: int, height: int, kind: str = "box") -> str:
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="10"/>'


def arrow(x1: int, y1: int, x2: int, y2: int, *, both: bool = False) -> str:
    start = ' marker-start="url(#head)"' if both else ""
    return f'<path class="arrow"{start} marker-end="url(#head)" d="M{x1} {y1} L{x2} {y2}"/>'


def wrapped(modules: list[str], most: int) -> list[str]:
    """Return the names in lines of at most `most` characters."""
    lines = [""]
    for name in modules:
        if len(lines[-1]) + len(name) > most:
            lines.append("")
        lines[-1] += f"{name} · "
    return [line.removesuffix(" · ") for line in lines]


def drawing() -> str:
    """Return the picture: clients, gateway, functions, layer, and what the layer talks to, from left to right."""
    parts: list[str] = []
    for number, (title, where) in enumerate(CLIENTS):
        y = TOP + number * 90
        parts += [box(20, y, 150, 66), text(34, y + 28, title, "title"), text(34, y + 48, where, "small")]
        parts.append(arrow(170, y + 33, 240, y + 33, both=True))
    routes = rows()
    height = 62 + LINE * len(routes)
    parts += [box(240, TOP, 150, height), text(254, TOP + 28, "API Gateway", "title")]
    parts += [box(430, TOP, 170, height, "ours"), text(444, TOP + 28, "lambdas/", "title")]
    for number, (route, function) in enumerate(routes):
        y = TOP + 58 + LINE * number
        parts.append(text(254, y, route))
        if function:
            parts += [arrow(350, y - 5, 436, y - 5), text(444, y, f"{function}.py")]
    parts += _layer(TOP + 28)
    parts += _services(height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {_height(height)}" role="img" '
        'aria-label="Clients, API Gateway, one function for each route, the shared layer, the table and @connections">'
        f"<style>{STYLE}</style>"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto-start-reverse"><path d="M0 0 L8 4 L0 8 z" fill="#64748b"/></marker></defs>'
        f'<rect class="paper" width="{WIDTH}" height="{_height(height)}" rx="14"/>'
        '<text class="title" x="20" y="36">Who talks to what</text>'
    )
    return head + "".join(parts) + "</svg>\n"


def _layer(y: int) -> list[str]:
    lines = [(heading, wrapped(modules, 48)) for heading, modules in layer().items()]
    height = 52 + sum(LINE * (1 + len(modules)) for _, modules in lines)
    parts = [box(650, TOP, 370, height, "ours"), text(664, y, "The layer: shared/python/anonchat/", "title")]
    parts.append(arrow(600, TOP + 100, 650, TOP + 100))
    for heading, modules in lines:
        y += LINE
        parts.append(text(664, y, heading, "small"))
        for names in modules:
            y += LINE
            parts.append(text(676, y, names))
    return parts


def _services(gateway: int) -> list[str]:
    """Return what the layer talks to: the table, and the posts that go back through the gateway to the clients."""
    y = _height(gateway) - 90
    return [
        box(650, y, 370, 70),
        text(664, y + 28, "DynamoDB", "title"),
        text(664, y + 50, "one table of rows that expire; asked by table.py", "small"),
        arrow(835, y - 34, 835, y),
        box(240, y, 360, 70),
        text(254, y + 28, "@connections", "title"),
        text(254, y + 50, "posts to sockets; asked by connections.py", "small"),
        arrow(650, y - 50, 560, y),
        arrow(315, y, 315, TOP + gateway),
    ]


def _height(gateway: int) -> int:
    modules = sum(1 + len(wrapped(names, 48)) for names in layer().values())
    return TOP + max(gateway, 52 + LINE * modules) + 34 + 90


if __name__ == "__main__":
    TARGET.write_text(drawing())
    print(f"wrote {TARGET.relative_to(ROOT)}")
