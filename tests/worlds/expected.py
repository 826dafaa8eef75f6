"""At which stage of its healing each promise must hold, for each trouble. Without a row here: at once."""

from tests.worlds.requests import KINDS
from tests.worlds.verdict import Broken
from tests.worlds.worlds import World

AT_ONCE, AFTER_A_RETRY, AFTER_A_MESSAGE, NEVER = range(4)

DEATHS = ("killed", "applied, no answer", "not applied")
LOST = ("answer lost", "two answers lost")

Rows = dict[str, dict[tuple[str, ...], int]]

# For clients that ask for one thing at a time.
CALM: Rows = {}
# Where one socket asks for two moves at once, joins or leaves, and a trouble meets them.
STORM: Rows = {}


def is_storm(world: World) -> bool:
    """Tell whether one socket asks for two moves at once."""
    moving = [each.socket for each in world.requests if KINDS[each.kind].joins or KINDS[each.kind].leaves]
    return len(moving) > len(set(moving))


def stage_of(promise: str, trouble: str, *, storm: bool) -> int:
    """Return the stage from which on a promise must hold."""
    rows = {**CALM.get(promise, {}), **(STORM.get(promise, {}) if storm else {})}
    return max((stage for troubles, stage in rows.items() if trouble in troubles), default=AT_ONCE)


def is_expected(broken: Broken) -> bool:
    """Tell whether a promise may still be broken at this stage."""
    return broken.stage < stage_of(broken.promise, broken.world.trouble, storm=is_storm(broken.world))
