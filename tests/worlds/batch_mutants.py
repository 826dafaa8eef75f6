"""Wrong lines of what sends several messages together, and what notices each."""

from tests.worlds.mutant_list import BROADCAST, FAKES, LAYER, RULES, SEND, TABLE, Mutant

BATCHING, FRAMES = f"{LAYER}/batching.py", f"{LAYER}/message_frames.py"
STEPS = ("tests/shared/test_batching.py",)
ROWS = ("tests/shared/test_batch_rows.py",)


def _steps(file: str, old: str, new: str, harmless: str = "") -> Mutant:
    return Mutant(file, old, new, STEPS, harmless)


def _rows(file: str, old: str, new: str) -> Mutant:
    return Mutant(file, old, new, ROWS)


BATCH_STEPS = (
    _steps(SEND, "if chat.batching.pays(members, batch, message, now):", "if False:"),
    _steps(BATCHING, "takers < limits.BATCH_MEMBERS or not", "not"),
    _steps(BATCHING, " or not self._settings.history_seconds:", ":"),
    _steps(BATCHING, "for member in members if member.takes_batches)", "for member in members)"),
    _steps(
        BATCHING,
        "if batch and (batch.collector or rules.was_busy(batch, now, window)):",
        "if batch and batch.collector:",
    ),
    _steps(BATCHING, "(batch.collector or rules.was_busy(batch, now, window))", "rules.was_busy(batch, now, window)"),
    _steps(BATCHING, "self._pause(max(0, batch.until - now) / 1000)", "pass"),
    _steps(BATCHING, "        elif not rules.is_to_be_sent(batch, now):\n            return\n", ""),
    _steps(BATCHING, "elif not rules.is_to_be_sent(batch, now):", "else:"),
    _steps(BATCHING, "rules.worth_sending(ids, now)", "ids"),
    _steps(RULES, "len(newest) == limits.BATCH_LOOK and now", "now"),
    _steps(RULES, "now - time_of(newest[-1]) <= limits", "now - time_of(newest[-1]) < limits"),
    _steps(RULES, "batch.last_size > 1 and now", "now"),
    _steps(
        RULES,
        "batch.last_size > 1 and now - batch.last_until <= limits.BATCH_LOOK_WINDOWS * window_ms",
        "batch.last_size > 1",
    ),
    _steps(RULES, "len(batch.ids) >= limits.BATCH_MESSAGES or now", "now"),
    _steps(RULES, " or now > batch.until + limits.BATCH_OVERDUE_MS", ""),
    _steps(RULES, "now > batch.until + limits.BATCH_OVERDUE_MS", "now >= batch.until + limits.BATCH_OVERDUE_MS"),
    _steps(RULES, "limits.BATCH_WINDOW_MS if members <= limits.LARGE_ROOM_MEMBERS", "limits.BATCH_WINDOW_MS if True"),
    _steps(BROADCAST, "if payloads and each not in lost]", "if payloads]"),
    _steps(FRAMES, "(each.author.id == person) is is_own]", "is_own]"),
    _steps(FRAMES, "if member.takes_batches else self._one_by_one(chosen)", "if True else self._one_by_one(chosen)"),
    _steps(FRAMES, "map(protocol.after_missed, frames) if member.missed else frames", "frames"),
    _steps(FRAMES, "            if size > free:\n", "            if not groups:\n"),
    _steps(FRAMES, "            if len(group) > 1\n", "            if True\n"),
    _rows(TABLE, "#collector = if_not_exists(#collector, :me)", "#collector = :me"),
    _rows(TABLE, "#dueAt = if_not_exists(#dueAt, :until)", "#dueAt = :until"),
    _rows(
        TABLE,
        '            ConditionExpression="#collector = :collector",\n',
        '            ConditionExpression=":collector = :collector",\n',
    ),
    _rows(TABLE, "REMOVE #ids, #collector, #dueAt", "REMOVE #ids, #collector"),
    _rows(TABLE, "REMOVE #ids, #collector, #dueAt", "REMOVE #collector, #dueAt"),
    _rows(f"{LAYER}/rows.py", 'if row.get("takenBy", {}).get("S") == message_id else frozenset()', ""),
    _rows(TABLE, "return [message for message in found if message.id in ids]", "return list(found)"),
    _rows(TABLE, "for row in found if not rows.is_batch(row)), now)", "for row in found), now)"),
    _rows(FAKES, "collector=before.collector or message.id", "collector=message.id"),
    _rows(FAKES, "if row.batch.collector == collector:", "if True:"),
    _rows(FAKES, "return row.taken if row.taken_by == taker else frozenset()", "return row.taken"),
)
