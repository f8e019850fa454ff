"""The passive reader sees what a real endpoint would, however the bytes were cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN, Protocol, Side

from rtdebug.wire.frames import BadText, Broken, Close, FrameReader, Note, Ping, Pong, TooLarge
from rtdebug.wire.inflate import Deflate, negotiated
from rtdebug.wire.violations import words

FEW = settings(max_examples=60, deadline=None)

texts = st.one_of(st.text(max_size=40), st.integers(100, 300).map(lambda n: '{"a":"é"}' * n))
binaries = st.one_of(st.binary(max_size=40), st.integers(65_000, 66_000).map(bytes))
messages = st.one_of(texts, binaries)
steps = st.lists(
    st.tuples(messages, st.lists(st.integers(0, 500), max_size=4), st.booleans()), max_size=8
)
deflates = st.none() | st.builds(Deflate, st.integers(9, 15), st.booleans())
sides = st.sampled_from([Side.CLIENT, Side.SERVER])


def speaker(side, deflate=None):
    """An open endpoint of the websockets library that sends with ``deflate``."""
    protocol = Protocol(side, state=OPEN, max_size=None)
    if deflate:
        protocol.extensions = [
            PerMessageDeflate(not deflate.takeover, not deflate.takeover,
                              deflate.window_bits, deflate.window_bits)
        ]  # fmt: skip
    return protocol


def say(protocol, message, cuts, ping):
    """Send ``message`` in fragments that end at ``cuts``, with a ping after the first."""
    text = isinstance(message, str)
    data = message.encode() if text else message
    ends = sorted({min(cut, len(data)) for cut in cuts})
    pieces = [data[a:b] for a, b in zip([0, *ends], [*ends, len(data)], strict=True)]
    for index, piece in enumerate(pieces):
        last = index == len(pieces) - 1
        if index:
            protocol.send_continuation(piece, fin=last)
        else:
            (protocol.send_text if text else protocol.send_binary)(piece, fin=last)
        if ping and index == 0:
            protocol.send_ping(b"are you there")


def chop(data, sizes):
    """``data`` in chunks of the ``sizes``, repeated as often as needed."""
    out, pos, turn = [], 0, 0
    while pos < len(data):
        size = sizes[turn % len(sizes)]
        out.append(data[pos : pos + size])
        pos, turn = pos + size, turn + 1
    return out


def reader_for(side, deflate=None, **limits):
    return FrameReader(masked=side is Side.CLIENT, deflate=deflate, **limits)


def heard_by_library(side, stream, deflate=None):
    """The messages that the websockets library makes of ``stream``, sent by ``side``."""
    other = speaker(Side.SERVER if side is Side.CLIENT else Side.CLIENT, deflate)
    other.receive_data(stream)
    found, parts, opcode = [], [], None
    for frame in other.events_received():
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            opcode, parts = frame.opcode, []
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            parts.append(frame.data)
            if frame.fin:
                whole = b"".join(parts)
                found.append(whole if opcode is Opcode.BINARY else _decoded(whole))
    return found


def _decoded(data):
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        return BadText(data, error.start)


@FEW
@given(sides, deflates, steps, st.lists(st.integers(1, 300), min_size=1, max_size=5))
def test_messages_come_out_as_they_went_in(side, deflate, said, sizes):
    protocol = speaker(side, deflate)
    for message, cuts, ping in said:
        say(protocol, message, cuts, ping)
    stream = b"".join(protocol.data_to_send())
    reader = reader_for(side, deflate)
    items = [item for chunk in chop(stream, sizes) for item in reader.feed(chunk)]
    expected = []
    for message, cuts, ping in said:
        size = len(message.encode() if isinstance(message, str) else message)
        single = not {min(cut, size) for cut in cuts}
        pings = [Ping(b"are you there")] if ping else []
        expected += [message, *pings] if single else [*pings, message]
    assert items == expected
    assert heard_by_library(side, stream, deflate) == [m for m, _, _ in said]


@FEW
@given(sides, deflates, steps, st.data())
def test_every_prefix_yields_a_prefix(side, deflate, said, data):
    protocol = speaker(side, deflate)
    for message, cuts, ping in said:
        say(protocol, message, cuts, ping)
    stream = b"".join(protocol.data_to_send())
    whole = reader_for(side, deflate).feed(stream)
    cut = data.draw(st.integers(0, len(stream)))
    reader = reader_for(side, deflate)
    first = reader.feed(stream[:cut])
    assert first == whole[: len(first)]
    assert first + reader.feed(stream[cut:]) == whole
    assert reader.unfinished() == ""


@settings(max_examples=150, deadline=None)
@given(sides, steps, st.data())
def test_damaged_bytes_never_raise_and_show_no_more_than_an_endpoint_sees(side, said, data):
    protocol = speaker(side)
    for message, cuts, ping in said[:3]:
        say(protocol, message, cuts, ping)
    protocol.send_ping(b"end")
    stream = bytearray(b"".join(protocol.data_to_send())[:2000])
    for position, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(stream) - 1), st.integers(0, 255)), max_size=3)
    ):
        stream[position] = value
    reader = reader_for(side)
    items = [item for chunk in chop(bytes(stream), [7, 1, 64]) for item in reader.feed(chunk)]
    seen = [item for item in items if isinstance(item, str | BadText) or type(item) is bytes]
    assert seen == heard_by_library(side, bytes(stream))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.booleans(), st.booleans(), st.integers(1, 40))
def test_noise_never_raises(noise, masked, compressed, size):
    reader = FrameReader(masked=masked, deflate=Deflate() if compressed else None, limit=1 << 16)
    for chunk in chop(noise, [size]):
        reader.feed(chunk)
    reader.unfinished()


def wire(opcode, data=b"", *, fin=True):
    """One unmasked frame."""
    frame = Frame(opcode, data, fin=fin)
    return frame.serialize(mask=False)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x81\x80abcd", "wrong-mask"),
        (b"\x83\x00", "reserved-opcode"),
        (b"\x8b\x00", "reserved-opcode"),
        (wire(Opcode.CONT, b"x"), "continues-nothing"),
        (wire(Opcode.TEXT, b"x", fin=False) + wire(Opcode.TEXT, b"y"), "message-inside-message"),
        (b"\xc1\x01x", "reserved-bit"),
        (b"\xa1\x01x", "reserved-bit"),
        (b"\x09\x00", "control-frame"),
        (b"\x89\x7e\x00\x7e" + bytes(126), "control-frame"),
        (b"\x88\x01\x03", "half-a-close-code"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n" * 5, "reserved-bit"),
    ],
)
def test_a_broken_frame_is_named_and_ends_the_reading(data, kind):
    reader = FrameReader(masked=False)
    *_, last = reader.feed(wire(Opcode.TEXT, b"before") + data)
    assert isinstance(last, Broken)
    assert (last.kind, last.readable) == (kind, False)
    assert words(last.kind, last.more)
    assert reader.done
    assert reader.feed(wire(Opcode.TEXT, b"after")) == []
    assert reader.unfinished() == ""


def test_an_unmasked_frame_of_the_client_is_broken():
    (item,) = FrameReader(masked=True).feed(wire(Opcode.TEXT, b"hello"))
    assert item == Broken("wrong-mask")


def test_close_frames_tell_code_and_reason():
    assert FrameReader(masked=False).feed(b"\x88\x00") == [Close(1005, "")]
    said = wire(Opcode.CLOSE, (4001).to_bytes(2, "big") + "vorbei – ü".encode())
    assert FrameReader(masked=False).feed(said) == [Close(4001, "vorbei – ü")]


def test_a_close_reason_that_is_not_utf8_is_shown_all_the_same():
    said = wire(Opcode.CLOSE, (1000).to_bytes(2, "big") + b"a\xff")
    broken = Broken("close-reason", readable=True)
    assert FrameReader(masked=False).feed(said) == [broken, Close(1000, "a\\xff")]


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 2999, 5000])
def test_a_close_code_that_may_not_be_sent_is_told(code):
    said = wire(Opcode.CLOSE, code.to_bytes(2, "big"))
    broken = Broken("close-code", str(code), readable=True)
    assert FrameReader(masked=False).feed(said) == [broken, Close(code, "")]


def test_data_after_the_close_frame_is_noted_once():
    reader = FrameReader(masked=False)
    close, broken = reader.feed(b"\x88\x00" + wire(Opcode.TEXT, b"late"))
    assert isinstance(close, Close)
    assert broken == Broken("data-after-close", readable=True)
    assert reader.feed(wire(Opcode.TEXT, b"later")) == []


def test_a_pong_after_the_close_frame_is_allowed():
    assert len(FrameReader(masked=False).feed(b"\x88\x00" + wire(Opcode.PONG))) == 1


def test_pings_and_pongs_are_seen():
    said = wire(Opcode.PING, b"1") + wire(Opcode.PONG, b"2")
    assert FrameReader(masked=False).feed(said) == [Ping(b"1"), Pong(b"2")]


def test_text_that_is_not_utf8_tells_where():
    assert FrameReader(masked=False).feed(wire(Opcode.TEXT, b"ab\xffc")) == [BadText(b"ab\xffc", 2)]
    parts = wire(Opcode.TEXT, b"ab", fin=False) + wire(Opcode.CONT, b"\xff")
    assert FrameReader(masked=False).feed(parts) == [BadText(b"ab\xff", 2)]


def test_a_frame_over_the_limit_goes_by_and_the_next_is_read():
    large = wire(Opcode.TEXT, b"x" * 70_000)
    reader = FrameReader(masked=False, limit=66_000)
    items = [
        item
        for chunk in chop(large + wire(Opcode.TEXT, b"next"), [9_000])
        for item in reader.feed(chunk)
    ]
    assert items == [TooLarge(70_000), "next"]


def test_fragments_over_the_limit_go_by_and_the_next_is_read():
    pieces = [wire(Opcode.TEXT, b"x" * 70, fin=False), wire(Opcode.CONT, b"x" * 70, fin=False)]
    stream = b"".join(
        [*pieces, wire(Opcode.PING, b"p"), wire(Opcode.CONT, b"x"), wire(Opcode.TEXT, b"next")]
    )
    items = FrameReader(masked=False, limit=100).feed(stream)
    assert items == [TooLarge(140), Ping(b"p"), "next"]


def test_a_frame_that_claims_eight_exabytes_holds_nothing():
    reader = FrameReader(masked=False)
    assert reader.feed(b"\x82\x7f" + b"\x7f" + b"\xff" * 7) == [TooLarge((1 << 63) - 1)]
    assert reader.feed(bytes(100_000)) == []
    assert "inside a frame" in reader.unfinished()


def test_a_bomb_is_inflated_no_further_than_the_limit():
    protocol = speaker(Side.SERVER, Deflate())
    protocol.send_text(b"x" * 1_000_000)
    protocol.send_text(b"next")
    stream = b"".join(protocol.data_to_send())
    items = FrameReader(masked=False, deflate=Deflate(), limit=100_000).feed(stream)
    assert items == [TooLarge(100_000, readable=False)]


def test_a_length_with_its_highest_bit_ends_the_reading():
    assert FrameReader(masked=False).feed(b"\x82\x7f" + b"\xff" * 8) == [
        Broken("impossible-length")
    ]


def test_a_message_in_very_many_fragments_is_noted_and_read():
    pieces = [wire(Opcode.TEXT, b"a", fin=False)] + [wire(Opcode.CONT, b"a", fin=False)] * 4_999
    note, message = FrameReader(masked=False).feed(b"".join(pieces) + wire(Opcode.CONT, b"z"))
    assert isinstance(note, Note)
    assert "5001 fragments" in note.text
    assert message == "a" * 5_000 + "z"


def test_what_an_end_leaves_open_is_told():
    reader = FrameReader(masked=False)
    reader.feed(wire(Opcode.TEXT, b"hello")[:-2])
    assert reader.unfinished() == "it ended inside a frame, 2 bytes were missing"
    reader = FrameReader(masked=False)
    reader.feed(wire(Opcode.TEXT, b"hello", fin=False))
    assert "fragmented message" in reader.unfinished()


def test_the_negotiated_parameters_are_understood():
    assert negotiated("") == (None, None)
    assert negotiated("permessage-deflate") == (Deflate(), Deflate())
    client, server = negotiated(
        "permessage-deflate; server_no_context_takeover; client_max_window_bits=11"
    )
    assert client == Deflate(11, True)
    assert server == Deflate(15, False)


@pytest.mark.parametrize(
    "value",
    [
        "x-webkit-deflate-frame",
        "permessage-deflate, mux",
        "permessage-deflate; server_max_window_bits=99",
        "a b c",
    ],
)
def test_an_extension_nobody_can_read_is_refused(value):
    with pytest.raises(ValueError, match=r"extension|window"):
        negotiated(value)
