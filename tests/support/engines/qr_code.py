"""Read a QR code from the screen, as a phone that is held before it does."""

import asyncio
import base64

from scripts import ROOT
from tests.support.engines.window import Window
from tests.support.node import node

# The part of a picture of the window that shows an element: its width, its height, and four bytes of each pixel.
PIXELS = """async (png, selector) => {
  const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (byte) => byte.charCodeAt(0))]));
  const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(picture, -x, -y, innerWidth, innerHeight);
  const { data } = context.getImageData(0, 0, context.canvas.width, context.canvas.height);
  const bytes = Array.from(data, (byte) => String.fromCharCode(byte)).join("");
  return [context.canvas.width, context.canvas.height, btoa(bytes)];
}"""
SCAN = """
  const jsQR = require("jsqr");
  const [width, height] = process.argv.slice(-2).map(Number);
  const pixels = Uint8ClampedArray.from(require("fs").readFileSync(0));
  process.stdout.write(jsQR(pixels, width, height)?.data ?? "");
"""


async def scanned(window: Window, selector: str) -> str:
    """Return the text of the QR code in an element; "" if there is none to be read."""
    png = base64.b64encode(await window.picture()).decode()
    width, height, pixels = await window.run(PIXELS, png, selector)
    scanning = await asyncio.create_subprocess_exec(
        *(node(), "-e", SCAN, "--", str(width), str(height)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    text, _ = await scanning.communicate(base64.b64decode(pixels))
    return text.decode()
