"""A bystander of a conversation: wakes the player, and hears at once what silence brings up."""

from __future__ import annotations

import asyncio

from conversations import QUICK, Player, held, mute, pack, saying, text
from faultserver import forever, read_frame, serving, upgrade

from rtdebug.engine.session import Session
from rtdebug.model.commands import Send
from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.records import Ended, Event
from rtdebug.wire.dial import dial
from rtdebug.wire.driver import play
from rtdebug.wire.parties import Bystander
from rtdebug.wire.target import parse_target

CREATE = '{"type":"response.create"}'
SILENCE = Finding("silence", Severity.ERROR, Certainty.HIGH, "Silence", "nothing came")


class Typing(Player):
    """A player that says what it was given when it is asked."""

    said: tuple = ()

    def advance(self, at):
        super().advance(at)
        given, self.said = self.said, ()
        return given


def bystander(found=lambda findings: None):
    return Bystander(asyncio.Event(), found)


def test_a_player_that_is_woken_speaks_at_once():
    heard = []

    async def script(reader, writer):
        await upgrade(reader, writer)
        heard.append((await read_frame(reader))[1])
        writer.write(text())
        await forever()

    async def run():
        watcher, player = bystander(), Typing(until=1, deadline=None)

        async def type_something():
            player.said = (Send(CREATE),)
            watcher.wake.set()

        asyncio.get_running_loop().call_later(0.01, lambda: asyncio.ensure_future(type_something()))
        async with asyncio.timeout(5):
            return await held(script, player, bystander=watcher)

    record = asyncio.run(run())
    assert heard == [CREATE.encode()]
    assert record.client == [CREATE]


def test_what_was_typed_before_the_connection_stood_is_not_lost():
    async def run():
        watcher, player = bystander(), Typing(deadline=0.2)
        player.said = (Send(CREATE),)
        watcher.wake.set()
        return await held(mute, player, bystander=watcher)

    assert asyncio.run(run()).client == [CREATE]


def test_a_player_that_is_woken_may_be_done():
    async def run():
        watcher, player = bystander(), Player(deadline=None)

        def enough():
            player.done, player.reason = True, "finished"
            watcher.wake.set()

        asyncio.get_running_loop().call_later(0.01, enough)
        async with asyncio.timeout(5):
            return await held(saying(text()), player, bystander=watcher)

    assert asyncio.run(run()).ended.reason == "finished"


class Silent(Session):
    """A session that finds something when 50 ms have passed."""

    def __init__(self):
        super().__init__(pack(), ())
        self.deadline = 0.05

    def advance(self, at):
        found = [SILENCE] if self.deadline < 10.0 else []
        self.deadline = 10.0
        return found


def test_what_silence_brings_up_is_told_when_it_has_lasted_long_enough():
    told, shown = [], []

    class View:
        def accept(self, record, findings):
            shown.append((type(record), list(findings)))

    async def run():
        loop = asyncio.get_running_loop()
        began = loop.time()
        watcher = bystander(lambda findings: told.append((loop.time() - began, list(findings))))
        async with serving(mute) as port:
            target = parse_target(f"ws://127.0.0.1:{port}/v1/realtime")
            await play(
                lambda: dial(target, QUICK), Player(deadline=0.3), Silent(), [View()],
                bystander=watcher,
            )  # fmt: skip

    asyncio.run(run())
    ((when, findings),) = told
    assert findings == [SILENCE]
    assert when < 0.3
    assert all(not findings for _, findings in shown)
    assert Ended in dict(shown)
    assert Event not in dict(shown)
