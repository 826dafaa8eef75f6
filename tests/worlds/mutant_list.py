"""Wrong lines of the layer, each wrong in one way: a condition dropped or weakened, a step left out or put elsewhere.

`python -m tests.worlds.mutants` breaks each and says in docs/worlds.md what noticed. A mutant is a text that stands once
in its file and what takes its place; one that nothing can notice says why.
"""

# ruff: noqa: E501 - a wrong line reads best beside the right one

from typing import NamedTuple


class Mutant(NamedTuple):
    """`tests` are those that notice, where the short worlds do not; `harmless` says why nothing has to."""

    file: str
    old: str
    new: str
    tests: tuple[str, ...] = ()
    harmless: str = ""

    @property
    def name(self) -> str:
        """Say what is changed, in one line."""
        old, new = (" ".join(text.split()) for text in (self.old, self.new))
        return f"`{old}` → `{new}`" if new else f"without `{old}`"


LAYER = "shared/python/anonchat"
HISTORY, JOINING, BROADCAST, RULES = (
    f"{LAYER}/history.py",
    f"{LAYER}/joining.py",
    f"{LAYER}/broadcast.py",
    f"{LAYER}/rules.py",
)
PLACES = f"{LAYER}/places.py"
HISTORY_PAGES = f"{LAYER}/history_pages.py"
PUBLISHING, TABLE, DYNAMODB = f"{LAYER}/publishing.py", f"{LAYER}/table.py", f"{LAYER}/dynamodb.py"
CLIENT, COUNTED_UPDATES = f"{LAYER}/dynamodb_client.py", f"{LAYER}/counted.py"
JOIN, SEND, LEAVE = "lambdas/join.py", "lambdas/send.py", "lambdas/leave.py"
FAKES = "tests/support/fakes.py"
PAGES = "tests/shared/test_history.py"

