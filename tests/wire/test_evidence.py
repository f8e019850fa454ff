"""What breaks the wire is a record: found live, found by a client, and found again in a replay."""

import asyncio
import json

import pytest
from conversations import HELLO, Player, hold, pack, saying, text
from faultserver import close_frame, frame
from relay_lab import raw_server, relaying
from websockets.utils import accept_key

from rtdebug.captures.decoding import decode as decode_line
from rtdebug.captures.jsonl import encode
from rtdebug.engine.session import Session
from rtdebug.model.commands import Send
from rtdebug.model.records import Opened, Paused, Sender, Unjudged, Violation
from rtdebug.rules.registry import RULES

CREATED = json.dumps(
    {
        "type": "response.created",
        "event_id": "event_9",
        "response": {"id": "resp_1", "object": "realtime.response", "status": "in_progress"},
    }
)
CREATE = Send('{"type":"response.create"}')
BROKEN = {
    "reserved-bit": frame(1, "{}", rsv=4),
    "reserved-opcode": frame(3, "{}"),
    "wrong-mask": b"\x81\x82aaaa\x1a\x1c",
    "continues-nothing": frame(0, "x"),
    "control-frame": frame(9, "x", fin=False),
    "close-code": close_frame(1006),
}


def end(writer):
    writer.close()


def session():
    return Session(pack(), RULES, patience=0.1)


def replayed(records):
    """The findings of a capture of the records."""
    again = session()
    for record in records:
        again.observe(decode_line(encode(record).rstrip(b"\n")))
    return again.finish().findings


def names(findings):
    """What was found, but for the fields that the short events here leave out."""
    return [one.name for one in findings if one.name != "invalid-event"]


def upgraded(head):
    key = next(line for line in head.decode().split("\r\n") if "sec-websocket-key" in line.lower())
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept_key(key.partition(': ')[2])}\r\n\r\n"
    ).encode()


def carried(*said):
    """What a relay records of a server that says all this, and what is found."""

    async def run():
        async def answer(reader, writer):
            writer.write(upgraded(await reader.readuntil(b"\r\n\r\n")))
            for data in said:
                writer.write(data)
            await reader.read()

        judges = []

        def judge():
            judges.append(session())
            return judges[-1]

        async with raw_server(answer) as upstream, relaying(upstream, session=judge) as lab:
            reader, writer = await asyncio.open_connection(lab.host, lab.port)
            writer.write(
                f"GET / HTTP/1.1\r\nHost: {lab.host}:{lab.port}\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                "Sec-WebSocket-Version: 13\r\n\r\n".encode()
            )
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(sum(map(len, said)))
            writer.write(b"\x88\x82aaaa\x62\x89")
            writer.close()
            return await lab.over()

    seen = asyncio.run(run())
    return seen.written, seen.ending.judged.findings


@pytest.mark.parametrize("kind", BROKEN)
def test_a_client_a_relay_and_a_replay_find_the_same_violation(kind):
    live = session()
    server = saying(text(), text(CREATED), BROKEN[kind], then=end)
    played = hold(server, Player(answers={"session.created": [CREATE]}), session=live)
    records, passed = carried(text(HELLO), text(CREATED), BROKEN[kind])
    for findings, kept in ((live.finish().findings, played.records), (passed, records)):
        found = [one for one in findings if one.name == "protocol-violation"]
        assert [(one.subject, one.severity.value) for one in found] == [(kind, "error")]
        assert replayed(kept) == findings


def test_nothing_is_called_missing_after_what_could_not_be_read():
    _, findings = carried(text(HELLO), text(CREATED), BROKEN["reserved-bit"])
    assert names(findings) == ["protocol-violation"]


def test_what_began_behind_a_message_that_went_by_is_judged():
    judge = session()
    judge.observe(Opened(0.0))
    judge.receive(HELLO, 0.1, Sender.SERVER)
    judge.observe(Unjudged(0.2, Sender.SERVER, 70_000_000, "it is larger than 64 MiB"))
    judge.receive(CREATED, 0.3, Sender.SERVER)
    judge.advance(1.0)
    found = names(judge.finish().findings)
    assert found == ["response-stalled-after-created", "message-too-large-to-judge"]


@pytest.mark.parametrize(
    "record",
    [
        Violation(1.5, Sender.SERVER, "reserved-bit", "a reserved bit is set"),
        Violation(1.5, Sender.CLIENT, "close-code", "a code", readable=True),
        Unjudged(2.0, Sender.SERVER, 70_000_000, "it is larger than 64 MiB"),
        Unjudged(2.0, Sender.CLIENT, 0, "it cannot be read", readable=False),
        Paused(3.0, 12.5),
    ],
)
def test_a_capture_gives_each_record_back(record):
    assert decode_line(encode(record).rstrip(b"\n")) == record


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ('{"type":"error","event_id":"e","error":{"type":"x","message":"m","n":NaN}}',
         "malformed-message"),
        ('{"type":"x","event_id":"e","type":"error","error":{"type":"x","message":"m"}}',
         "duplicate-member"),
    ],
)  # fmt: skip
def test_what_is_no_strict_json_is_found_again_in_a_replay(message, found):
    records, findings = carried(text(HELLO), text(message))
    assert found in names(findings)
    assert replayed(records) == findings
