"""What can happen to one call, by name: each attempt at it has a Fault, or none."""

from dataclasses import dataclass

from scripts.soak import faults
from scripts.soak.fault_proxy import End, Fault

TABLE, POSTS = "table", "posts"
FALSE_GONE = "410, though the socket is open"


@dataclass(frozen=True)
class Call:
    """One call of a recording: its service, and what it is in words."""

    service: str
    name: str


@dataclass(frozen=True)
class Trouble:
    """One kind of trouble. `attempts` says how many of them at a call it meets."""

    name: str
    service: str
    fault: Fault
    attempts: int = 99

    def of(self, attempt: int) -> Fault | None:
        """Return what becomes of this attempt, counted from 1."""
        return self.fault if attempt <= self.attempts else None

    @property
    def takes_time(self) -> bool:
        """Tell whether somebody waits until a time is over."""
        return self.fault.end is End.SILENCE


# Of these, the first is all there is: credentials do not come back, and nothing is asked again.
ONLY = {TABLE: {"credentials expired": 99, "done too late, after another": 1}}
ONLY[POSTS] = dict.fromkeys(
    ["credentials expired: 403", FALSE_GONE, "no answer in time", "done, no answer in time"], 99
)


def _troubles(service: str, name: str, fault: Fault) -> list[Trouble]:
    if name in ONLY[service]:
        return [Trouble(name, service, fault, ONLY[service][name])]
    return [Trouble(f"{name}, once", service, fault, 1), Trouble(f"{name}, each time", service, fault)]


TROUBLES: tuple[Trouble, ...] = tuple(
    trouble
    for service, known in ((TABLE, faults.OF_TABLE), (POSTS, faults.OF_POSTS))
    for name, fault in known.items()
    for trouble in _troubles(service, name, fault)
)


def every_one(call: Call, number: int) -> tuple[Trouble, ...]:
    """Return all troubles that a call can be in. That a socket is gone is a lie of posts alone."""
    of_service = (each for each in TROUBLES if each.service == call.service)
    return tuple(each for each in of_service if each.name != FALSE_GONE or call.name.startswith("POST"))


def one_in_turn(call: Call, number: int) -> tuple[Trouble, ...]:
    """Return one; which one `number` decides, so that in all calls together all have their turn."""
    every = every_one(call, number)
    return (every[number % len(every)],)
