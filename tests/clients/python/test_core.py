"""What the client knows and decides, without any socket."""

import json
from itertools import pairwise

import pytest

from anonchat_client.core import frames
from anonchat_client.core.cursor import Cursor
from anonchat_client.core.events import ConnectionLost, ConnectionRestored, Gap, Presence
from anonchat_client.core.frames import Answer, Frame
from anonchat_client.core.log import Log
from anonchat_client.core.outbox import Outbox
from anonchat_client.core.pacing import Pacing
from anonchat_client.core.retries import LIMITED_SPREAD_SECONDS, SILENT_TRIES, Backoff, Retries
from anonchat_client.core.session import DOUBT_MS, Session
from anonchat_client.errors import RequestRefused, Unacknowledged

LIMITS = {"text": 8192, "perMinute": 30, "room": 50, "historySeconds": 600, "overlapSeconds": 15}
NOW = 1_700_000_000_000
SEND = Answer("message", "client-1")


def message(id: str, client: str = "") -> Frame:
    sender = {"id": "m1", "alias": "Ada"}
    head = {"type": "message", "id": id, "client": client or f"client-{id}", "from": sender}
    return head | {"text": "Hello", "at": int(id[:13]), "online": 2}


def joined(history: list[Frame] | None = None, *, more: bool = False, gap: bool = False) -> Frame:
    members = [{"id": "m1", "alias": "Ada"}]
    frame = {"type": "joined", "room": "lobby", "self": "m1", "members": members, "online": 1, "limits": LIMITS}
    return frame | {"history": history or [], "more": more, "gap": gap}


def page(history: list[Frame], *, more: bool = False, gap: bool = False) -> Frame:
    said = [{name: value for name, value in each.items() if name != "online"} for each in history]
    return {"type": "page", "history": said, "more": more, "gap": gap}


# --- frames ------------------------------------------------------------------------------------------------


def test_a_frame_of_the_protocol_is_read() -> None:
    for frame in (message(f"{NOW}-a"), joined([message(f"{NOW}-a")]), {"type": "left", "room": "lobby"}):
        assert frames.read(json.dumps(frame)) == frame


def test_a_frame_of_api_gateways_own_is_read() -> None:
    assert frames.read('{"message": "Internal server error"}') == {"message": "Internal server error"}


@pytest.mark.parametrize(
    "frame",
    [
        "no JSON",
        "[]",
        "1",
        '{"type": "unheard-of"}',
        '{"type": 7}',
        '{"type": ["joined"]}',
        "[" * 100_000,
        json.dumps(message(f"{NOW}-a") | {"id": "yesterday-a"}),
        json.dumps(joined() | {"limits": {"overlapSeconds": "15"}}),
        json.dumps(message(f"{NOW}-a") | {"from": {"id": "m1"}}),
        json.dumps(message(f"{NOW}-a") | {"id": 7}),
        json.dumps(joined() | {"history": [{}]}),
        json.dumps(joined() | {"members": ["Ada"]}),
        json.dumps({"type": "presence", "online": 1, "joined": [], "left": [{"id": 1, "alias": "Ada"}]}),
    ],
    ids=lambda frame: frame[:40],
)
def test_what_is_no_frame_of_the_protocol_is_passed_over(frame: str) -> None:
    assert frames.read(frame) is None


def test_a_name_for_a_message_is_one_that_the_protocol_allows() -> None:
    names = {frames.new_client() for _ in range(100)}
    assert len(names) == 100
    assert all(frames.CLIENT.fullmatch(name) for name in names)


# --- cursor, log, outbox -------------------------------------------------------------------------------------


def test_a_new_cursor_asks_for_the_newest_messages() -> None:
    assert Cursor().since(15) is None


def test_a_cursor_asks_from_the_overlap_before_its_last_message_and_never_goes_back() -> None:
    cursor = Cursor()
    cursor.advance("1700000099000-x")
    cursor.advance("1700000001000-x")
    cursor.advance(None)
    assert cursor.since(15) == "1700000084000"


def test_in_an_empty_room_the_cursor_is_when_it_was_first_entered() -> None:
    cursor = Cursor()
    assert cursor.is_new
    cursor.enter(20_000)
    cursor.enter(99_000)
    assert not cursor.is_new
    assert cursor.since(15) == "0000000005000"
    assert cursor.since(60) == "0000000000000"


