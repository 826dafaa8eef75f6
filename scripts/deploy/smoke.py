"""`scripts/smoke wss://…`: is the chat at this address alive, and does it keep its promises?

Three people meet in a room nobody else knows: Ada and Ben talk, Ben is cut and comes back, Cleo says nonsense and
then too much. They leave nothing behind but their messages, which expire by themselves. One table at the end;
exit code 0 if everything held, 1 if not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp

from anonchat_client import Frame, PlainClient, RawClient
from anonchat_client.connection import Dialler
from scripts.command_line import ProgressLine
from scripts.deploy.smoke_reach import GatedSession, Unreachable, complaint_about, explain
from scripts.deploy.smoke_report import Broken, Outcome, Report, Skipped

TIMEOUT_SECONDS = 60.0  # a stage deploys itself after the apply has ended, and a new role takes its time
PAUSE_SECONDS = 2.0  # between two tries to reach it
ANSWER_SECONDS = 20.0  # for one answer: a function's time-out twice over
QUIET_SECONDS = 3.0  # so long a silence is taken for silence
MOST_SENDS = 120  # a limit above this is not worth trying out
MINUTE_MS = 60_000

TEXTS = ("Hello", 'quotes " and \\ and\nlines', "žluťoučký kůň 👩‍👩‍👧 \u202eright to left", "x" * 4096)
NONSENSE = {  # what is said, and the code of the polite answer
    "hello?": "bad_request",
    "[]": "bad_request",
    '{"action": "dance"}': "unknown_action",
    '{"action": "$connect"}': "unknown_action",
    json.dumps({"action": "join", "room": "../etc", "alias": "Cleo"}): "bad_request",
}


class Smoke:
    """The checks, in the order they are made: each returns a detail for the table, or raises Broken or Skipped."""

    def __init__(
        self,
        url: str,
        *,
        origin: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
        quiet_seconds: float = QUIET_SECONDS,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.url = url
        self.report = Report(url)
        self._headers = {"Origin": origin} if origin else None
        self._timeout = timeout
        self._answer_seconds = answer_seconds
        self._quiet_seconds = quiet_seconds
        self._tell = tell
        self._room = f"smoke-{secrets.token_urlsafe(16)}"

    async def run(self) -> Report:
        """Make all checks. Raise Unreachable if there is nothing to check."""
        began = time.monotonic()
        async with AsyncExitStack() as stack:
            self._stack = stack
            self._steady, self.session = GatedSession(self.report.traffic), GatedSession(self.report.traffic)
            stack.push_async_callback(self._steady.close)
            stack.push_async_callback(self.session.close)
            self.ada, self.ben = await self._reach(self._steady), await self._reach(self.session)
            waited = time.monotonic() - began
            self.report.outcomes.append(Outcome("connect", "ok", f"two sockets are open after {waited:.1f} s"))
            first = max(self._timeout, self._answer_seconds)
            if await self._check("join", self.join, within=first):
                await self._check("exchange", self.exchange)
                await self._check("ping", self.ping)
                await self._check("nonsense", self.nonsense)
                await self._check("resume", self.resume)
                await self._check("rate limit", self.rate_limit, within=2 * MINUTE_MS / 1000)
                await self._check("leave", self.leave)
        self.report.seconds = self.report.traffic.seconds = time.monotonic() - began
        return self.report

    async def _check(self, name: str, check: Callable[[], Awaitable[str]], within: float | None = None) -> bool:
        """Tell whether it held, `within` so many seconds; if not told, twice what one answer may take."""
        self._tell(f"{name} …")
        try:
            async with asyncio.timeout(within or 2 * self._answer_seconds):
                detail, verdict = await check(), "ok"
        except Skipped as reason:
            detail, verdict = str(reason), "skipped"
        except TimeoutError as failure:
            detail, verdict = str(failure) or f"no answer in time{self._complaints()}", "FAILED"
        except Exception as failure:  # whatever a broken server makes of it is a finding, never a stack trace
            detail, verdict = str(failure) or type(failure).__name__, "FAILED"
        self.report.outcomes.append(Outcome(name, verdict, detail))
        return verdict != "FAILED"

    def _complaints(self) -> str:
        told = self.ada.counters.unacknowledged + self.ben.counters.unacknowledged
        return f"; API Gateway said {told} times that a function failed: the logs say why" if told else ""

    # ---- Ada and Ben

    async def _reach(self, session: Dialler) -> PlainClient:
        """Open a socket of the chat; wait for it as long as the chat may be coming up. Raise Unreachable."""
        began = time.monotonic()
        while True:
            try:
                return await self._open(session)
            except (aiohttp.ClientError, OSError, TimeoutError) as failure:
                reason, hopeless = explain(failure)
                if hopeless or time.monotonic() - began + PAUSE_SECONDS > self._timeout:
                    raise Unreachable(f"{self.url} cannot be reached: {reason}") from failure
            self._tell(f"not yet: {reason}")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _open(self, session: Dialler) -> PlainClient:
        client = PlainClient(self.url, session=session, headers=self._headers, echo_seconds=self._answer_seconds / 2)
        async with asyncio.timeout(self._answer_seconds):
            await client.connect(patience_seconds=0)  # it asks again by itself
        self._stack.push_async_callback(client.close)
        return client

    async def join(self) -> str:
        await self.ada.join(self._room, "Ada")
        await self.ben.join(self._room, "Ben")
        await self.ada.until(lambda: self.ada.online == 2)
        if sorted(self.ben.members.values()) != ["Ada", "Ben"]:
            raise Broken(f"Ben should see Ada and himself, and sees {sorted(self.ben.members.values())}")
        again = self.ada.counters.unacknowledged + self.ben.counters.unacknowledged
        return "Ada and Ben see each other" + (f", after {again} failures of a function" if again else "")

    async def exchange(self) -> str:
        for text in TEXTS:
            await self._send(self.ada, f"Ada: {text}")
            await self._send(self.ben, f"Ben: {text}")
        sent = [f"{name}: {text}" for text in TEXTS for name in ("Ada", "Ben")]
        await heard_all("Ada", self.ada, sent)
        await heard_all("Ben", self.ben, sent)
        if not len(self.ada.log) == len(self.ben.log) == len(sent):
            raise Broken(f"of {len(sent)} messages Ada has {len(self.ada.log)} and Ben {len(self.ben.log)}")
        return f"{len(sent)} messages, both ways and unchanged"

    async def _send(self, client: PlainClient, text: str) -> None:
        began = time.perf_counter()
        await client.send(text)
        self.report.trips.append(time.perf_counter() - began)

    async def resume(self) -> str:
        if not self.ben.limits.get("historySeconds"):
            raise Skipped("this chat keeps no history")
        self.session.take_down()
        self.ben.cut()
        missed = [f"while Ben was away: {number}" for number in range(1, 6)]
        for text in missed:
            await self._send(self.ada, text)
        began, resumes = time.monotonic(), self.ben.counters.resumes
        self.session.put_up()
        await self.ben.until(lambda: self.ben.counters.resumes > resumes)
        seconds = time.monotonic() - began
        lost = [text for text in missed if text not in self.ben.texts]
        if lost:
            raise Broken(f"Ben came back and lacks {len(lost)} of the {len(missed)} messages sent while he was away")
        if self.ben.gaps:
            raise Broken("Ben has everything, and yet the server told him of a gap")
        return f"Ben was cut, missed {len(missed)} messages and had them all {seconds:.1f} s later"

    async def leave(self) -> str:
        await self.ben.leave()
        await self.ada.until(lambda: "Ben" not in self.ada.members.values())
        await self.ada.leave()
        return "Ben left, Ada was told, then she left"

    # ---- Cleo

    async def ping(self) -> str:
        async with RawClient(self.url, headers=self._headers, session=self._steady) as cleo:
            await cleo.send_json({"action": "ping"})
            self.report.traffic.pings += 1
            await asyncio.sleep(self._quiet_seconds)
            if cleo.frames:
                raise Broken(f"a ping must be answered by silence, and was by {shown(cleo.frames[0])}")
            if cleo.over:
                raise Broken(f"a ping closed the socket ({cleo.close_code})")
        return f"answered by {self._quiet_seconds:g} s of silence"

    async def nonsense(self) -> str:
        async with RawClient(self.url, headers=self._headers, session=self._steady) as cleo:
            for said, code in NONSENSE.items():
                await cleo.send_text(said)
                answer = await cleo.receive(within=self._answer_seconds)
                if (answer.get("type"), answer.get("code")) != ("error", code) or not answer.get("message"):
                    raise Broken(f"{said} should be answered by a sentence and {code}, and was by {shown(answer)}")
            await self._enter(cleo)
        return f"{len(NONSENSE)} kinds of it got a polite answer, and the socket stayed open"

    async def rate_limit(self) -> str:
        async with RawClient(self.url, headers=self._headers, session=self._steady) as cleo:
            allowed = (await self._enter(cleo))["limits"]["perMinute"]
            if allowed > MOST_SENDS:
                raise Skipped(f"{allowed} messages a minute are allowed here: too many to try")
            refusal, sent = await self._send_until_refused(cleo, allowed)
        wait = refusal.get("retryAfter")
        if not isinstance(wait, int | float) or not 0 < wait <= MINUTE_MS / 1000:
            raise Broken(f"the refusal should say when to try again, and says {shown(refusal)}")
        *passed, refused = sent
        await heard_all("Ada", self.ada, passed)
        await self.ada.join(self._room, "Ada")  # once more, for what is stored
        if refused in self.ada.texts:
            raise Broken("the message that was refused arrived all the same")
        return f"send {len(sent)} was refused, to be tried again after {wait:g} s; it reached nobody"

    async def _send_until_refused(self, cleo: RawClient, allowed: int) -> tuple[Frame, list[str]]:
        """Return the refusal and all texts sent, the refused one last. A minute of the clock may end in between."""
        minutes: Counter[int] = Counter()
        sent: list[str] = []
        while True:
            sent.append(f"Cleo: {len(sent) + 1}")
            answer = await self._say(cleo, sent[-1])
            count = minutes[max(minutes, default=0)]
            if answer.get("type") == "error":
                if answer.get("code") != "rate_limited" or count < allowed:
                    raise Broken(f"send {len(sent)}, the {count + 1}. of its minute, was answered by {shown(answer)}")
                return answer, sent
            minutes[answer["at"] // MINUTE_MS] += 1
            if max(minutes.values()) > allowed:
                raise Broken(f"{allowed + 1} messages of one minute went through, and {allowed} are allowed")

    async def _say(self, cleo: RawClient, text: str) -> Frame:
        """Send one message. Return its echo, or what came in its place."""
        client = secrets.token_urlsafe(16)
        began = time.perf_counter()
        await cleo.send_json({"action": "send", "room": self._room, "text": text, "client": client})
        while True:
            answer = await cleo.receive(within=self._answer_seconds)
            if answer.get("client") == client:
                if answer.get("type") == "message":
                    self.report.trips.append(time.perf_counter() - began)
                return answer
            if "type" not in answer:
                raise Broken(f"API Gateway answered {text!r} itself: {shown(answer)}")

    async def _enter(self, cleo: RawClient) -> Frame:
        await cleo.send_json({"action": "join", "room": self._room, "alias": "Cleo"})
        return await cleo.receive("joined", within=self._answer_seconds)


def shown(frame: Frame) -> str:
    text = json.dumps(frame, ensure_ascii=False)
    return text if len(text) <= 160 else f"{text[:159]}…"


async def heard_all(name: str, client: PlainClient, texts: list[str]) -> None:
    try:
        await client.until(lambda: set(texts) <= set(client.texts), within=ANSWER_SECONDS)
    except TimeoutError:
        lost = set(texts) - set(client.texts)
        raise Broken(f"{name} never heard {len(lost)} of {len(texts)} acknowledged messages") from None


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/smoke", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("url", help="the socket's address: terraform output websocket_url")
    parser.add_argument("--origin", help="come from this site, where the chat asks browsers for theirs")
    parser.add_argument("--timeout", type=float, default=TIMEOUT_SECONDS, help="seconds to wait for a first answer")
    options = parser.parse_args(arguments)
    if complaint := complaint_about(options.url):
        print(complaint, file=sys.stderr)
        return 1
    progress = ProgressLine()
    smoke = Smoke(options.url, origin=options.origin, timeout=options.timeout, tell=progress)
    try:
        report = asyncio.run(smoke.run())
    except Unreachable as failure:
        progress.clear()
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: nothing is left behind but a few messages that expire.", file=sys.stderr)
        return 1
    progress.clear()
    print(report)
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main())
