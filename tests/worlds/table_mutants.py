"""Wrong conditions of the table, and the same ones of the fake one, over which the worlds are played.

A wrong Table is noticed by the contract that both must keep, tests/shared/test_table.py; a wrong FakeTable by the worlds.
So every condition of the table is known to be needed, and to be what DynamoDB is asked.
"""

# ruff: noqa: E501 - a wrong line is read best beside the right one

from tests.worlds.mutant_list import CLIENT, COUNTED_UPDATES, DYNAMODB, FAKES, HISTORY_PAGES, LAYER, TABLE, Mutant

CONTRACT = "tests/shared/test_table.py::test_"
OPENED = f"{CONTRACT}a_connection_is_opened_entered_and_closed_once"
BACK = f"{CONTRACT}no_update_brings_a_closed_connection_back"
IN_ROOM = f"{CONTRACT}only_a_connection_in_the_room_may_send"
COUNTED = f"{CONTRACT}sends_joins_and_pages_are_counted_apart_each_in_its_clock_minute"
AGAIN = f"{CONTRACT}a_join_that_is_asked_for_again_answers_the_same_and_counts_once_however_often"
DEPARTED = f"{CONTRACT}a_join_that_is_asked_for_again_still_knows_of_a_departure_before_it"
CLEARED = f"{CONTRACT}clearing_the_room_leaves_and_counts_as_a_later_join"
CLEARED_TWICE = f"{CONTRACT}clearing_the_room_twice_still_says_which_room_was_left"
CLEARED_ONE = f"{CONTRACT}clearing_one_room_leaves_another_alone"
REFRESHED = f"{CONTRACT}a_later_join_refreshes_the_row_and_says_what_it_found"
OLDER = f"{CONTRACT}an_older_join_cannot_overwrite_the_row_of_a_later_one"
WRITTEN_TWICE = f"{CONTRACT}the_same_row_written_twice_is_known_by_its_first_join"
EXPIRED = f"{CONTRACT}an_expired_row_is_no_member"
DELETED = f"{CONTRACT}deleting_a_member_gives_the_row_of_this_join_or_an_earlier_one_to_the_one_who_deleted_it"
TICKETS = f"{CONTRACT}tickets_of_a_room_grow_and_stand_in_the_row_until_the_next_join"
OTHER_ROWS = f"{CONTRACT}members_of_other_rooms_and_messages_are_not_members"
ELECTED = f"{CONTRACT}presence_elects_one_per_interval"
MARKED = f"{CONTRACT}a_mark_counts_what_was_missed_until_the_next_join"
NOT_MARKED = f"{CONTRACT}no_mark_touches_the_row_of_a_later_join_or_brings_a_deleted_one_back"
ACCEPTS = f"{CONTRACT}a_row_keeps_what_its_last_join_accepts"
CURSOR = f"{CONTRACT}a_cursor_is_an_id_or_its_digits_and_excludes_itself"
PAGED = f"{CONTRACT}every_page_is_read"
FITTED = (
    "tests/shared/test_history_pages.py::test_a_page_of_the_history_has_about_as_many_messages_as_a_frame_still_holds"
)
UNCLEAR = f"{CONTRACT}a_deletion_whose_answer_was_lost_says_that_it_may_have_been_this_one"
LOST = f"{CONTRACT}a_write_whose_answer_was_lost_says_so_also_where_it_holds_again"
TELLS = f"{CONTRACT}who_asks_again_whether_to_tell_presence_tells_it"


def _counted(old: str, new: str, *tests: str) -> Mutant:
    return Mutant(COUNTED_UPDATES, old, new, tests)


def _table(old: str, new: str, *tests: str) -> Mutant:
    return Mutant(TABLE, old, new, tests)


