"""Judging may lag, what is kept may not, and a deadline needs no message to pass."""

import asyncio
import json
import math

from relay_lab import Seen, relaying, websocket_server
from websockets.asyncio.client import connect
from websockets.frames import Frame, Opcode

from rtdebug.engine.session import Session
from rtdebug.model.records import Closed, Event, Opened, Sender
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES
from rtdebug.secrets.masker import Masker
from rtdebug.wire.audience import Audience
from rtdebug.wire.frames import FrameReader
from rtdebug.wire.tap import Tap


class Judge:
    """A session that takes its time, and remembers."""

    def __init__(self, cost=0):
        self.deadline = math.inf
        self.cost = cost
        self.seen = []
        self.woken = []
        self.seq = 0

    def decode(self, data, at, sender, *, binary=False):
        self.seq += 1
        return Event(self.seq, at, sender, "t", {}, len(data), data)

    def observe(self, record):
        for _ in range(self.cost):
            hash(str(record))
        self.seen.append(record)
        return ()

    def receive(self, data, at, sender):
        return self.observe(self.decode(data, at, sender))

    def advance(self, at):
        self.woken.append(at)
        self.deadline = math.inf
        return ("finding",)

    def finish(self):
        return None


def tap_on(judge, *, kept=True, shown=True):
    seen = Seen(None)
    audience = Audience(
        judge, (seen,) if kept else (), (seen,) if shown else (), seen.found.extend, seen.end
    )
    tap = Tap(1, audience, Masker())
    readers = {Sender.CLIENT: FrameReader(masked=True), Sender.SERVER: FrameReader(masked=False)}
    tap.opened(Opened(0.0), readers)
    return tap, seen


def texts(count):
    return b"".join(
        Frame(Opcode.TEXT, json.dumps({"n": number}).encode()).serialize(mask=False)
        for number in range(count)
    )


def messages(records):
    return [json.loads(record.text)["n"] for record in records if isinstance(record, Event)]


def test_a_flood_is_kept_at_once_judged_later_and_in_order():
    async def run():
        judge = Judge(cost=5)
        tap, seen = tap_on(judge)
        held = []
        tap.hold = held.append
        tap.look(Sender.SERVER, texts(3000))
        kept, judged = len(messages(seen.written)), len(messages(judge.seen))
        tap.look(Sender.SERVER, texts(3000))
        holding = list(held)
        tap.finish()
        return kept, judged, holding, held, judge, seen

    kept, judged, holding, held, judge, seen = asyncio.run(run())
    assert kept == 3000
    assert judged < 3000
    assert holding == [True]
    assert held == [True, False]
    assert messages(judge.seen) == messages(seen.written) == [*range(3000), *range(3000)]
    assert [record for record, _ in seen.shown] == judge.seen
    assert seen.over.is_set()


def test_what_waits_is_judged_while_the_loop_turns():
    async def run():
        judge = Judge(cost=5)
        tap, _ = tap_on(judge)
        held = []
        tap.hold = held.append
        tap.look(Sender.SERVER, texts(3000))
        tap.look(Sender.SERVER, texts(3000))
        async with asyncio.timeout(10):
            while held != [True, False]:
                await asyncio.sleep(0)
        return judge

    assert messages(asyncio.run(run()).seen) == [*range(3000), *range(3000)]


def test_where_nobody_is_shown_anything_all_is_judged_the_same():
    async def run():
        judge = Judge()
        tap, seen = tap_on(judge, kept=False, shown=False)
        tap.look(Sender.SERVER, texts(100))
        tap.look(Sender.SERVER, b"\x82\x02\x00\x01" + texts(1))
        tap.ended(Sender.SERVER, None)
        tap.finish()
        return judge, seen

    judge, seen = asyncio.run(run())
    assert [r.text for r in judge.seen if isinstance(r, Event)][100] == b"\x00\x01"
    assert isinstance(judge.seen[-1], Closed)
    assert seen.ending.failure is None


def test_a_deadline_passes_without_a_message():
    async def run():
        judge = Judge()
        tap, seen = tap_on(judge)
        judge.deadline = tap.at + 0.01
        tap.look(Sender.SERVER, texts(1))
        async with asyncio.timeout(5):
            while not judge.woken:
                await asyncio.sleep(0)
        return judge, seen

    judge, seen = asyncio.run(run())
    assert len(judge.woken) == 1
    assert judge.woken[0] >= 0.01
    assert seen.found == ["finding"]


def test_nothing_is_done_after_the_end():
    async def run():
        judge = Judge()
        tap, _ = tap_on(judge)
        judge.deadline = tap.at + 0.01
        tap.finish()
        tap.finish()
        count = len(judge.seen)
        tap.look(Sender.SERVER, texts(3))
        timer = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.03, timer.set_result, None)
        await timer
        return judge, count

    judge, count = asyncio.run(run())
    assert len(judge.seen) == count
    assert judge.woken == []


def test_a_reader_that_took_nothing_for_long_is_named():
    async def run():
        tap, seen = tap_on(Judge())
        tap.stalled(Sender.CLIENT, 0.2)
        tap.stalled(Sender.CLIENT, 4.2)
        for _ in range(100):
            tap.note("again")
        tap.finish()
        return seen.ending.notes

    notes = asyncio.run(run())
    assert notes[0] == "the app took nothing for 4.2 s; the server was held back"
    assert notes[-1] == "and 51 notes more"
    assert len(notes) == 51


def test_a_server_that_stalls_is_found_while_the_connection_is_open():
    response = {
        "object": "realtime.response",
        "id": "resp_1",
        "status": "in_progress",
        "output": [],
    }
    created = {"type": "response.created", "event_id": "event_1", "response": response}

    async def stall(connection):
        await connection.recv()
        await connection.send(json.dumps(created))
        await connection.wait_closed()

    async def run():
        def session():
            return Session(load_pack(), RULES, patience=0.2)

        async with (
            websocket_server(stall) as url,
            relaying(url, session=session) as lab,
            connect(f"{lab.url}/v1/realtime", proxy=None) as app,
            asyncio.timeout(10),
        ):
            await app.send('{"type": "response.create"}')
            await app.recv()
            while not lab.connections[0].found:
                await asyncio.sleep(0.01)
            return [finding.name for finding in lab.connections[0].found]

    assert asyncio.run(run()) == ["response-stalled-after-created"]
