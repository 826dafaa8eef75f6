"""Charts as SVG, for docs: bars beside each other, bars of parts, and lines; in light and dark."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, LEFT, TOP, BOTTOM, RIGHT, ROW = 960, 280, 64, 34, 110, 30
COLOURS = 6
STYLE = """
  text { font: 14px system-ui, sans-serif; fill: #1f2937 }
  .title { font-size: 16px; font-weight: 600 }
  .small { font-size: 12px; fill: #4b5563 }
  .paper { fill: #fff }
  .grid { stroke: #d1d5db; fill: none }
  .line { fill: none; stroke-width: 2.5 }
  .c0 { fill: #0f766e; stroke: #0f766e } .c1 { fill: #b45309; stroke: #b45309 } .c2 { fill: #4338ca; stroke: #4338ca }
  .c3 { fill: #be185d; stroke: #be185d } .c4 { fill: #4d7c0f; stroke: #4d7c0f } .c5 { fill: #6b7280; stroke: #6b7280 }
  rect[class^=c], circle { stroke: none } .line { fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #e5e7eb } .small { fill: #9ca3af } .paper { fill: #0b1220 } .grid { stroke: #374151 }
    .c0 { fill: #2dd4bf; stroke: #2dd4bf } .c1 { fill: #f59e0b; stroke: #f59e0b } .c2 { fill: #818cf8; stroke: #818cf8 }
    .c3 { fill: #f472b6; stroke: #f472b6 } .c4 { fill: #a3e635; stroke: #a3e635 } .c5 { fill: #9ca3af; stroke: #9ca3af }
    .line { fill: none }
  }
"""


def svg(height: float, title: str, about: str, inside: Sequence[str]) -> str:
    """Return a whole picture. `about` is what it says, for who does not see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-label="{escape(about, {chr(34): "&quot;"})}"><style>{STYLE}</style>'
        f'<rect class="paper" width="{WIDTH}" height="{height:g}" rx="14"/>'
        f'<text class="title" x="20" y="32">{escape(title)}</text>' + "\n".join(inside) + "</svg>\n"
    )


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    kind = f' class="{kind}"' if kind else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def legend(names: Sequence[str], x: float) -> list[str]:
    """Return names with their colours, in one line under the title."""
    found = []
    for number, name in enumerate(names):
        found.append(f'<rect class="c{number % COLOURS}" x="{x:.1f}" y="43" width="12" height="12" rx="2"/>')
        found.append(text(x + 17, 54, name, "small"))
        x += 34 + 6.6 * len(name)
    return found


def bars(title: str, rows: Mapping[str, Mapping[str, float]], said: Mapping[str, str], left: float = LEFT) -> str:
    """Draw one bar for each row, made of its parts, and at its end what is `said` of it."""
    parts = [*dict.fromkeys(part for row in rows.values() for part in row)]
    most = max(sum(row.values()) for row in rows.values())
    scale = (WIDTH - left - RIGHT) / most
    inside = legend(parts, left) if len(parts) > 1 else []
    for number, (name, row) in enumerate(rows.items()):
        y, x = TOP + number * ROW, left
        inside.append(text(left - 12, y + 19, name, anchor="end"))
        for part, amount in row.items():
            colour, width = parts.index(part) % COLOURS, amount * scale
            inside.append(f'<rect class="c{colour}" x="{x:.1f}" y="{y + 4}" width="{width:.1f}" height="20"/>')
            x += width
        inside.append(text(x + 8, y + 19, said[name]))
    about = f"{title}: " + "; ".join(f"{name} {said[name]}" for name in rows)
    return svg(TOP + len(rows) * ROW + BOTTOM / 2, title, about, inside)


def lines(title: str, across: Sequence[float], series: Mapping[str, Sequence[float]], axes: tuple[str, str]) -> str:
    """Draw lines over `across`, both axes by powers of ten. `axes` name what goes across, and up in dollars."""
    height, left, values = 440, 90, [each for row in series.values() for each in row]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    wide, tall = WIDTH - left - 300, height - TOP - 60

    def point(x: float, y: float) -> tuple[float, float]:
        first, last = math.log10(across[0]), math.log10(across[-1])
        at = (math.log10(x) - first) / (last - first)
        return left + at * wide, TOP + tall * (1 - (math.log10(y) - low) / (high - low))

    inside = []
    for power in range(low, high + 1):
        y = point(across[0], 10.0**power)[1]
        inside.append(f'<path class="grid" d="M{left} {y:.1f} h{wide}"/>')
        inside.append(text(left - 8, y + 4, f"${10.0**power:,.{max(0, -power)}f}", "small", "end"))
    inside += [text(point(x, 10.0**low)[0], TOP + tall + 20, f"{x:,g}", "small", "middle") for x in across]
    inside += [text(left + wide / 2, height - 14, axes[0], "small", "middle"), text(20, 54, axes[1], "small")]
    ends = spread({name: point(across[-1], row[-1])[1] for name, row in series.items()})
    for number, (name, row) in enumerate(series.items()):
        path = " ".join(f"{x:.1f} {y:.1f}" for x, y in map(point, across, row))
        inside.append(f'<path class="line c{number % COLOURS}" d="M{path}"/>')
        inside.append(text(left + wide + 10, ends[name] + 4, name, "small"))
    about = f"{title}: " + "; ".join(f"{name} from ${row[0]:,.3g} to ${row[-1]:,.3g}" for name, row in series.items())
    return svg(height, title, about, inside)


def spread(wanted: Mapping[str, float], apart: float = 16) -> dict[str, float]:
    """Return places near the wanted ones, so far apart that words do not cover each other."""
    found: dict[str, float] = {}
    for name in sorted(wanted, key=lambda each: wanted[each]):
        found[name] = max(wanted[name], max(found.values(), default=-apart) + apart)
    return found
