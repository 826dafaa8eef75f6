"""The rules of a room: times, ranks, who is announced, and what may be missing."""

import pytest

from anonchat import protocol, rules
from anonchat.model import Member, Person
from anonchat.settings import Settings

NOW = 1_800_000_000_000
SETTINGS = Settings()
ANN = Member("red", "conn-1=", Person("ann", "Ann"), 1, NOW // 1000 + 100, 1)


def test_message_ids_sort_by_time_and_hold_13_digits() -> None:
    assert rules.message_id(5, "z") == "0000000000005-z"
    assert rules.message_id(NOW, "z") < rules.message_id(NOW + 1, "a")


@pytest.mark.parametrize(("second", "wait"), [(0, 60), (1, 59), (59, 1)])
def test_a_polite_notice_says_when_the_clock_minute_ends(second: int, wait: int) -> None:
    refused = rules.rate_limited(NOW // 60_000 * 60_000 + second * 1000 + 999, 30)
    assert (refused.code, refused.retry_after) == (protocol.RATE_LIMITED, wait)


def test_a_gap_is_told_when_and_only_when_the_cursor_is_older_than_what_is_held() -> None:
    oldest = NOW - (600 + 15) * 1000
    assert rules.has_gap(f"{oldest - 1}", NOW, SETTINGS)
    assert not rules.has_gap(f"{oldest}", NOW, SETTINGS)
    assert not rules.has_gap(f"{oldest}-abc", NOW, SETTINGS)
    assert not rules.has_gap(None, NOW, SETTINGS)


def test_without_history_every_cursor_has_a_gap() -> None:
    assert rules.has_gap(f"{NOW - 1}", NOW, Settings(history_seconds=0))


def test_a_row_outlives_what_is_served() -> None:
    id = rules.message_id(NOW + 1, "x")
    assert rules.message_expiry(id, SETTINGS) * 1000 >= NOW + 1 + SETTINGS.held_ms


def test_the_places_of_a_room_go_by_tickets_behind_all_who_have_none() -> None:
    members = [ANN._replace(connection_id=f"c{ticket}=", ticket=ticket) for ticket in (0, 1, 2, 3)]
    ticketed = members[1:]
    assert [rules.has_place(each, each.ticket, members, 2) for each in ticketed] == [True, False, False]
    assert [rules.has_place(each, each.ticket, members, 3) for each in ticketed] == [True, True, False]
    renewed = members[1]._replace(ticket=0)  # by a later join of the same connection
    assert rules.has_place(renewed, 1, members, 2), "the ticket counts that was drawn"


BROUGHT_IN = ANN._replace(join_id=3, first_join_id=3)  # what the third join of this connection writes


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize(
    ("previous", "refreshed"),
    [
        (None, False),  # the row is new
        (BROUGHT_IN, False),  # the client repeated the request, whose first answer was lost
        (ANN._replace(join_id=2, first_join_id=1), True),  # a row of earlier joins
    ],
)
def test_a_join_is_the_first_one_unless_it_refreshes_the_row_of_a_connection_that_was_in_the_room(
    previous: Member | None, refreshed: bool, is_new: bool
) -> None:
    """A row of earlier joins is refreshed, or left over if the connection row named another room since."""
    assert rules.is_first_join(BROUGHT_IN, previous, is_new=is_new) == (not refreshed or is_new)