TABLE_CONDITIONS = (
    _counted('"attribute_exists(#salt) AND (attribute_not_exists', '"(attribute_not_exists', BACK),
    _counted("OR #counter < :most)", "OR #counter <= :most)", COUNTED),
    _counted("(attribute_not_exists(#counter) OR #counter < :most)", "(attribute_not_exists(#counter))", COUNTED),
    _counted('condition=" AND #roomId = :room", ', "", IN_ROOM),
    _table(
        'condition=" AND (attribute_not_exists(#movedBy) OR #movedBy <> :token)"',
        'condition=" AND :token = :token"',
        AGAIN,
    ),
    _table("OR #movedBy <> :token", "OR #movedBy = :token", OPENED),
    _table("#cameFrom = if_not_exists(#roomId, :nowhere)", "#cameFrom = :nowhere", OPENED),
    _table("#earlier = if_not_exists(#cameFrom, :nowhere)", "#earlier = :nowhere", DEPARTED),
    _table("#movedBy = :token ADD #joinId :one, ", "#movedBy = :token ADD ", OPENED),
    _counted("if update.token and rows.moved_by(row) == update.token:", "if False:", AGAIN),
    _counted("is_elsewhere = update", "is_elsewhere = False and update", IN_ROOM),
    _counted('    if "salt" not in row:\n        return Refusal.NO_CONNECTION\n', "", BACK),
    _table(
        '"attribute_exists(#roomId)" if room is None', '"attribute_not_exists(#nothing)" if room is None', CLEARED_TWICE
    ),
    _table(
        '"attribute_exists(#roomId)" if room is None else "#roomId = :room"', '"attribute_exists(#roomId)"', CLEARED_ONE
    ),
    _table(
        "SET #cameFrom = #roomId REMOVE #roomId ADD #joinId :one", "SET #cameFrom = #roomId REMOVE #roomId", CLEARED
    ),
    _table(
        "attribute_not_exists(#joinId) OR #joinId <= :mine",
        "attribute_not_exists(#joinId) OR #joinId < :mine",
        WRITTEN_TWICE,
    ),
    _table("attribute_not_exists(#joinId) OR #joinId <= :mine", "attribute_not_exists(#joinId)", REFRESHED),
    _table("attribute_not_exists(#joinId) OR #joinId <= :mine", "#joinId <= :mine", REFRESHED),
    _table("#seat = if_not_exists(#seat, :mine)", "#seat = :mine", REFRESHED),
    _table("#expiresAt = if_not_exists(#expiresAt, :expiry)", "#expiresAt = :expiry", REFRESHED),
    _table('removed = ["missed", *', "removed = [*", MARKED),
    _table('*(["ticket"] if is_new else [])', "*([])", TICKETS),
    _table('*([] if accepts else ["accepts"])', "*([])", ACCEPTS),
    _table(
        '            ConditionExpression="#joinId <= :mine",\n',
        '            ConditionExpression="#joinId < :mine",\n',
        DELETED,
    ),
    _table(
        '            ConditionExpression="#joinId <= :mine",\n',
        '            ConditionExpression="attribute_exists(#joinId)",\n',
        DELETED,
    ),
    _table("is_unclear=answer.is_repeated and not answer.row", "is_unclear=answer.is_repeated", UNCLEAR),
    _table("is_unclear=answer.is_repeated and not answer.row", "is_unclear=not answer.row", DELETED),
    _table("is_unclear=answer.is_repeated and not answer.row", "is_unclear=False", UNCLEAR),
    _table('"#joinId = :mine AND "\n', '""\n', NOT_MARKED),
    Mutant(
        TABLE,
        '("#missed = :missed" if seen else "attribute_not_exists(#missed)")',
        '("#missed = :missed" if seen else "#joinId = :mine")',
        harmless="it writes the first mark again, so that who does not read is closed later",
    ),
    _table(
        '            ConditionExpression="#seat = :seat",\n',
        '            ConditionExpression="attribute_exists(#seat)",\n',
        TICKETS,
    ),
    _table("member.expires_at > now // 1000 and not", "not", EXPIRED),
    _table("if member.expires_at > now // 1000", "if member.expires_at >= now // 1000", EXPIRED),
    _table(" and not member.has_given_up]", "]", TICKETS),
    _table('"begins_with(#sk, :from)", {":from": "MEMBER#"}', '"#sk > :from", {":from": "MEMBER"}', OTHER_ROWS),
    _table(
        "attribute_not_exists(#presenceAt) OR #presenceAt <= :before",
        "attribute_not_exists(#presenceAt) OR #presenceAt < :before",
        ELECTED,
    ),
    _table("attribute_not_exists(#presenceAt) OR #presenceAt <= :before", "attribute_not_exists(#presenceAt)", ELECTED),
    _table("return answer.holds or answer.is_repeated", "return answer.holds", TELLS),
    _table(" if message.id > after)", ")", CURSOR),
    _table("ScanIndexForward=not newest_first", "ScanIndexForward=True", PAGED),
    Mutant(HISTORY_PAGES, "if not self._messages:", "if True:", (FITTED,)),
    Mutant(
        HISTORY_PAGES, "max(1, min(held + 1 - self._messages, limits.HISTORY_PAGE))", "limits.HISTORY_PAGE", (FITTED,)
    ),
    Mutant(
        HISTORY_PAGES, "min(held + 1 - self._messages, limits.HISTORY_PAGE)", "held + 1 - self._messages", (FITTED,)
    ),
    Mutant(DYNAMODB, 'if "LastEvaluatedKey" not in page:', "if True:", (PAGED,)),
    Mutant(DYNAMODB, "refusal.is_repeated)", "False)", (UNCLEAR,)),
    Mutant(DYNAMODB, "reply.is_repeated)", "False)", (LOST,)),
    Mutant(DYNAMODB, '"ALL_OLD", **options)', '"NONE", **options)', (DELETED,)),
    Mutant(CLIENT, "is_repeated or failure.may_be_applied", "is_repeated", (UNCLEAR,)),
    Mutant(CLIENT, "may_be_applied=failure.was_sent", "may_be_applied=False", (UNCLEAR,)),
    Mutant(
        f"{LAYER}/rows.py",
        'if not row or "salt" not in row:',
        "if not row:",
        harmless="no update makes a row without a salt: each has a condition",
    ),
)

