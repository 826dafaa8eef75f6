"""The gateway's reader of WebSocket frames: whatever comes, however it is cut."""

import struct
from typing import NamedTuple

from hypothesis import example, given
from hypothesis import strategies as st

from local.gateway.frame_reader import BrokenFrame, FrameReader, Received, close_of, text_of, unmasked
from local.gateway.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    CONTROL_LIMIT,
    FIN,
    FRAME_LIMIT,
    MESSAGE_LIMIT,
    PING,
    PONG,
    TEXT,
)
from tests.support.fuzz import fuzz, in_pieces, lengths
from tests.support.gateway_kit import client_frame

MESSAGES, CONTROLS = (TEXT, BINARY), (CLOSE, PING, PONG)
CODES = {1002, 1007, 1009}


class Outcome(NamedTuple):
    """What a reader made of some bytes: what it gave out, and the code of what was broken, 0 if nothing was."""

    received: list[Received]
    code: int
    has_close: bool


def read(pieces: list[bytes]) -> Outcome:
    """Read as the gateway does: up to the first broken frame, and then on to a close frame."""
    reader, received, code = FrameReader(), list[Received](), 0
    for piece in pieces:
        reader.feed(piece)
        while not code:
            try:
                message = reader.read()
            except BrokenFrame as broken:
                code = broken.code
            else:
                if message is None:
                    break
                received.append(message)
        while code and reader.skip():
            pass
    return Outcome(received, code, reader.has_close)


# Bytes that look like frames: a header that may lie, and a payload that may be missing.
lengths_that_lie = st.one_of(
    st.integers(0, 125).map(lambda size: bytes([size | 0x80])),
    st.integers(0, 127).map(lambda size: bytes([size])),
    st.integers(0, 0xFFFF).map(lambda size: b"\xfe" + struct.pack("!H", size)),
    st.integers(0, 2**64 - 1).map(lambda size: b"\xff" + struct.pack("!Q", size)),
    st.sampled_from([FRAME_LIMIT, FRAME_LIMIT + 1, 65_535, 65_536]).map(lambda size: b"\xff" + struct.pack("!Q", size)),
)
almost_frames = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 255).map(lambda first: bytes([first])), lengths_that_lie, st.binary(max_size=40)).map(
            b"".join
        ),
        st.tuples(
            st.sampled_from([FIN, 0]), st.sampled_from([*MESSAGES, *CONTROLS, CONTINUATION]), st.binary(max_size=40)
        ).map(lambda frame: client_frame(frame[2], frame[0] | frame[1])),
        st.binary(max_size=20),
    ),
    max_size=6,
).map(b"".join)


@lengths
def test_any_bytes_mean_the_same_however_they_are_cut_and_only_what_is_broken_is_told(times: int) -> None:
    @example((whole := b"\x81\xfe\x00\x01" + bytes(5), [whole[:3], whole[3:]]))
    @example((whole := client_frame(b"", TEXT) + client_frame(b"x", FIN | TEXT), [whole[:5], whole[5:]]))
    @example((whole := b"\x88\x02" + client_frame(b"", FIN | CLOSE), [whole[:1], whole[1:]]))
    @given(in_pieces(almost_frames))
    def holds(cut: tuple[bytes, list[bytes]]) -> None:
        data, pieces = cut
        outcome = read([data])
        assert outcome == read(pieces)
        assert outcome == read([data[at : at + 1] for at in range(len(data))])
        assert outcome.code in CODES | {0}
        for opcode, payload in outcome.received:
            assert len(payload) <= (CONTROL_LIMIT if opcode in CONTROLS else MESSAGE_LIMIT)
            assert_understood(opcode, payload)

    fuzz(holds, 150 * times)


def assert_understood(opcode: int, payload: bytes) -> None:
    """Read a payload as the gateway does. Nothing but BrokenFrame may come of it."""
    try:
        said = close_of(payload) if opcode == CLOSE else text_of(payload)
    except BrokenFrame as broken:
        assert broken.code in CODES
    else:
        assert opcode != CLOSE or said is None or 1000 <= int(said[0]) < 5000


class Message(NamedTuple):
    """A message in fragments, and the control frames that come before each of them."""

    opcode: int
    fragments: list[bytes]
    controls: list[tuple[int, bytes]]

    @property
    def frames(self) -> bytes:
        """The frames of it, one control frame before each fragment as long as there are any."""
        sent = []
        for at, payload in enumerate(self.fragments):
            sent += [client_frame(body, FIN | opcode) for opcode, body in self.controls[at : at + 1]]
            last = FIN if at == len(self.fragments) - 1 else 0
            sent.append(client_frame(payload, last | (CONTINUATION if at else self.opcode)))
        return b"".join(sent)

    @property
    def expected(self) -> list[Received]:
        controls = self.controls[: len(self.fragments)]
        return [*(Received(*each) for each in controls), Received(self.opcode, b"".join(self.fragments))]


payloads = st.binary(max_size=70) | st.integers(0, 70).map(lambda size: b"y" * 1000 * (size % 33))
messages = st.builds(
    Message,
    st.sampled_from(MESSAGES),
    st.lists(payloads, min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from(CONTROLS), st.binary(max_size=CONTROL_LIMIT)), max_size=4),
)


@lengths
def test_what_a_client_may_send_arrives_whole_with_control_frames_in_between(times: int) -> None:
    @given(st.lists(messages, max_size=3), st.lists(st.integers(1, 4000), max_size=6))
    def holds(sent: list[Message], sizes: list[int]) -> None:
        stream, expected = b"".join(each.frames for each in sent), [one for each in sent for one in each.expected]
        pieces = []
        for size in sizes:
            pieces.append(stream[:size])
            stream = stream[size:]
        outcome = read([*pieces, stream])
        assert (outcome.received, outcome.code) == (expected, 0)

    fuzz(holds, 60 * times)


@lengths
def test_a_mask_taken_off_twice_is_none(times: int) -> None:
    @given(st.binary(max_size=300), st.binary(min_size=4, max_size=4))
    def holds(payload: bytes, mask: bytes) -> None:
        assert unmasked(payload, mask) == bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        assert unmasked(unmasked(payload, mask), mask) == payload

    fuzz(holds, 60 * times)


@lengths
def test_no_more_is_kept_than_a_message_and_what_has_just_come(times: int) -> None:
    @given(
        st.lists(
            st.tuples(st.sampled_from([TEXT, CONTINUATION, FIN | CONTINUATION, FIN | PING]), st.integers(0, 40_000)),
            max_size=40,
        )
    )
    def holds(frames: list[tuple[int, int]]) -> None:
        reader = FrameReader()
        for first, size in frames:
            reader.feed(client_frame(bytes(size), first))
            try:
                while reader.read() is not None:
                    pass
            except BrokenFrame:
                return
            kept = len(reader._buffer) + len(reader._fragments)
            assert kept <= MESSAGE_LIMIT + 2 * 65_536

    fuzz(holds, 30 * times)
