"""However a connection ends, what came before is recorded and who ended it is known."""

import asyncio
import struct

import pytest
from conversations import ERROR, HELLO, QUICK, Player, hold, mute, saying, text
from faultserver import CLOSE, PING, close_frame, forever, frame, reset, upgrade
from websockets.asyncio.connection import Connection

from rtdebug.model.commands import Close, Send
from rtdebug.model.records import Sender, Undecodable

CLIENT, SERVER = Sender.CLIENT, Sender.SERVER


def end(writer):
    writer.close()


def huge(size):
    return b"\x81\x7f" + struct.pack("!Q", size)


# name: bytes after the first event, how the server ends; code, sender and words of the close
CLOSES = {
    "1000 in the middle": (close_frame(1000), end, 1000, SERVER, ""),
    "1001 with a reason": (close_frame(1001, "maximum duration"), end, 1001, SERVER, "maximum duration"),
    "1011": (close_frame(1011, "oops"), end, 1011, SERVER, "oops"),
    "4000": (close_frame(4000, "invalid_request_error.beta"), end, 4000, SERVER, "invalid_request_error.beta"),
    "without a code": (frame(CLOSE), end, 1005, SERVER, ""),
    "a secret in the reason": (close_frame(3000, "bad key sk-" + "abcdefghijkl"), end, 3000, SERVER, "bad key sk-[redacted]"),
    "1006 on the wire": (close_frame(1006), end, 1002, CLIENT, "invalid status code"),
    "end without a close": (b"", end, 1006, SERVER, "without a close frame"),
    "end inside a frame": (text()[:5], end, 1006, SERVER, "inside a message: stream ends after 3 bytes, expected"),
    "reset": (b"", reset, 1006, SERVER, "was reset without a close frame"),
    "reserved bits": (frame(1, "x", rsv=4), end, 1002, CLIENT, "reserved bits must be 0"),
    "bad opcode": (frame(3, "x"), end, 1002, CLIENT, "invalid opcode"),
    "stray continuation": (frame(0, "x"), end, 1002, CLIENT, "unexpected continuation frame"),
    "masked": (b"\x81\x81aaaab", end, 1002, CLIENT, "incorrect masking"),
    "too big": (huge(1 << 28), end, 1009, CLIENT, "268435456 bytes exceeds limit of 67108864"),
    "8 EiB": (huge((1 << 63) - 1), end, 1009, CLIENT, "exceeds limit"),
    "reason is no UTF-8": (frame(CLOSE, b"\x03\xe8\xff"), end, 1007, CLIENT, "invalid start byte"),
    "data after the close": (close_frame(1000) + text(), end, 1000, SERVER, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CLOSES)
def test_a_close_is_recorded_with_code_sender_and_words(case):
    last, how, code, sender, words = CLOSES[case]
    record = hold(saying(text(), text(ERROR), last, then=how))
    assert record.server == [HELLO, ERROR]
    assert (record.closed.code, record.closed.sender) == (code, sender)
    assert words in record.closed.reason
    assert type(record.closed.code) is int
    assert record.records[-1] is record.closed


@pytest.mark.parametrize("ending", [end, reset])
def test_events_before_the_end_are_all_recorded(ending):
    events = [f'{{"type":"error","event_id":"{n}"}}' for n in range(10)]
    record = hold(saying(*map(text, events), then=ending))
    assert record.server == events
    assert record.closed.code == 1006


@pytest.mark.skipif(
    not hasattr(Connection, "set_connection_exc"), reason="older websockets lose it"
)
def test_a_text_that_is_no_utf8_is_recorded_and_closes_with_1007():
    record = hold(saying(text(), frame(1, b'{"type": "\xff"}')))
    assert record.server == [HELLO, b'{"type": "\xff"}']
    assert record.only(Undecodable).reason == "not UTF-8: byte 10 is 0xff"
    assert (record.closed.code, record.closed.sender) == (1007, CLIENT)
    assert "position 10" in record.closed.reason


def test_a_message_in_many_pieces_with_a_ping_between_is_one_event():
    pieces = [frame(0, part, fin=False) for part in ["x"] * 5000]
    whole = saying(
        frame(1, '{"type":"', fin=False), frame(PING, "p"), *pieces, frame(0, '"}'), then=end
    )
    record = hold(whole)
    assert record.server == ['{"type":"' + "x" * 5000 + '"}']


def test_a_binary_message_stays_binary():
    record = hold(saying(frame(2, b"\x00\x01"), then=end))
    assert record.server == [b"\x00\x01"]
    assert "binary" in record.only(Undecodable).reason


def test_a_server_that_keeps_the_connection_after_its_close_is_not_waited_for():
    async def script(reader, writer):
        await upgrade(reader, writer)
        writer.write(close_frame(1011, "gone"))
        await forever()

    record = hold(script, Player(deadline=5.0))
    assert (record.closed.code, record.closed.sender) == (1011, SERVER)
    assert record.closed.at < 0.4


def test_a_server_that_never_closes_is_left_in_time():
    record = hold(mute, Player(deadline=0.05))
    assert (record.closed.code, record.closed.sender) == (1000, CLIENT)
    assert record.closed.at < 0.4


def test_a_dead_peer_is_told_by_its_missing_pong():
    options = QUICK._replace(ping_interval=0.05, ping_timeout=0.05)
    record = hold(mute, Player(deadline=5.0), options=options)
    assert (record.closed.code, record.closed.sender) == (1011, CLIENT)
    assert record.closed.reason == "keepalive ping timeout"


def test_a_player_may_close_with_a_code_of_its_own():
    record = hold(saying(text()), Player(first=[Close(4001, "bye")]))
    assert (record.closed.code, record.closed.sender) == (4001, CLIENT)
    assert record.closed.reason == "bye"


def test_a_player_may_drop_the_connection():
    record = hold(mute, Player(first=[Send("{}"), Close(abort=True)], deadline=5.0))
    assert record.client == ["{}"]
    assert (record.closed.code, record.closed.sender) == (1006, CLIENT)


def test_a_deflate_bomb_is_refused():
    import zlib

    def bomb(size):
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        return (deflate.compress(bytes(size)) + deflate.flush(zlib.Z_SYNC_FLUSH))[:-4]

    async def script(reader, writer):
        await upgrade(reader, writer, "Sec-WebSocket-Extensions: permessage-deflate")
        writer.write(frame(1, bomb(1 << 20), rsv=4))
        await reader.read(1000)

    options = QUICK._replace(compression="deflate", max_size=1 << 16)
    record = hold(script, options=options)
    assert record.server == []
    assert (record.closed.code, record.closed.sender) == (1009, CLIENT)


def test_a_peer_that_stops_reading_does_not_stop_the_hearing():
    async def script(reader, writer):
        await upgrade(reader, writer)
        writer.transport.pause_reading()
        for _ in range(3):
            writer.write(text(ERROR))
            await asyncio.sleep(0)
        await forever()

    record = hold(script, Player(first=[Send("x" * 16_000_000), Send("late")], deadline=0.2))
    assert record.server == [ERROR] * 3
    assert len(record.client) == 1
    assert record.ended.reason == "gave-up"