def test_a_held_cursor_stays_where_it_was_until_it_is_released() -> None:
    cursor = Cursor()
    cursor.enter(20_000)
    cursor.advance("1700000099000-x")
    cursor.hold()
    cursor.advance("1700000900000-z")
    cursor.hold()
    assert cursor.since(15) == "1700000084000"
    cursor.release()
    assert cursor.since(15) == "1700000885000"


def test_the_log_has_a_copy_once_under_the_smaller_id() -> None:
    log = Log()
    news = [log.add(message(f"{NOW + at}-a", "the-same")) for at in (2, 1, 2)]
    assert news == [message(f"{NOW + 2}-a", "the-same"), None, None]
    assert log.frames == [message(f"{NOW + 1}-a", "the-same")]
    assert log.duplicates == 2
    assert log.newest() == f"{NOW + 1}-a"


def test_the_outbox_lets_out_one_message_after_the_other() -> None:
    outbox = Outbox()
    for client in ("one", "two", "three"):
        outbox.add(client)
    outbox.remove("two")
    assert (outbox.first, len(outbox)) == ("one", 2)
    outbox.remove("one")
    assert outbox.first == "three"
    outbox.remove("three")
    assert outbox.first is None


def test_a_message_cannot_wait_twice() -> None:
    outbox = Outbox()
    outbox.add("one")
    with pytest.raises(ValueError, match="waiting"):
        outbox.add("one")


# --- retries -------------------------------------------------------------------------------------------------


def test_pauses_double_up_to_a_longest_one_and_differ() -> None:
    for _ in range(20):
        backoff = Backoff(1.0, 5.0)
        for longest in (1, 2, 4, 5, 5):
            assert longest / 2 <= backoff.next() <= longest
        backoff.reset()
        assert backoff.next() <= 1
    assert len({Backoff().next() for _ in range(20)}) > 1


def test_a_hundred_that_lose_their_sockets_together_come_back_over_seconds() -> None:
    pauses = sorted(Backoff(4.0, least=0).next() for _ in range(100))
    assert pauses[0] < 1
    assert pauses[-1] > 3
    assert max(len([pause for pause in pauses if second <= pause < second + 1]) for second in range(4)) < 50


def test_after_silence_it_is_tried_again_after_a_pause_and_then_on_another_socket() -> None:
    retries = Retries(SEND, Backoff(1.0))
    steps = [retries.after(TimeoutError()) for _ in range(SILENT_TRIES)]
    assert [step.reconnect for step in steps] == [False] * (SILENT_TRIES - 1) + [True]
    assert all(step.wait_seconds > 0 for step in steps)


def test_a_socket_on_which_anything_is_heard_is_not_dead_however_long_an_answer_takes() -> None:
    retries = Retries(SEND, Backoff())
    assert not any(retries.after(TimeoutError(), heard=True).reconnect for _ in range(3 * SILENT_TRIES))


def test_what_failed_or_was_throttled_is_tried_again_after_a_pause() -> None:
    retries = Retries(SEND, Backoff(1.0))
    for failure in (Unacknowledged("throttled"), RequestRefused("server_error", "Our fault.")):
        step = retries.after(failure)
        assert step.wait_seconds > 0
        assert not step.reconnect


def test_too_fast_a_client_waits_as_long_as_it_is_told() -> None:
    retries = Retries(SEND, Backoff())
    waits = {retries.after(RequestRefused("rate_limited", "Too fast.", 17.5)).wait_seconds for _ in range(20)}
    assert all(17.5 <= wait <= 17.5 + LIMITED_SPREAD_SECONDS for wait in waits)
    assert len(waits) > 1, "or all would come in the same second"
    assert retries.after(RequestRefused("rate_limited", "Too fast.")).wait_seconds >= 1.0


@pytest.mark.parametrize("code", ["bad_request", "too_long", "not_joined", "room_full", "unheard_of"])
def test_a_refusal_that_no_other_try_can_help_is_raised(code: str) -> None:
    with pytest.raises(RequestRefused):
        Retries(SEND, Backoff()).after(RequestRefused(code, "No."))


def test_a_join_that_was_overtaken_is_tried_again() -> None:
    assert Retries(Answer("joined", "lobby"), Backoff()).after(RequestRefused("not_joined", "No.")).wait_seconds > 0


# --- pacing ----------------------------------------------------------------------------------------------------


