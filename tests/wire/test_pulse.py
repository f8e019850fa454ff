"""A process that was stopped says so, and no silence is made of it."""

import asyncio

from conversations import HELLO, pack
from relay_lab import Seen

from rtdebug.engine.session import Session
from rtdebug.model.records import Opened, Paused, Sender
from rtdebug.redaction import DEFAULT
from rtdebug.rules.registry import RULES
from rtdebug.secrets.masker import Masker
from rtdebug.wire.audience import Audience
from rtdebug.wire.frames import FrameReader
from rtdebug.wire.pulse import Pulse
from rtdebug.wire.tap import Tap


def text(message):
    data = message.encode()
    return b"\x81\x7e" + len(data).to_bytes(2, "big") + data


CREATED = (
    '{"type":"response.created","event_id":"event_9","response":{"id":"resp_1",'
    '"object":"realtime.response","status":"in_progress","padding":"' + "x" * 60 + '"}}'
)


class Clock:
    """The loop's clock, which can be set on."""

    def __init__(self, loop):
        self._time = loop.time
        self.ahead = 0.0
        loop.time = self

    def __call__(self):
        return self._time() + self.ahead


def stopped_for(seconds):
    async def run():
        clock = Clock(asyncio.get_running_loop())
        seen, judge = Seen(None), Session(pack(), RULES)
        audience = Audience(judge, (seen,), (seen,), seen.found.extend, seen.end)
        tap = Tap(1, audience, Masker(DEFAULT), Pulse())
        tap.opened(Opened(0.0), {Sender.SERVER: FrameReader(masked=False)})
        tap.look(Sender.SERVER, text(HELLO + " " * 100) + text(CREATED))
        clock.ahead = seconds
        tap.look(Sender.SERVER, text(HELLO + " " * 100))
        tap.finish()
        return seen

    return asyncio.run(run())


def test_a_pause_is_a_record_before_what_came_meanwhile_and_does_not_count():
    seen = stopped_for(30.0)
    (paused,) = [one for one in seen.written if isinstance(one, Paused)]
    assert 28 < paused.seconds <= 30
    assert seen.last().at < 3
    assert seen.written.index(paused) == 3
    found = [one.name for one in seen.ending.judged.findings]
    assert "observer-paused" in found
    assert "response-stalled-after-created" not in found


def test_a_short_delay_is_not_told():
    assert not [one for one in stopped_for(1.5).written if isinstance(one, Paused)]
