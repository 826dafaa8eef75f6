"""`make cost`: what a month of your own use costs, by the price list and what `make bench` has counted.

    make cost USERS=100 ROOM=8 MESSAGES=30

USERS are visits a day, ROOM how many are in a room together, MESSAGES what each says in a visit, MINUTES how long it
is, HISTORY how many seconds a message is kept. What is left out is as in a light month.
"""

from __future__ import annotations

import argparse
import sys

from local.billing.meter import PRICE_LIST
from scripts.command_line import whole_number
from scripts.costs.bill import NAMES, SERVER, amounts, gross, paid, price, shared
from scripts.costs.month import SECONDS_A_CALL, Month, Use, month, numbers
from scripts.costs.peers import PEERS, month_of
from scripts.costs.units import measured

RANGES = {
    "users": (range(1, 1_000_001), "visits a day"),
    "room": (range(1, 1001), "members of a room"),
    "messages": (range(10_001), "messages of a visit"),
    "minutes": (range(1, 1441), "minutes of a visit"),
    "history": (range(86_401), "seconds for which a message is kept; 0 keeps none"),
}
A_MINUTE = 30  # messages of one connection: more than its limit nobody says


def main() -> int:
    use = asked()
    print(text(month(use)))
    return 0


def asked() -> Use:
    """Return the use that the arguments describe, or leave with a sentence."""
    parser = argparse.ArgumentParser(
        prog="make cost", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, (numbers_of, about) in RANGES.items():
        refusal = f"{{text}} is no whole number from {numbers_of[0]} to {numbers_of[-1]}: {name.upper()} are {about}"
        default = int(getattr(Use, name))
        parser.add_argument(
            f"--{name.upper()}", dest=name, type=whole_number(numbers_of, refusal), default=default, metavar="N"
        )
    options = parser.parse_args()
    if options.messages > A_MINUTE * options.minutes:
        parser.error(f"in {options.minutes} minutes nobody may say more than {A_MINUTE * options.minutes:,} messages")
    return Use(**vars(options))


def text(found: Month) -> str:
    """Return the answer, as lines for people."""
    use, counts = found.use, found.counts
    much = ", ".join(f"{number:,.0f} {name}" for name, number in numbers(found).items())
    lines = [
        f"{use.users:,} visits a day of {use.minutes} minutes and {use.messages} messages, in rooms of {use.room}:",
        f"in {use.days} days {much}.",
        "",
        *(f"{NAMES[name]:<26}{amount:>16,.0f}{money(price(name, amount)):>12}" for name, amount in shown(counts)),
        f"{'together, by list prices':<42}{money(gross(counts)):>12}",
        f"{'after what is always free':<42}{money(paid(counts)):>12}",
        "",
        f"A small server that is always on: {money(SERVER)}, whatever is said.",
        f"What all such chats have of it here: {money(shared(counts))}. In others, by their sources:",
        *(f"  {dollars:>10}  {name}" for dollars, name in others(found)),
        "",
        f"Prices of {PRICE_LIST['region']} on {PRICE_LIST['asOf']}. Assumed, since nobody knows: {SECONDS_A_CALL} "
        f"seconds a call, and {use.losses:g} lost sockets an hour.",
    ]
    if use.room > max(measured(True)):
        lines.append(f"Nothing was counted in rooms of more than {max(measured(True))}: that is drawn on in a line.")
    return "\n".join(lines)


def shown(counts: dict[str, float]) -> list[tuple[str, float]]:
    """Return what is billed, the dearest first."""
    return sorted(amounts(counts).items(), key=lambda each: -price(*each))


def others(found: Month) -> list[tuple[str, str]]:
    """Return what it is in other chats, the cheapest first."""
    return [(money(dollars), name) for dollars, name in sorted((month_of(peer, found), peer.name) for peer in PEERS)]


def money(dollars: float) -> str:
    return f"${dollars:,.2f}" if dollars >= 0.995 else f"${dollars:.3f}"


if __name__ == "__main__":
    sys.exit(main())
