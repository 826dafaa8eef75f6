"""What a client may send, read by the functions: any text is understood within limits, or refused with a sentence."""

import json
import re
import unicodedata
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from anonchat import limits, protocol
from anonchat.model import CAPABILITIES
from anonchat.protocol import Frame, Refused
from tests.support.frames import anything
from tests.support.fuzz import fuzz, lengths

CODES = {protocol.BAD_REQUEST, protocol.TOO_LONG}
PARSERS = (protocol.parse_join, protocol.parse_send, protocol.parse_leave, protocol.parse_action)

# Texts near what is taken: long ones, ones with marks, controls and halves of characters, and what folds to others.
texts = st.one_of(
    st.text(st.characters(codec=None), max_size=40),
    st.text(st.sampled_from("aA0-_=.\n\t\r\0\x85\u200b\u2028\ud800\udc00\U0001f600e\u0301\u0130ſ①"), max_size=70),
    st.sampled_from([limits.ALIAS_BYTES, limits.ALIAS_BYTES + 1, limits.TEXT_BYTES, limits.TEXT_BYTES + 1]).map(
        "x".__mul__
    ),
    st.sampled_from(["1800000000000", "1800000000000-abc", "1800000000000-", "١٨٠٠٠٠٠٠٠٠٠٠٠", "client-1", "__proto__"]),
)
names = st.sampled_from(["action", "room", "alias", "since", "accepts", "text", "client", "__proto__", "constructor"])
frames = st.dictionaries(
    names | texts, texts | anything | st.lists(texts | st.sampled_from(sorted(CAPABILITIES))), max_size=9
)
SOUND = {"room": "red", "alias": "Ann", "text": "hello", "client": "client-1", "action": "dance"}

DIGITS = '{"action": "send", "n": ' + "9" * 5000 + "}"
bodies = st.one_of(
    st.text(st.characters(codec=None)),
    frames.map(json.dumps),
    frames.map(lambda frame: json.dumps(frame, ensure_ascii=False)),
    st.tuples(frames, st.integers(0, 200)).map(lambda cut: json.dumps(cut[0])[: cut[1]]),
    st.tuples(st.sampled_from(["[", '{"a":', "[{", " "]), st.integers(0, 40_000)).map(lambda deep: deep[0] * deep[1]),
    st.sampled_from([DIGITS, '{"a": NaN}', '{"a": -Infinity}', "1e999999", '{"a": 1, "a": 2}', "\ufeff{}", "{}\0"]),
)


@lengths
def test_any_text_is_an_object_or_refused(times: int) -> None:
    @example("[" * 40_000)
    @example(DIGITS)
    @given(bodies)
    def holds(body: str) -> None:
        try:
            frame = protocol.decode(body)
        except Refused as refused:
            assert refused.code == protocol.BAD_REQUEST
        else:
            assert isinstance(frame, dict)
            for parse in PARSERS:
                understood(parse, frame)

    fuzz(holds, 60 * times)


@lengths
def test_what_passes_obeys_the_limits_and_is_what_was_sent(times: int) -> None:
    @given(frames, st.sets(st.sampled_from(sorted(SOUND))))
    def holds(frame: Frame, sound: set[str]) -> None:
        sent = frame | {name: SOUND[name] for name in sound}
        join, send = understood(protocol.parse_join, sent), understood(protocol.parse_send, sent)
        for request in filter(None, (join, send)):
            assert request.room == sent["room"]
            assert re.fullmatch("[A-Za-z0-9_-]{1,64}", request.room)
        if join:
            assert_opaque(join.alias, sent["alias"], limits.ALIAS_BYTES, "")
            assert join.since is None or re.fullmatch("[0-9]{13}(-[A-Za-z0-9_-]{1,32})?", join.since)
            assert join.accepts <= CAPABILITIES
        if send:
            assert_opaque(send.text, sent["text"], limits.TEXT_BYTES, "\n\t")
            assert re.fullmatch("[A-Za-z0-9_-]{8,36}", send.client)

    fuzz(holds, 60 * times)


def understood(parse: Any, frame: Frame) -> Any:
    """Return what a parser makes of an object, None if that is a refusal, which is fit to be sent."""
    try:
        return parse(frame)
    except Refused as refused:
        assert refused.code in CODES
        answer = protocol.encode(refused.frame())
        assert len(answer) < 400, "a refusal repeats nothing of any length"
        return None


def assert_opaque(taken: str, sent: str, most: int, controls: str) -> None:
    assert taken == sent, "not normalised, not cut"
    assert 0 < len(taken.encode()) <= most
    assert not any(unicodedata.category(each) == "Cc" and each not in controls for each in taken)
