"""Pictures of pages, small enough to be kept in a repository: PNGs of few colours."""

import base64
import zlib
from collections import Counter
from struct import pack

from playwright.async_api import Page

COLOURS = 256  # as many as one byte a pixel tells apart
PIXELS = """async (png) => {
  const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (byte) => byte.charCodeAt(0))]));
  const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, picture.width, picture.height);
  let text = "";
  for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
  return [picture.width, picture.height, btoa(text)];
}"""


async def take(page: Page, colours: int = COLOURS) -> bytes:
    """Return what the page shows now, as a PNG. Each rare colour becomes the frequent one nearest to it."""
    png = base64.b64encode(await page.screenshot()).decode()
    width, height, pixels = await page.evaluate(PIXELS, png)
    return encode(width, height, base64.b64decode(pixels), colours)


def encode(width: int, height: int, pixels: bytes, colours: int) -> bytes:
    """Return a PNG of `pixels`: red, green, blue and opacity of each, row by row; opacity is left out."""
    seen = [pixels[at : at + 3] for at in range(0, len(pixels), 4)]
    counts = Counter(seen)
    palette = sorted(colour for colour, _ in counts.most_common(colours))
    index = {colour: nearest(colour, palette) for colour in counts}
    indices = bytes(index[colour] for colour in seen)
    rows = b"".join(b"\0" + indices[at : at + width] for at in range(0, len(indices), width))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            chunk(b"PLTE", b"".join(palette)),
            chunk(b"IDAT", zlib.compress(rows, 9)),
            chunk(b"IEND", b""),
        )
    )


def nearest(colour: bytes, palette: list[bytes]) -> int:
    return min(range(len(palette)), key=lambda at: sum((a - b) ** 2 for a, b in zip(colour, palette[at], strict=True)))


def chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))
