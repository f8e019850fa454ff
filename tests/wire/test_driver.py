"""The pump: the order of work for every record, time, the end of a run, and what breaks it."""

import asyncio
import math
import threading

import pytest
from conversations import ERROR, HELLO, QUICK, Player, held, hold, mute, pack, saying, text
from faultserver import frame, http, read_frame, reset, serving, upgrade

from rtdebug.engine.session import Session
from rtdebug.errors import UsageError
from rtdebug.model.commands import Close, Send
from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.records import Closed, Ended, Event, Opened, Refused, Sender, Step
from rtdebug.redaction import Redactor
from rtdebug.secrets.masker import Masker
from rtdebug.wire.driver import play

CREATE = '{"type":"response.create"}'
SILENCE = Finding("silence", Severity.ERROR, Certainty.HIGH, "Silence", "nothing came")


class Log:
    """Stands in every place of the hall and writes down who was asked what."""

    def __init__(self, deadline=math.inf):
        self.session = Session(pack(), ())
        self.session.deadline = deadline
        self.lines = []
        self.shown = []
        self.deadline = deadline

    def decode(self, data, at, sender, *, binary=False):
        self.lines.append("decode")
        return self.session.decode(data, at, sender, binary=binary)

    def write_all(self, records):
        for record in records:
            self.write(record)

    def write(self, record):
        self.lines.append(f"write {type(record).__name__}")

    def observe(self, record):
        self.lines.append("judge")
        return []

    def advance(self, at):
        self.lines.append(f"advance {at >= self.deadline}")
        found = [SILENCE] if self.deadline < math.inf else []
        self.deadline = math.inf
        return found

    def accept(self, record, findings):
        self.lines.append("show")
        self.shown.append((record, list(findings)))


class Listening(Player):
    """A player that writes into the log when it is told something."""

    log = None

    def observe(self, record):
        self.log.lines.append("tell")
        return super().observe(record)


def test_every_record_is_written_then_judged_then_shown_then_told():
    log = Log()
    player = Listening(until=1)
    player.log = log

    async def run():
        async with serving(saying(text())) as port:
            from rtdebug.wire.dial import dial
            from rtdebug.wire.target import parse_target

            target = parse_target(f"ws://127.0.0.1:{port}/")
            await play(lambda: dial(target, QUICK), player, log, [log], recorder=log)

    asyncio.run(run())
    assert log.lines == [
        "write Opened", "judge", "show", "tell",
        "decode", "write Event", "judge", "show", "tell",
        "write Ended", "judge", "show", "tell",
        "write Closed", "judge", "show", "tell",
    ]  # fmt: skip


def test_a_finished_player_ends_the_run_and_closes_with_1000():
    codes = []

    async def script(reader, writer):
        await upgrade(reader, writer)
        writer.write(text())
        opcode, data = await read_frame(reader)
        codes.append((opcode, data))
        writer.write(frame(8, data))

    record = hold(script, Player(until=1))
    assert [type(one) for one in record.records] == [Opened, Event, Ended, Closed]
    assert (record.ended.reason, record.ended.waited) == ("finished", 0.0)
    assert (record.closed.code, record.closed.sender) == (1000, Sender.CLIENT)
    assert codes == [(8, b"\x03\xe8")]


def test_a_player_that_waited_in_vain_gives_up_at_its_deadline():
    record = hold(saying(text()), Player(deadline=0.05))
    assert record.ended.reason == "gave-up"
    assert 0.05 <= record.ended.waited <= record.ended.at < 0.3


def test_what_is_sent_is_recorded_where_it_was_said():
    async def script(reader, writer):
        await upgrade(reader, writer)
        writer.write(text())
        _, data = await read_frame(reader)
        writer.write(frame(1, b'{"type":"error","event_id":"' + data[9:17] + b'"}'))
        await read_frame(reader)

    player = Player(answers={"session.created": [Send(CREATE)]}, until=2)
    record = hold(script, player)
    events = [one for one in record.records if isinstance(one, Event)]
    assert [one.type for one in events] == ["session.created", "response.create", "error"]
    assert [one.seq for one in events] == [1, 2, 3]
    assert [one.at for one in record.records] == sorted(one.at for one in record.records)
    assert events[1] in player.seen


def test_the_last_words_of_a_player_are_said_before_the_close():
    frames = []

    async def script(reader, writer):
        await upgrade(reader, writer)
        writer.write(text())
        while not frames or frames[-1][0] != 8:
            frames.append(await read_frame(reader))
        writer.write(frame(8, b"\x03\xe8"))

    player = Player(answers={"session.created": [Send(CREATE), Send(b"\x01")]}, until=1)
    record = hold(script, player)
    assert frames[:2] == [(1, CREATE.encode()), (2, b"\x01")]
    assert record.client == [CREATE, b"\x01"]
    assert [one for one in record.records if one in player.seen] == record.records
    assert record.records.index(record.ended) > 2


def test_secrets_go_onto_the_wire_and_to_the_judge_and_not_into_the_capture():
    heard = []
    key = "ek_" + "0123456789abcdef"

    async def script(reader, writer):
        await upgrade(reader, writer)
        heard.append(await read_frame(reader))
        writer.write(text(f'{{"type":"error","value":"{key} and 4711-card"}}'))

    message = f'{{"type":"session.update","session":{{"x":"{key}"}}}}'
    session = Session(pack(), ())
    masker = Masker(Redactor(["[0-9]+-card"]))
    record = hold(script, Player([Send(message)], until=1), session=session, masker=masker)
    assert heard == [(1, message.encode())]
    assert key in str(session.state.latest.payload)
    shown = {one.type: one.payload for one in record.records if isinstance(one, Event)}
    assert shown["session.update"]["session"] == {"x": "ek_[redacted]******"}
    assert shown["error"]["value"] == "ek_[redacted]****** and *********"
    assert shown["error"].pointers == ("/value",)


