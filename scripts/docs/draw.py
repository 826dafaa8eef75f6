"""Draws docs/message.svg: how one message travels and what it costs. `python -m scripts.docs.draw` writes it anew."""

from xml.sax.saxutils import escape

from scripts import ROOT

TARGET = ROOT / "docs" / "message.svg"
WIDTH, HEIGHT = 960, 390

STYLE = """
  text { font: 15px system-ui, sans-serif; fill: #1f2937 }
  .title { font-weight: 600 }
  .small { font-size: 13px; fill: #4b5563 }
  .step { font-weight: 700; fill: #fff; font-size: 13px }
  .box { fill: #f8fafc; stroke: #94a3b8 }
  .ours { fill: #ecfdf5; stroke: #10b981 }
  .arrow { stroke: #475569; fill: none }
  .dot { fill: #0f766e }
  .paper { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e5e7eb }
    .small { fill: #9ca3af }
    .step { fill: #fff }
    .box { fill: #111827; stroke: #4b5563 }
    .ours { fill: #052e2b; stroke: #34d399 }
    .arrow { stroke: #9ca3af }
    .paper { fill: #0b1220 }
  }
"""

# x, y, width, height, title, second line, class
BOXES = (
    (20, 150, 150, 90, "Ann's browser", "a page, no account", "box"),
    (250, 60, 170, 270, "API Gateway", "holds the sockets", "box"),
    (500, 60, 170, 120, "send", "a Lambda function", "ours"),
    (760, 60, 180, 120, "DynamoDB", "one table, TTL", "box"),
    (20, 290, 150, 80, "everybody else", "in the room", "box"),
)

# step, x1, y1, x2, y2, text, dx, dy
ARROWS = (
    (1, 170, 180, 250, 180, "send", -14, -12),
    (2, 420, 100, 500, 100, "event", -18, -12),
    (3, 670, 85, 760, 85, "count", -20, -10),
    (4, 670, 120, 760, 120, "keep", -20, -10),
    (5, 670, 155, 760, 155, "who?", -20, -10),
    (6, 540, 180, 420, 270, "post to each", 12, 8),
    (7, 250, 310, 170, 330, "", 0, 0),
    (8, 250, 215, 170, 215, "echo", -14, 22),
)

NOTES = (
    "1 write unit: here, in this room, under 30 a minute? Gives the alias",
    "1 write unit: the message, for 10 minutes",
    "1 read unit, strongly consistent: keep first, then look who is here",
    "1 API Gateway message a member; the echo last of all",
)


def box(x: int, y: int, width: int, height: int, title: str, line: str, kind: str) -> str:
    return (
        f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="10"/>'
        f'<text class="title" x="{x + 14}" y="{y + 28}">{escape(title)}</text>'
        f'<text class="small" x="{x + 14}" y="{y + 48}">{escape(line)}</text>'
    )


def arrow(step: int, x1: int, y1: int, x2: int, y2: int, text: str, dx: int, dy: int) -> str:
    mx, my = (x1 + x2) // 2, (y1 + y2) // 2
    label = f'<text class="small" x="{mx + dx}" y="{my + dy}">{escape(text)}</text>' if text else ""
    return (
        f'<path class="arrow" marker-end="url(#head)" d="M{x1} {y1} L{x2} {y2}"/>{label}'
        f'<circle class="dot" cx="{x1 + (x2 - x1) // 5}" cy="{y1 + (y2 - y1) // 5}" r="9"/>'
        f'<text class="step" text-anchor="middle" x="{x1 + (x2 - x1) // 5}" y="{y1 + (y2 - y1) // 5 + 5}">{step}</text>'
    )


def drawing() -> str:
    notes = "".join(
        f'<text class="small" x="450" y="{262 + 26 * line}"><tspan class="title">{label}</tspan>  {escape(note)}</text>'
        for line, (label, note) in enumerate(zip(("3", "4", "5", "6-8"), NOTES, strict=True))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="How one message travels: browser, API Gateway, the send function, DynamoDB, and back">'
        f"<style>{STYLE}</style>"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z" fill="#64748b"/></marker></defs>'
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="14"/>'
        '<text class="title" x="20" y="36">How one message travels</text>'
        + "".join(box(*each) for each in BOXES)
        + "".join(arrow(*each) for each in ARROWS)
        + notes
        + "</svg>\n"
    )


if __name__ == "__main__":
    TARGET.write_text(drawing())
    print(f"wrote {TARGET.relative_to(ROOT)}")
