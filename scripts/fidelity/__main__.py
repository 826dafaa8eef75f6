"""`make fidelity`: asks what can be asked here, publishes it, and writes docs/fidelity.md."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from scripts.command_line import ProgressLine, whole_number
from scripts.fidelity import report
from scripts.fidelity.asking import QUESTIONS, Question
from scripts.fidelity.run import Answers, ask_all, chosen
from scripts.fidelity.table import Measured, differences, publish
from scripts.fidelity.target import Target
from scripts.fidelity.targets.aws import aws_target
from scripts.fidelity.targets.local import local_gateway
from scripts.fidelity.targets.ministack import ministack_target
from scripts.fidelity.targets.serverless_offline import installed, serverless_offline
from scripts.fidelity.targets.stack import CannotAsk, ready

HERE = ("local", "ministack", "serverless-offline")
MOST_MINUTES = 125
PUBLISHED = {"local gateway", "MiniStack", "serverless-offline", "AWS"}


class Run:
    """One run of the command: which questions, and how it tells of it."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._progress = ProgressLine(plain_seconds=20)

    def ask(self, name: str) -> Measured:
        """Start a target, ask, stop it. Raise CannotAsk."""
        ways: dict[str, Callable[[], Measured]] = {
            "local": self._local,
            "ministack": self._ministack,
            "serverless-offline": self._serverless_offline,
            "aws": self._aws,
        }
        try:
            return ways[name]()
        finally:
            self._progress.clear()

    def _local(self) -> Measured:
        async def go() -> Measured:
            async with local_gateway() as target:
                return await self._measure(target, MOST_MINUTES)

        return asyncio.run(go())

    def _serverless_offline(self) -> Measured:
        modules = installed(self._tell)

        async def go() -> Measured:
            async with serverless_offline(modules) as target:
                return await self._measure(target)

        return asyncio.run(go())

    def _ministack(self) -> Measured:
        with ministack_target(self._tell, self._progress) as target:
            return asyncio.run(self._when_ready(target))

    def _aws(self) -> Measured:
        with aws_target(self._tell, self._progress, self._agrees) as target:
            return asyncio.run(self._when_ready(target))

    async def _when_ready(self, target: Target) -> Measured:
        await ready(target)
        return await self._measure(target)

    async def _measure(self, target: Target, minutes: int | None = None) -> Measured:
        asked: list[Question] = chosen(self._options.slow if minutes is None else minutes, self._options.only)
        answers: Answers = await ask_all(target, asked, self._progress)
        today = datetime.now(UTC).date().isoformat()
        return Measured(target.name, target.version, today, answers)

    def _tell(self, sentence: str) -> None:
        self._progress.clear()
        say(sentence)

    def _agrees(self, question: str) -> bool:
        if self._options.yes:
            say(question.removesuffix(" Go on?"))
            return True
        if not sys.stdin.isatty():
            say(f"{question} Nobody is here to answer: --yes goes on without.")
            return False
        return input(f"{question} Type yes: ").strip().lower() == "yes"


def main(arguments: list[str] | None = None) -> int:
    options = read_options(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C, so that nothing is left running or standing
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    for name in ("local", "aiohttp"):  # what the local gateway refuses is what is asked for
        logging.getLogger(name).setLevel(logging.CRITICAL)
    run, worst = Run(options), 0
    try:
        for name in options.targets or HERE:
            worst = max(worst, one(run, name, options))
    except KeyboardInterrupt:
        say("Stopped.")
        return 130
    return worst


def one(run: Run, name: str, options: argparse.Namespace) -> int:
    """Ask one target, tell and publish what it answered. Return an exit code."""
    say(f"Asking {name} …")
    try:
        found = run.ask(name)
    except CannotAsk as reason:
        say(f"{name}: {reason}")
        return 1 if options.targets else 0
    other = differences(found.answers)
    say(f"{found.target}, {found.version}: {len(found.answers)} answers, {len(other)} otherwise than expected.")
    if options.only or found.target not in PUBLISHED:
        for question, answer in found.answers.items():
            say(f"  {question}: {answer}" + (f"   (expected: {other[question][0]})" if question in other else ""))
        return 0
    publish(found)
    report.TARGET.write_text(report.page())
    return 1 if other and name == "local" else 0


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.fidelity", description="Asks WebSocket APIs what they do, and writes docs/fidelity.md."
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"{', '.join(HERE)} (default: these) or aws")
    parser.add_argument(
        "--slow",
        nargs="?",
        const=MOST_MINUTES,
        default=0,
        type=whole_number(range(MOST_MINUTES + 1), f"minutes are a number from 0 to {MOST_MINUTES}, not {{text!r}}"),
        metavar="MINUTES",
        help=f"also ask what takes this many minutes (default: {MOST_MINUTES})",
    )
    parser.add_argument("--only", nargs="+", default=[], metavar="ID", help="ask these, print them, publish nothing")
    parser.add_argument("--yes", action="store_true", help="apply to AWS without asking")
    options = parser.parse_args(arguments)
    for target in options.targets:
        if target not in (*HERE, "aws"):
            parser.error(f"there is no target {target!r}; there are {', '.join(HERE)} and aws")
    for name in options.only:
        if name not in QUESTIONS:
            parser.error(f"there is no question {name!r}; docs/fidelity.md lists them")
    return options


def say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
