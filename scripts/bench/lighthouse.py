"""`make lighthouse`: Lighthouse judges the landing and a room as a phone sees them, served as compressed as deployed.

Needs npm on PATH, which fetches Lighthouse, and a Chromium in CHROMIUM. The whole reports are in build/lighthouse/.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.async_api import BrowserContext, async_playwright

from local.chat import LocalChat, LocalOptions
from scripts import ROOT

REPORTS = ROOT / "build" / "lighthouse"
LIGHTHOUSE = "lighthouse@12.8.2"  # the last that Node 20 runs
LEAST = {"performance": 0.95, "accessibility": 1.0, "best-practices": 1.0, "seo": 0.0}
COMPRESSED = {".css", ".html", ".js", ".svg", ".webmanifest"}  # as terraform/modules/site uploads them
# npm says nothing of its own, and runs nothing but what it is asked to.
QUIET_NPM = {f"npm_config_{name}": "false" for name in ("audit", "fund", "update_notifier")}
QUIET_NPM |= {"npm_config_ignore_scripts": "true", "npm_config_loglevel": "error"}

Report = dict[str, Any]


class LighthouseFailed(Exception):
    """It could not be had or gave no report; what it said about it is on the terminal."""


async def judge() -> dict[str, Report]:
    """Return Lighthouse's report of each page, by the page's name. Raise LighthouseFailed."""
    with TemporaryDirectory(prefix="anonchat-lighthouse-") as temporary:
        site, profile = Path(temporary) / "site", Path(temporary) / "profile"
        compress(site)
        async with LocalChat(LocalOptions(site=site)) as chat, browser(profile) as context:
            port = (profile / "DevToolsActivePort").read_text().splitlines()[0]
            landing = await audit("landing", chat.http_url, port)
            room = await open_room(context, chat.http_url)
            return {"landing": landing, "room": await audit("room", room, port, "--disable-storage-reset")}


def compress(site: Path, change: Callable[[Path], None] = lambda site: None) -> None:
    """Copy the page and change it, with a compressed twin beside each text, which the local server then prefers."""
    shutil.copytree(ROOT / "frontend", site)
    change(site)
    for path in [path for path in site.rglob("*") if path.suffix in COMPRESSED]:
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))


@asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[BrowserContext]:
    """Open a browser that Lighthouse can speak to as well; it remembers in its profile what pages store."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile, executable_path=os.environ.get("CHROMIUM"), args=["--remote-debugging-port=0"]
        )
        yield context
        await context.close()


async def open_room(context: BrowserContext, url: str) -> str:
    """Return the address of a room that this browser enters at once, since it has been there before."""
    page = await context.new_page()
    await page.goto(url)
    await page.get_by_role("button", name="New room").click()
    await page.get_by_role("button", name="Leave the room").wait_for()
    await page.reload()
    await page.get_by_role("button", name="Leave the room").wait_for()
    address = page.url
    await page.close()
    return address


async def audit(name: str, url: str, port: str, *more: str) -> Report:
    """Run Lighthouse with its own idea of a phone: its screen, a slow CPU and a slow network."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        *("npm", "exec", "--yes", f"--package={LIGHTHOUSE}", "--", "lighthouse", url, f"--port={port}", "--quiet"),
        *(f"--only-categories={','.join(LEAST)}", "--output=json", "--output=html"),
        *(f"--output-path={REPORTS / name}", *more),
        env=os.environ | QUIET_NPM,
    )
    if await process.wait():
        raise LighthouseFailed(f"Lighthouse has not judged the {name}.")
    report: Report = json.loads((REPORTS / f"{name}.report.json").read_text())
    return report


def score(report: Report, category: str) -> float:
    return float(report["categories"][category]["score"] or 0)


def table(reports: Mapping[str, Report]) -> str:
    lines = [" " * 9 + "".join(f"{category:>16}" for category in LEAST)]
    for name, report in reports.items():
        lines.append(f"{name:9}" + "".join(f"{score(report, category):16.2f}" for category in LEAST))
    return "\n".join(lines)


def complaints(reports: Mapping[str, Report]) -> list[str]:
    """Return a line for each score that is too low, with the audits that made it so."""
    return [
        f"{name}: {category} is {score(report, category):.2f}, below {least:.2f}: {reasons(report, category)}"
        for name, report in reports.items()
        for category, least in LEAST.items()
        if score(report, category) < least
    ]


def reasons(report: Report, category: str) -> str:
    """Return the titles of the audits that took something from a score, with what they measured."""
    audits = [report["audits"][each["id"]] for each in report["categories"][category]["auditRefs"] if each["weight"]]
    lossy = [audit for audit in audits if audit["score"] is not None and audit["score"] < 1]
    return "; ".join(f"{audit['title']} {audit.get('displayValue', '')}".strip() for audit in lossy)


def main() -> int:
    try:
        reports = asyncio.run(judge())
    except LighthouseFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    print(table(reports))
    for complaint in complaints(reports):
        print(complaint, file=sys.stderr)
    return 1 if complaints(reports) else 0


if __name__ == "__main__":
    sys.exit(main())
