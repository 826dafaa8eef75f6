"""Draws the page's PNG icons from frontend/icon.svg: `python -m scripts.docs.icons`, with a Chromium in CHROMIUM.

The SVG has round corners, for tabs. The PNGs have none: systems cut their icons out of a full square, so the colour of
its ground fills it all.
"""

import asyncio
import os

from playwright.async_api import async_playwright

from scripts import ROOT
from scripts.docs.pictures import take

FRONTEND = ROOT / "frontend"
GROUND = "#00696a"
COLOURS = 32  # three, and what lies between them at an edge
SIZES = {"icon-192.png": 192, "icon-512.png": 512, "apple-touch-icon.png": 180}


async def main() -> None:
    picture = (FRONTEND / "icon.svg").read_text()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"))
        page = await browser.new_page()
        await page.set_content(f'<body style="margin: 0; background: {GROUND}">{picture}')
        for name, size in SIZES.items():
            await page.set_viewport_size({"width": size, "height": size})
            (FRONTEND / name).write_bytes(await take(page, COLOURS))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