JOIN_STEPS = (
    Mutant(
        JOINING, "len(members) < self._settings.room_cap or any", "any", harmless="it only costs a look at every socket"
    ),
    Mutant(JOINING, "if len(members) < self._settings.room_cap", "if len(members) <= self._settings.room_cap"),
    Mutant(JOINING, " or any(each.connection_id == connection_id for each in members)", ""),
    Mutant(JOINING, "len(self._broadcaster.remove_gone(members)) >=", "len(members) >="),
    Mutant(JOINING, "        self._broadcaster.remove_from_rooms(left, exclude=request.room, elect=False)\n", ""),
    Mutant(JOINING, "remove_from_rooms(left, exclude=request.room, ", "remove_from_rooms(left, "),
    Mutant(JOINING, "is_new=before.room != request.room", "is_new=True"),
    Mutant(JOINING, "is_new=before.room != request.room", "is_new=False"),
    Mutant(JOINING, "former_alias=before.alias", "former_alias=request.alias"),
    Mutant(
        JOINING,
        "members, announce = self._write_membership(pending, now)\n"
        "            messages = self._history.messages(member.room, since, now)\n",
        "messages = list(self._history.messages(member.room, since, now))\n"
        "            members, announce = self._write_membership(pending, now)\n",
    ),
    Mutant(JOINING, "            self._undo(pending)\n", ""),
    Mutant(
        JOINING,
        "        if pending.is_new:\n            self._roll_back",
        "        if True:\n            self._roll_back",
    ),
    Mutant(JOINING, "elif former is not None and former != member.person.alias:", "elif False:"),
    Mutant(JOINING, "if write and write.previous and write.previous.has_given_up:", "if False:"),
    Mutant(
        JOINING,
        "        write = self._table.put_member(member, is_new=pending.is_new)\n"
        "        if write and write.previous and write.previous.has_given_up:\n"
        "            # No member's row: a join has died in its queue, or is about to delete it. This one is the first, then.\n"
        "            self._table.delete_member(member.room, member.connection_id, member.join_id)\n"
        "            write = self._table.put_member(member, is_new=True)\n"
        "        current = self._table.get_connection(member.connection_id)\n",
        "        current = self._table.get_connection(member.connection_id)\n"
        "        write = self._table.put_member(member, is_new=pending.is_new)\n",
    ),
    Mutant(JOINING, "if current is None or current.room != member.room:", "if current is None:"),
    Mutant(
        JOINING, "if current is None or current.room != member.room:", "if current and current.room != member.room:"
    ),
    Mutant(
        JOINING,
        "            self._roll_back(pending, member.join_id)\n            raise rules.over",
        "            raise rules.over",
    ),
    Mutant(
        JOINING,
        "            return Membership(members, announce=False)",
        "            return Membership(members, announce=True)",
    ),
    Mutant(JOINING, "if is_first_join and len(members) > self", "if len(members) > self"),
    Mutant(
        JOINING,
        "if is_first_join and len(members) > self._settings.room_cap:",
        "if is_first_join and len(members) >= self._settings.room_cap:",
        harmless="who takes the last place draws a ticket and has it at the first look, for two writes more",
    ),
    Mutant(JOINING, "if is_first_join and len(members) > self._settings.room_cap:", "if False:"),
    Mutant(
        JOINING,
        "            return Membership(members, announce=True)\n        return",
        "            return Membership(members, announce=False)\n        return",
    ),
    Mutant(JOINING, "if is_first_join or previous is None:", "if previous is None:"),
    Mutant(
        JOINING,
        "return Membership(members, rules.is_renamed(member, previous, pending.former_alias))",
        "return Membership(members, announce=False)",
    ),
    Mutant(
        JOINING,
        "member = pending.member if previous is None else pending.member._replace(first_join_id=previous.first_join_id)",
        "member = pending.member",
    ),
    Mutant(PLACES, "            self._table.set_ticket(member, GIVEN_UP)\n", ""),
    Mutant(PLACES, "            self._table.set_ticket(member, 0)  #", "            #"),
    Mutant(PLACES, "        self._table.set_ticket(member, ticket)\n", ""),
    Mutant(
        PLACES,
        "            if not any(rules.is_same_visit(member, each) for each in members):\n                raise rules.overtaken()\n",
        "",
    ),
    Mutant(PLACES, ">= self._settings.room_cap", "> self._settings.room_cap"),
    Mutant(PLACES, ">= self._settings.room_cap", ">= 0"),
    Mutant(
        JOINING,
        "        before = self._table.clear_room(member.connection_id, member.room)\n",
        "        before = None\n",
    ),
    Mutant(JOINING, "before.join_id if before and before.room == member.room else member.join_id", "member.join_id"),
    Mutant(JOINING, "row is not None and row.first_join_id != member.first_join_id", "row is not None"),
    Mutant(JOINING, "row is not None and row.first_join_id != member.first_join_id", "False"),
    Mutant(JOINING, "elif deletion.is_unclear and not pending.is_new:", "elif False:"),
    Mutant(JOIN, " and completed.announce", ""),
    Mutant(JOIN, "            exclude=[connection_id],\n", ""),
    Mutant(JOIN, "            joined=[pending.member.person],\n", ""),
    Mutant(JOIN, "    chat.joining.check_capacity(connection_id, request.room, now)\n", ""),
)

PAGE_STEPS = (
    Mutant(HISTORY, "        self._admission.count_page(connection_id, request.room, now)\n", "", (PAGES,)),
    Mutant(
        HISTORY,
        "if self._table.get_member(request.room, connection_id, now) is None:",
        "if False:",
        (PAGES,),
    ),
    Mutant(HISTORY, "if not self._settings.history_seconds:", "if False:", harmless="it only costs a read"),
    Mutant(
        HISTORY,
        'after = max(since or "", rules.oldest_held(now, self._settings))',
        'after = since or ""',
        (PAGES, "tests/shared/test_chat.py"),
    ),
    Mutant(HISTORY, "newest_first=since is None", "newest_first=True", (PAGES,)),
    Mutant(JOIN, "    if request.page:\n", "    if False:\n", (PAGES,)),
)