FAKE_CONDITIONS = (
    Mutant(FAKES, "if row.moved_by == token:", "if False:"),
    Mutant(
        FAKES,
        "previous_room=before.room, join_id=before.join_id + 1)\n        return before\n\n    def count_join",
        "join_id=before.join_id + 1)\n        return before\n\n    def count_join",
    ),
    Mutant(
        FAKES,
        "room=room, alias=alias, previous_room=before.room, join_id=before.join_id + 1)",
        "room=room, alias=alias, previous_room=before.room)",
    ),
    Mutant(FAKES, "        if row.connection.room != room:\n            return Refusal.NOT_IN_ROOM\n", ""),
    Mutant(FAKES, "if before.room is not None and room in (None, before.room):", "if before.room is not None:"),
    Mutant(
        FAKES,
        "room=None, previous_room=before.room, join_id=before.join_id + 1)",
        "room=None, previous_room=before.room)",
    ),
    Mutant(FAKES, "room=None, previous_room=before.room, join_id", "room=None, previous_room=None, join_id"),
    Mutant(FAKES, "        if previous and previous.join_id > member.join_id:\n            return None\n", ""),
    Mutant(
        FAKES,
        "if previous and previous.join_id > member.join_id:",
        "if previous and previous.join_id >= member.join_id:",
    ),
    Mutant(FAKES, "first_join_id=kept.first_join_id, expires_at", "expires_at"),
    Mutant(
        FAKES,
        "ticket = 0 if is_new or previous is None else previous.ticket",
        "ticket = 0 if previous is None else previous.ticket",
    ),
    Mutant(FAKES, "ticket = 0 if is_new or previous is None else previous.ticket", "ticket = 0"),
    Mutant(
        FAKES,
        "if row and (row.join_id, row.missed) == (member.join_id, member.missed):",
        "if row and row.missed == member.missed:",
    ),
    Mutant(
        FAKES,
        "if row and (row.join_id, row.missed) == (member.join_id, member.missed):",
        "if row and row.join_id == member.join_id:",
    ),
    Mutant(
        FAKES, "if key in self.rows and self.rows[key].first_join_id == member.first_join_id:", "if key in self.rows:"
    ),
    Mutant(FAKES, "if row is None or row.join_id > join_id:", "if row is None:"),
    Mutant(FAKES, "if row is None or row.join_id > join_id:", "if row is None or row.join_id >= join_id:"),
    Mutant(FAKES, " and not row.has_given_up]", "]"),
    Mutant(FAKES, "row.connection if row else None\n\n    def get", "None\n\n    def get"),
)