def test_a_message_that_is_no_unicode_is_sent_as_it_is():
    heard = []

    async def script(reader, writer):
        await upgrade(reader, writer)
        heard.append(await read_frame(reader))
        writer.write(text())

    record = hold(script, Player([Send('"\ud800"')], until=1))
    assert heard == [(1, b'"\xed\xa0\x80"')]
    assert record.client == ['"\ud800"']


def test_what_is_said_after_a_close_was_never_said():
    record = hold(saying(text()), Player([Close(1000), Send(CREATE)]))
    assert record.client == []


def test_a_close_that_no_endpoint_may_send_is_refused():
    with pytest.raises(UsageError, match="cannot close with code 1005"):
        hold(mute, Player([Close(1005)]))


def test_what_silence_brings_to_light_is_shown_with_the_next_record():
    log = Log(deadline=0.05)
    record = hold(saying(text()), Player(deadline=0.1), session=log, sinks=[log])
    shown = {type(one).__name__: findings for one, findings in log.shown}
    assert "advance True" in log.lines
    assert shown["Ended"] == [SILENCE]
    assert shown["Opened"] == shown["Closed"] == []
    assert record.ended.at >= 0.1


def test_a_deadline_that_comes_nearer_is_kept():
    class Hasty(Player):
        def observe(self, record):
            if isinstance(record, Event):
                self.deadline = record.at + 0.05
            return []

    record = hold(saying(text()), Hasty(deadline=30.0))
    assert record.ended.at < 0.5


def test_a_deadline_that_does_not_move_does_not_hang_the_run():
    class Stubborn(Player):
        calls = 0

        def advance(self, at):
            self.calls += 1
            self.done = self.calls == 20
            return []

    player = Stubborn(deadline=0.0)
    hold(saying(text()), player)
    assert player.calls == 20


def test_a_refused_connection_is_one_record():
    player = Player()
    record = hold(http("401 Unauthorized"), player)
    refused = record.only(Refused)
    assert record.records == [refused] == player.seen
    assert (refused.step, refused.status) == (Step.UPGRADE, 401)


def test_a_stop_while_dialling_ends_at_once():
    async def run():
        async def never(reader, writer):
            stop.set()
            await asyncio.Event().wait()

        stop = asyncio.Event()
        return await held(never, Player(), stop=stop, options=QUICK._replace(open_timeout=30))

    record = asyncio.run(run())
    assert record.records == [Ended(0.0, "interrupted")]


def test_a_stop_ends_the_run_with_everything_recorded():
    async def run():
        stop = asyncio.Event()

        class Stopping(Player):
            def observe(self, record):
                if isinstance(record, Event):
                    stop.set()
                return []

        return await held(saying(text(), text(ERROR)), Stopping(deadline=None), stop=stop)

    record = asyncio.run(run())
    assert record.server == [HELLO, ERROR]
    assert (record.ended.reason, record.ended.waited) == ("interrupted", 0.0)
    assert record.closed.code == 1000


def test_a_cancelled_run_drops_the_connection_and_keeps_the_records():
    async def run():
        ended = asyncio.Event()
        log = Log()

        async def script(reader, writer):
            await upgrade(reader, writer)
            writer.write(text())
            await reader.read()
            ended.set()

        task = asyncio.ensure_future(held(script, Player(deadline=None), session=log, sinks=[log]))
        while len(log.shown) < 2:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return [type(one) for one, _ in log.shown]

    assert asyncio.run(run()) == [Opened, Event]


def test_a_bug_in_a_judge_is_not_hidden():
    class Broken(Log):
        def observe(self, record):
            if isinstance(record, Event):
                raise ZeroDivisionError
            return []

    with pytest.raises(ZeroDivisionError):
        hold(saying(text()), Player(deadline=None), session=Broken())


def test_a_write_into_a_broken_connection_loses_nothing_that_came_before():
    """The server answers and resets while the player is busy; only then the player speaks."""
    gone = threading.Event()
    port = []
    ready = threading.Event()

    def serve():
        async def script(reader, writer):
            await upgrade(reader, writer)
            writer.write(text())
            await read_frame(reader)
            for _ in range(3):
                writer.write(text(ERROR))
            await writer.drain()
            reset(writer)
            asyncio.get_running_loop().call_soon(gone.set)

        async def run():
            async with serving(script) as number:
                port.append(number)
                ready.set()
                await asyncio.to_thread(gone.wait, 5)

        asyncio.run(run())

    class Busy(Player):
        def observe(self, record):
            if isinstance(record, Event) and record.type == "session.created":
                return [Send(CREATE)]
            if isinstance(record, Event) and record.type == "response.create":
                assert gone.wait(5)
                return [Send(CREATE)] * 5
            return []

    thread = threading.Thread(target=serve)
    thread.start()
    assert ready.wait(5)

    async def run():
        from conversations import Recorder

        from rtdebug.wire.dial import dial
        from rtdebug.wire.target import parse_target

        recorder = Recorder()
        target = parse_target(f"ws://127.0.0.1:{port[0]}/")
        session = Session(pack(), ())
        await play(lambda: dial(target, QUICK), Busy(), session, recorder=recorder)
        return recorder

    try:
        record = asyncio.run(run())
    finally:
        thread.join()
    assert record.server == [HELLO, ERROR, ERROR, ERROR]
    assert record.closed.code == 1006