def test_the_members_of_a_room_resume_over_a_tenth_of_a_second_for_each_and_ten_at_most() -> None:
    for online, longest in ((2, 0.2), (50, 5), (500, 10)):
        waits = [Pacing().missed(online, 0) for _ in range(200)]
        assert longest * 0.8 < max(waits) <= longest
        assert min(waits) < longest * 0.2


def test_while_it_goes_on_a_room_of_any_size_resumes_about_ten_times_a_second() -> None:
    for online, least, most in ((2, 5, 5.2), (50, 5, 10), (500, 50, 60)):
        pacing, now, times = Pacing(), 0.0, []
        while now < 1_000:
            now += pacing.missed(online, now)
            pacing.resumed(now)
            times.append(now)
        apart = [after - before for before, after in pairwise(times)]
        assert least <= min(apart) <= max(apart) <= most


# --- session -------------------------------------------------------------------------------------------------


class Told:
    """A session in a room, and what it has announced."""

    def __init__(self) -> None:
        self.events: list[object] = []
        self.session = Session(Log(), self.events.append)
        self.session.join("lobby", "Ada")

    def enter(self, frame: Frame, now: int = NOW) -> bool:
        self.session.begin_joining(now)
        self.session.receive(frame, now)
        return self.session.finish_page(frame, now, now)


def test_a_session_comes_in_with_the_history() -> None:
    told = Told()
    assert told.session.join_request() == frames.join("lobby", "Ada")
    assert told.enter(joined([message(f"{NOW}-a")]))
    assert told.session.in_room
    assert told.session.members == {"m1": "Ada"}
    assert told.events == [message(f"{NOW}-a")]


def test_a_lost_session_is_told_once_and_asks_from_where_it_was() -> None:
    told = Told()
    told.enter(joined([message(f"{NOW}-a")]))
    told.events.clear()
    told.session.lose()
    told.session.lose()
    told.session.begin_joining(NOW)
    assert told.session.join_request()["since"] == str(NOW - 15_000)
    told.enter(joined([message(f"{NOW}-a"), message(f"{NOW}-b")]))
    assert told.events == [ConnectionLost(), message(f"{NOW}-b"), ConnectionRestored()]


def test_pages_are_followed_until_there_is_no_more() -> None:
    told = Told()
    told.enter(joined([message(f"{NOW}-a")]))
    told.session.lose()
    first = joined([message(f"{NOW + 1}-b")], more=True)
    assert not told.enter(first)
    assert not told.session.in_room
    assert told.session.join_request()["since"] == f"{NOW + 1}-b"
    told.session.receive(first, NOW)
    assert told.session.finish_page(first, NOW, NOW), "a page that brings nothing new is the last one"


def test_behind_the_first_page_of_a_join_only_pages_are_asked_for() -> None:
    told = Told()
    told.enter(joined([message(f"{NOW}-a")]))
    told.session.lose()
    assert told.session.awaits == "joined"
    told.enter(joined([message(f"{NOW + 1}-b")], more=True))
    assert told.session.awaits == "page"
    assert told.session.join_request() == frames.page("lobby", "Ada", f"{NOW + 1}-b")
    told.session.receive(page([message(f"{NOW + 2}-c")], more=True), NOW)
    assert not told.session.finish_page(page([message(f"{NOW + 2}-c")], more=True), NOW, NOW)
    told.session.receive(page([message(f"{NOW + 3}-d")], gap=True), NOW)
    assert told.session.finish_page(page([message(f"{NOW + 3}-d")]), NOW, NOW)
    assert told.session.in_room
    assert told.session.members == {"m1": "Ada"}
    assert [event["id"][-1] for event in told.events if isinstance(event, dict)] == ["a", "b", "c", "d"]
    assert told.session.gaps == [f"{NOW + 2}-c"]


def test_a_late_page_of_a_room_that_was_left_is_not_taken() -> None:
    told = Told()
    told.enter(joined([message(f"{NOW}-a")]))
    told.session.receive(page([message(f"{NOW + 1}-b")]), NOW)
    assert told.session.log.newest() == f"{NOW}-a"


def test_a_page_is_read_if_each_message_of_it_is_whole() -> None:
    whole = page([message(f"{NOW}-a")])
    assert frames.read(json.dumps(whole)) == whole
    assert frames.read(json.dumps(page([{"type": "message", "id": f"{NOW}-a"}]))) is None
    assert frames.read(json.dumps({**whole, "gap": "no"})) is None


