"""What `make load` prints of its runs: a table with a column for each."""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from scripts.bench.load_plan import Outcome


def report(outcomes: Mapping[tuple[str, ...], Outcome]) -> str:
    """Return a table with one column for each run, headed by its conditions."""
    columns = [rows_of(outcome) for outcome in outcomes.values()]
    table = [("", list(heads)) for heads in zip(*outcomes, strict=True)]
    table += [(label, [column[label] for column in columns]) for label in columns[0]]
    return "\n".join(f"{label:<28}" + "".join(f"{cell:>16}" for cell in cells) for label, cells in table)


def rows_of(outcome: Outcome) -> dict[str, str]:
    plan, counters, bill = outcome.plan, outcome.counters, outcome.bill
    milliseconds = sorted(seconds * 1000 for seconds in outcome.echo_seconds)
    return {
        "clients": f"{plan.clients}",
        "rooms of": f"{plan.room}",
        "asking at once": f"{plan.at_once}",
        "messages acknowledged": f"{len(milliseconds)}",
        "sockets cut": f"{outcome.cuts}",
        "resumed": f"{counters.resumes}",
        "told of missed messages": f"{counters.missed}",
        "duplicates dropped": f"{counters.duplicates}",
        "throttled or failed frames": f"{counters.unacknowledged}",
        "time-outs": f"{counters.timeouts}",
        "told to slow down": f"{counters.rate_limited}",
        "seconds": f"{outcome.seconds:.1f}",
        "messages per second": f"{len(milliseconds) / outcome.seconds:.1f}",
        "echo, median ms": f"{statistics.median(milliseconds):.0f}",
        "echo, 95th percentile ms": f"{milliseconds[len(milliseconds) * 95 // 100]:.0f}",
        "echo, 99th percentile ms": f"{milliseconds[len(milliseconds) * 99 // 100]:.0f}",
        "API Gateway messages": f"{bill['messagesIn'] + bill['messagesOut']}",
        "invocations": f"{bill['invocations']}",
        "write units": f"{bill['writeUnits']:.0f}",
        "read units": f"{bill['readUnits']:.0f}",
        "dollars on AWS": f"{bill['dollars']['total']:.4f}",
        "missing or out of order": f"{len(outcome.complaints)}",
    }