SEND_STEPS = (
    Mutant(SEND, "    chat.publishing.store(message)\n", ""),
    Mutant(
        SEND,
        "    chat.publishing.store(message)\n"
        "    members, batch = chat.publishing.recipients(connection_id, message, now)\n",
        "    members, batch = chat.publishing.recipients(connection_id, message, now)\n"
        "    chat.publishing.store(message)\n",
    ),
    Mutant(PUBLISHING, "if all(member.connection_id != connection_id for member in members):", "if False:"),
    Mutant(PUBLISHING, "                self._table.delete_message(message)\n", "                pass\n"),
    Mutant(BROADCAST, "if not each.missed and (others := frames.others(each))]", "if (others := frames.others(each))]"),
    Mutant(
        BROADCAST, "if each.missed and not frames.own(each)]", "if each.missed]", ("tests/shared/test_batching.py",)
    ),
    Mutant(
        BROADCAST,
        "self._echo(members, MessageFrames(messages, online=len(members)), delivery)",
        "self._echo(members, frames, delivery)",
    ),
    Mutant(
        BROADCAST,
        "are_marked = self._mark_failed(unmarked, delivery.failed, is_common_trouble=True)",
        "are_marked = True",
    ),
    Mutant(BROADCAST, "        members = self._remove_gone(members, delivery.gone, unreachable=delivery.failed)\n", ""),
    Mutant(BROADCAST, "        if not are_marked:\n            raise NotMarked\n", ""),
    Mutant(BROADCAST, "self._post_in_order([*echoes, *late], ", "self._post_in_order(echoes, "),
    Mutant(BROADCAST, "            self._post_in_order(unheard, limits.ANSWER_AGAIN_SECONDS)\n", "            pass\n"),
    Mutant(
        BROADCAST, "        self._remove_gone(members, last.gone, unreachable=[*delivery.failed, *last.failed])\n", ""
    ),
    Mutant(
        BROADCAST,
        "(member.connection_id, after_missed if member.missed else payload)",
        "(member.connection_id, payload)",
    ),
    Mutant(BROADCAST, "if has_failed_too_often or not member.knows_marks:", "if has_failed_too_often:"),
    Mutant(BROADCAST, "still_open = self._connections.close(closed)", "still_open = []"),
    Mutant(BROADCAST, "each.connection_id in still_open and not each.missed for", "False for"),
    Mutant(
        BROADCAST,
        '            log.error("a mark could not be written", failure)\n            return False',
        "            return True",
    ),
)

PRESENCE_STEPS = (
    Mutant(BROADCAST, "if rules.names_members(len(members) + len(left)):", "if rules.names_members(len(members)):"),
    Mutant(
        BROADCAST,
        "protocol.presence(len(members), joined, left), exclude",
        "protocol.presence(len(members), joined), exclude",
    ),
    Mutant(BROADCAST, "elif elect and self", "elif self"),
    Mutant(BROADCAST, "elif elect and self._table.elect_presence(members[0].room, self._now()):", "elif elect:"),
    Mutant(BROADCAST, "if member.connection_id not in exclude]\n        delivery", "]\n        delivery"),
    Mutant(
        BROADCAST,
        "        self._mark_failed(recipients, delivery.failed, is_common_trouble=delivery.is_common_trouble)\n",
        "",
    ),
    Mutant(BROADCAST, "        self._remove_gone(members, delivery.gone, unreachable=delivery.failed)\n", ""),
)

