"""At which stage of its healing each promise must hold, for each trouble. Without a row here: at once."""

from tests.worlds.requests import KINDS
from tests.worlds.worlds import World

AT_ONCE, AFTER_A_RETRY, AFTER_A_MESSAGE, NEVER = range(4)

DEATHS = ("killed", "applied, no answer", "not applied")
LOST = ("answer lost", "two answers lost")
POSTS = ("post fails", "post and close fail")

Rows = dict[str, dict[tuple[str, ...], int]]

# For clients that ask for one thing at a time.
CALM: Rows = {
    # A join that dies before its member row is written has moved its connection already.
    "every_member_has_its_row": {DEATHS: AFTER_A_RETRY},
    # A death between a write and the telling: the number on the next message says so, and the list is asked for anew.
    "members_have_heard_of_each_other": {(*DEATHS, *LOST, *POSTS): AFTER_A_MESSAGE},
    # A death between two deletions, or an end of the socket that a lost answer has hidden: the next message finds it.
    "no_row_is_a_ghost": {(*DEATHS, *LOST): AFTER_A_MESSAGE},
    # Its own answer is the post that failed.
    "everybody_is_answered": {(*POSTS, "false 410"): AFTER_A_RETRY},
    # Who may have deleted a row, and cannot know, tells it: docs/decisions/0001.
    "a_departure_is_told_once": {LOST: NEVER},
    # Its snapshot does not arrive: it is removed before anybody is told that it came. Clients ignore such a departure.
    "a_departure_is_told_of_who_was_announced": {(*POSTS, "false 410"): NEVER},
    # A send that dies between its write and its posts, whose author comes back by a new socket and finds it.
    "a_copy_in_the_history_is_as_good_as_an_echo": {DEATHS: NEVER},
}
# Where somebody knows no marks and can neither be reached nor closed, a message is not acknowledged: its author is told
# so, or finds the message when its own socket is dead by then.
WITHOUT_MARKS: Rows = {
    "no_error_is_made_up": {("post and close fail",): NEVER},
    "a_copy_in_the_history_is_as_good_as_an_echo": {("post and close fail",): NEVER},
}
# Where one socket asks for two moves at once, joins or leaves, and a trouble meets them: docs/decisions/0001.
STORM: Rows = {
    "no_row_is_a_ghost": {DEATHS: NEVER},
    "nobody_hears_a_room_it_has_left": {DEATHS: NEVER},
    "members_have_heard_of_each_other": {DEATHS: NEVER},
    "after_a_message_everybody_knows_who_is_here": {DEATHS: NEVER},
    # The snapshot that took a mark away is lost with both its posts, and its client waits for the answer to the other.
    # Or the join that took it away dies behind its row, and the other move is answered.
    "nothing_acknowledged_is_lost": {("post and close fail", *DEATHS): NEVER},
}
# Where messages go out in batches, and the function that has taken one dies, or does not hear that it has taken it
# until the next one is taken: nobody in it gets an echo.
BUSY: Rows = {
    "everybody_is_answered": {(*DEATHS, *LOST): AFTER_A_RETRY},
}


def is_storm(world: World) -> bool:
    """Tell whether one socket asks for two moves at once."""
    moving = [each.socket for each in world.requests if KINDS[each.kind].joins or KINDS[each.kind].leaves]
    return len(moving) > len(set(moving))


def knows_no_marks(world: World) -> bool:
    """Tell whether one of the clients is of the time before marks."""
    return any(each.kind == "join without marks" for each in (*world.start, *world.requests))


def stage_of(world: World, promise: str) -> int:
    """Return the stage from which on a promise must hold."""
    said = [CALM]
    said += [STORM] if is_storm(world) else []
    said += [BUSY] if world.rules.is_busy else []
    said += [WITHOUT_MARKS] if knows_no_marks(world) else []
    stages = [row for rows in said for row in rows.get(promise, {}).items()]
    return max((stage for troubles, stage in stages if world.trouble in troubles), default=AT_ONCE)


def is_expected(world: World, promise: str, stage: int) -> bool:
    """Tell whether a promise may still be broken at this stage."""
    return stage < stage_of(world, promise)
