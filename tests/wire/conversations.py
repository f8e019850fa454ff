"""A scripted server, a simple player and everything that was recorded between them."""

from __future__ import annotations

import asyncio
import functools
from dataclasses import dataclass, field

from faultserver import CLOSE, Script, close_frame, forever, frame, read_frame, serving, upgrade

from rtdebug.engine.session import Session
from rtdebug.model.records import Closed, Ended, Event, Opened, Sender, Undecodable
from rtdebug.packs.load import load_pack
from rtdebug.wire.dial import DialOptions, dial
from rtdebug.wire.driver import play
from rtdebug.wire.target import parse_target

QUICK = DialOptions(open_timeout=0.5, close_timeout=0.2)

HELLO = '{"type":"session.created","event_id":"event_1","session":{"type":"realtime"}}'
ERROR = '{"type":"error","event_id":"event_2","error":{"type":"x","message":"m"}}'


@functools.cache
def pack():
    return load_pack()


@dataclass
class Player:
    """Says ``first`` when the connection opens and ``answers[type]`` after an event of that type;
    done after ``until`` server messages, gives up at ``deadline``."""

    first: list = field(default_factory=list)
    answers: dict = field(default_factory=dict)
    until: int = 10**9
    deadline: float | None = 0.7
    done: bool = False
    reason: str = ""
    waited: float = 0.0
    seen: list = field(default_factory=list)

    def observe(self, record):
        self.seen.append(record)
        if isinstance(record, Opened):
            return self.first
        if getattr(record, "sender", None) is Sender.SERVER and not isinstance(record, Closed):
            self.until -= 1
            if self.until <= 0:
                self.done, self.reason = True, "finished"
        return self.answers.get(getattr(record, "type", None), [])

    def advance(self, at):
        if self.deadline is not None and at >= self.deadline:
            self.done, self.reason, self.waited = True, "gave-up", at
        return []

    def interrupt(self, at):
        self.done, self.reason = True, "interrupted"


class Recorder:
    """Keeps what it is given, as a capture does."""

    def __init__(self):
        self.records = []

    def write_all(self, records):
        for record in records:
            self.write(record)

    def write(self, record):
        self.records.append(record)

    @property
    def server(self):
        """The messages of the server, as they were."""
        return [text_of(one) for one in self.records if said_by(one, Sender.SERVER)]

    @property
    def client(self):
        """The messages of the client, as they were recorded."""
        return [text_of(one) for one in self.records if said_by(one, Sender.CLIENT)]

    def only(self, kind):
        """The one record of this kind."""
        (found,) = (one for one in self.records if isinstance(one, kind))
        return found

    @property
    def closed(self):
        return self.only(Closed)

    @property
    def ended(self):
        return self.only(Ended)


def said_by(record, sender):
    return isinstance(record, Event | Undecodable) and record.sender is sender


def text_of(record):
    return record.text if isinstance(record, Event) else record.data


def saying(*chunks: bytes, then=None) -> Script:
    """A server that sends these bytes, then calls ``then(writer)``, else closes when asked to."""

    async def script(reader, writer):
        await upgrade(reader, writer)
        for chunk in chunks:
            writer.write(chunk)
        await writer.drain()
        if then is not None:
            then(writer)
            return
        await answer_close(reader, writer)

    return script


async def answer_close(reader, writer):
    """Read until the client closes, and close."""
    opcode = 0
    while opcode != CLOSE:
        opcode, _ = await read_frame(reader)
    writer.write(close_frame(1000))


async def mute(reader, writer):
    """A server that opens and then neither speaks nor closes."""
    await upgrade(reader, writer)
    await forever()


def text(message=HELLO, **keywords):
    return frame(1, message, **keywords)


async def held(script, player, *, session=None, sinks=(), stop=None, options=QUICK, **keywords):
    """Play against the script; returns what was recorded."""
    recorder = Recorder()
    judge = session or Session(pack(), ())
    async with serving(script) as port:
        target = parse_target(f"ws://127.0.0.1:{port}/v1/realtime")
        await play(
            lambda: dial(target, options), player, judge, sinks,
            recorder=recorder, stop=stop, **keywords,
        )  # fmt: skip
    return recorder


def hold(script, player=None, **keywords):
    """The same, from a test that is no coroutine."""
    return asyncio.run(held(script, player or Player(), **keywords))