LEAVING_STEPS = (
    Mutant(
        BROADCAST,
        "if self._connections.post([(connection_id, protocol.encode(frame))]).gone:",
        "if not self._connections.post([(connection_id, protocol.encode(frame))]):",
    ),
    Mutant(
        BROADCAST,
        "        if delivery.failed:\n            delivery = self",
        "        if False:\n            delivery = self",
    ),
    Mutant(
        BROADCAST,
        "        if delivery.gone:\n            self._disconnect_gone(member.connection_id)\n        elif",
        "        if",
    ),
    Mutant(BROADCAST, "elif delivery.failed and not member.knows_marks:", "elif False:"),
    Mutant(BROADCAST, "return not delivery.gone", "return True"),
    Mutant(BROADCAST, "        self.remove_from_rooms(before)\n", ""),
    Mutant(BROADCAST, "return before.room or before.previous_room", "return before.room"),
    Mutant(
        BROADCAST,
        "        connection = self._delete_connection(connection_id)\n        if connection is not None:\n            self.remove_from_rooms(connection)\n",
        "        connection = self._table.get_connection(connection_id)\n        if connection is not None:\n            self.remove_from_rooms(connection)\n        self._table.delete_connection(connection_id)\n",
    ),
    Mutant(BROADCAST, "            self.remove_from_rooms(connection)\n", "            pass\n"),
    Mutant(
        BROADCAST,
        "        self.disconnect(connection_id)\n        self._connections.close",
        "        self._connections.close",
    ),
    Mutant(BROADCAST, "        self._connections.close([connection_id])\n", ""),
    Mutant(
        BROADCAST,
        "self._table.delete_connection(connection_id) or seen",
        "self._table.delete_connection(connection_id)",
    ),
    Mutant(BROADCAST, "self.announce_departure(room, deletion.row.person, elect=elect)", "pass"),
    Mutant(BROADCAST, "            elif deletion.is_unclear:\n", "            elif False:\n"),
    Mutant(
        BROADCAST,
        "            self.announce_presence(remaining, exclude=unreachable, left=departed)\n",
        "            pass\n",
    ),
    Mutant(
        BROADCAST,
        "            self._connections.close([member.connection_id for member in removed])\n",
        "            pass\n",
    ),
    Mutant(BROADCAST, "            self.remove_from_rooms(connection, exclude=member.room)\n", "            pass\n"),
    Mutant(BROADCAST, "max(member.join_id, connection.join_id if connection else 0)", "member.join_id"),
    Mutant(BROADCAST, "return deletion.row is not None or deletion.is_unclear", "return deletion.row is not None"),
    Mutant(BROADCAST, "return deletion.row is not None or deletion.is_unclear", "return True"),
    Mutant(LEAVE, '    if room is None:\n        raise Refused(protocol.NOT_JOINED, "You are not in a room.")\n', ""),
    Mutant(f"{LAYER}/model.py", "dict.fromkeys((self.room, self.previous_room))", "dict.fromkeys((self.room,))"),
)

RULE_LINES = (
    Mutant(RULES, "return previous is None or previous", "return previous"),
    Mutant(
        RULES,
        "previous is None or previous.first_join_id == member.first_join_id or is_new",
        "previous is None or is_new",
    ),
    Mutant(
        RULES,
        "previous.first_join_id == member.first_join_id or is_new",
        "previous.first_join_id == member.first_join_id",
    ),
    Mutant(
        RULES, "    if previous.join_id == member.join_id:\n        return former_alias != member.person.alias\n", ""
    ),
    Mutant(RULES, "return previous.person != member.person", "return False"),
    Mutant(
        RULES,
        "return (other.connection_id, other.first_join_id) == (member.connection_id, member.first_join_id)",
        "return other.connection_id == member.connection_id",
    ),
    Mutant(RULES, "other.ticket < ticket", "other.ticket <= ticket", harmless="no two have drawn the same"),
    Mutant(RULES, "other.ticket < ticket", "0 < other.ticket < ticket"),
    Mutant(
        RULES,
        " and other.connection_id != member.connection_id)",
        ")",
        harmless="its own row holds the same ticket by then, which is not smaller",
    ),
    Mutant(RULES, "return before < cap", "return before <= cap"),
    Mutant(RULES, "return members <= limits", "return members < limits"),
)