def test_a_gap_after_a_short_absence_is_none_and_after_a_long_one_is_told_before_what_follows() -> None:
    told = Told()
    told.enter(joined([message(f"{NOW}-a")]))
    told.session.lose()
    told.enter(joined(gap=True), NOW + 1000)
    assert not [event for event in told.events if isinstance(event, Gap)]
    told.session.lose()
    told.events.clear()
    told.session.log.add(message(f"{NOW + 20_000}-b"))
    told.session.cursor.advance(f"{NOW + 20_000}-b")
    later = NOW + 1_000_000
    told.enter(joined([message(f"{later}-c")], gap=True), later)
    assert told.events == [Gap(str(NOW + 5000)), message(f"{later}-c"), ConnectionRestored()]
    assert told.session.gaps == [str(NOW - 15_000), str(NOW + 5000)]


def test_after_a_frame_that_says_missed_it_asks_from_where_it_was_before() -> None:
    told = Told()
    told.enter(joined([message(f"{NOW}-a")]))
    told.session.receive(message(f"{NOW + 300_000}-z") | {"missed": True}, NOW)
    assert told.session.counters.missed == 1
    told.session.begin_joining(NOW)
    assert told.session.join_request()["since"] == str(NOW - 15_000)
    told.enter(joined([message(f"{NOW + 1}-b")]))
    assert ConnectionLost() not in told.events, "nothing of it shows but the message"
    told.session.begin_joining(NOW)
    assert told.session.join_request()["since"] == str(NOW + 285_000)


def test_what_is_missed_while_a_join_is_under_way_holds_the_cursor_until_the_next() -> None:
    told = Told()
    told.enter(joined([message(f"{NOW}-a")]))
    told.session.begin_joining(NOW)
    told.session.receive({"type": "presence", "online": 2, "joined": [], "left": [], "missed": True}, NOW)
    snapshot = joined([message(f"{NOW + 20_000}-b")])
    told.session.receive(snapshot, NOW)
    assert told.session.finish_page(snapshot, NOW, NOW)
    told.session.receive(message(f"{NOW + 300_000}-z"), NOW)
    told.session.begin_joining(NOW)
    assert told.session.join_request()["since"] == str(NOW + 5000)


@pytest.mark.parametrize("frame", [joined(), {"type": "error", "code": "x", "message": "y"}, message(f"{NOW}-b")])
def test_only_messages_and_presence_say_missed_and_only_by_true(frame: Frame) -> None:
    said = "yes" if frame["type"] == "message" else True
    assert not frames.says_missed(frame | {"missed": said})


def test_the_late_answer_to_a_join_that_was_asked_again_ends_nothing() -> None:
    told = Told()
    told.enter(joined([message(f"{NOW}-a")]))
    told.session.begin_joining(NOW)
    told.session.doubt(NOW)
    first = joined([message(f"{NOW + 1}-b")], more=True)
    told.session.receive(first, NOW)
    assert not told.session.finish_page(first, NOW, NOW)
    assert not told.session.finish_page(first, NOW, NOW), "it begins before what is asked for: the other answer"
    assert told.session.join_request()["since"] == f"{NOW + 1}-b"
    assert told.session.finish_page(joined([message(f"{NOW + 2}-c")]), NOW, NOW)
    told.session.begin_joining(NOW + 1)
    assert told.session.join_request()["since"] == str(NOW - 15_000), "to be on the safe side"
    assert told.enter(joined([message(f"{NOW + 2}-c")]), NOW + DOUBT_MS)
    told.session.begin_joining(NOW + DOUBT_MS)
    assert told.session.join_request()["since"] == str(NOW + 2 - 15_000)


def test_presence_is_told_and_kept() -> None:
    told = Told()
    told.enter(joined())
    grace = {"id": "m2", "alias": "Grace"}
    told.session.receive({"type": "presence", "online": 2, "joined": [grace], "left": []}, NOW)
    told.session.receive({"type": "presence", "online": 1, "joined": [], "left": [grace]}, NOW)
    assert told.events == [Presence(("Grace",), (), 2), Presence((), ("Grace",), 1)]
    assert told.session.members == {"m1": "Ada"}


def test_another_room_begins_with_nothing() -> None:
    told = Told()
    told.enter(joined([message(f"{NOW}-a")]))
    told.session.join("kitchen", "Ada")
    told.session.begin_joining(NOW)
    assert told.session.join_request() == frames.join("kitchen", "Ada")
    assert told.session.log.frames == []
