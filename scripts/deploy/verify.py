"""`make verify`: after a deploy, does what a careful owner would do: is it all there, and does it work?

Two people and a third one talk through the socket, a browser uses the page, the guardrails are looked at, and the
breaker says what it would do. It takes about two minutes and costs a few hundredths of a cent. One line for each check;
exit code 1 if something is broken. What needs an account is left out, and named, where there are no credentials.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import aiohttp

from anonchat_client.errors import ChatError
from anonchat_client.site import find_socket, origin
from scripts import ROOT
from scripts.command_line import ProgressLine
from scripts.deploy import aws
from scripts.deploy.resume import deployed
from scripts.deploy.smoke import Smoke
from scripts.deploy.smoke_reach import Unreachable
from scripts.deploy.traffic import Traffic
from scripts.deploy.verify_account import CHECKS, look_at_account
from scripts.deploy.verify_browser import try_browser
from scripts.deploy.verify_page import look_at_page
from scripts.deploy.verify_report import Finding, failed, look, ok, summary

Tell = Callable[[str], None]


async def verify(site: str, outputs: Mapping[str, Any], tell: Tell = lambda step: None) -> AsyncIterator[Finding]:
    """Make all checks of the page at `site`; those of the account need Terraform's `outputs`.

    `tell` gets what is under way. Raise anonchat_client's LinkError and SiteError if there is no page.
    """
    traffic = Traffic()
    async with aiohttp.ClientSession() as session:
        socket = str(outputs.get("websocket_url") or await find_socket(session, site))
        tell("Talking through the socket …")
        yield await _smoke(socket, site, traffic, tell)
        tell("Fetching the page …")
        for finding in await look_at_page(session, site, socket):
            yield finding
    tell("Using the page in a browser …")
    yield await try_browser(site, traffic)
    tell("Looking at the account …")
    if outputs:
        for finding in await asyncio.to_thread(lambda: list(look_at_account(outputs))):
            yield finding
    else:
        yield look("account", f"not looked at: {', '.join(CHECKS)}. They belong to what was deployed from this folder")
    yield ok("price", str(traffic))


async def _smoke(socket: str, site: str, traffic: Traffic, tell: Tell) -> Finding:
    smoke = Smoke(socket, origin=origin(site), tell=lambda step: tell(f"Talking through the socket: {step}"))
    smoke.report.traffic = traffic
    try:
        report = await smoke.run()
    except Unreachable as failure:
        return failed("smoke", str(failure))
    broken = [f"{each.name}: {each.detail}" for each in report.outcomes if each.verdict == "FAILED"]
    if broken:
        return failed("smoke", f"{'; '.join(broken)}. All of it: scripts/smoke {socket}")
    skipped = [each.name for each in report.outcomes if each.verdict == "skipped"]
    median = statistics.median(report.trips) * 1000
    checks, aside = len(report.outcomes) - len(skipped), f"; not tried: {', '.join(skipped)}" if skipped else ""
    return ok("smoke", f"{checks} checks with three people passed; a message was back after {median:.0f} ms{aside}")


async def run(site: str, outputs: Mapping[str, Any]) -> list[Finding]:
    """Make all checks and print each as soon as it is made."""
    progress = ProgressLine()
    findings: list[Finding] = []
    async for finding in verify(site, outputs, progress):
        progress.clear()
        print(finding, flush=True)
        findings.append(finding)
    return findings


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="verify", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("site", nargs="?", help="the page's address; default: what was deployed from this folder")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    try:
        outputs = {} if options.site else deployed(ROOT)
        site = options.site or outputs.get("site_url")
        if not site:
            raise aws.CannotUseAws("Nothing was deployed from this folder. Deploy it, or name a page's address.")
        print(f"Verifying {site}\n")
        findings = asyncio.run(run(str(site), outputs))
    except (aws.CannotUseAws, ChatError) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: nothing is left behind but a few messages that expire.", file=sys.stderr)
        return 1
    print(f"\n{summary(findings, time.monotonic() - began)}")
    return 1 if any(each.verdict == "failed" for each in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
