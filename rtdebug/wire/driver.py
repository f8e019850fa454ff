"""The pump of one run: carries messages between a connection and those who judge and speak.

For every message: stamp, decode, write masked to the capture, judge as it came, show masked, then
let the player answer. Nobody here looks into an event.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from rtdebug.errors import UsageError
from rtdebug.model.commands import Close, Command, Send
from rtdebug.model.records import (
    Ended,
    Event,
    Paused,
    Probing,
    Record,
    Refused,
    Sender,
    Undecodable,
)
from rtdebug.secrets.masker import Masker
from rtdebug.wire.closing import closed_record, fault_of_wire, undelivered
from rtdebug.wire.memory import Memory
from rtdebug.wire.pulse import PAUSE, Pulse
from rtdebug.wire.stopping import unless

if TYPE_CHECKING:
    from websockets.exceptions import ConnectionClosed

    from rtdebug.model.findings import Finding
    from rtdebug.wire.dial import Connected, Dialled
    from rtdebug.wire.parties import Bystander, Judge, Player, Prober, Recorder, Sink

_TICK = 0.001
_AFTER_READING = 1e-9
_BEAT = 0.1
_BUSY = 0.2
"""Seconds in which nobody could be heard, long before it counts as a pause: a scenario may wait for
less than a pause, and its server may be this very process."""
_INTERRUPTED_CLOSE_WITHIN = 0.5


async def play(  # noqa: PLR0913 - one for each who takes part
    connect: Callable[[], Awaitable[Dialled]],
    player: Player,
    session: Judge,
    sinks: Sequence[Sink] = (),
    *,
    recorder: Recorder | Memory | None = None,
    masker: Masker | None = None,
    stop: asyncio.Event | None = None,
    bystander: Bystander | None = None,
    prober: Prober | None = None,
) -> None:
    """Connect and play until the player is done, the connection ends or ``stop`` is set.

    Every record goes to the recorder, the session, the sinks and the player, in this order; the
    caller then asks the session for its judgement. A memory gets
    them as they came. When cancelled, the connection is dropped and all records so far are with the
    recorder.
    """
    hall = _Hall(session, player, sinks, recorder, bystander, masker or Masker())
    hall.prober = prober
    halt = stop or asyncio.Event()
    dialled = await unless(halt, connect())
    if dialled is None:
        hall.end(0.0)
    elif isinstance(dialled, Refused):
        hall.take(dialled)
    else:
        await _Conversation(dialled, hall, halt).run()


class _Hall:
    """The way of every record, and what the player wants said because of it."""

    def __init__(
        self,
        session: Judge,
        player: Player,
        sinks: Sequence[Sink],
        recorder: Recorder | Memory | None,
        bystander: Bystander | None,
        masker: Masker,
    ) -> None:
        self.session = session
        self.player = player
        self.bystander = bystander
        self.prober: Prober | None = None
        self.probing = False
        self.wanted: asyncio.Queue[Command] = asyncio.Queue()
        self._sinks = sinks
        self._write = recorder.write if recorder and not isinstance(recorder, Memory) else None
        self._masker = masker
        self._remember = recorder.add if isinstance(recorder, Memory) else None
        self._leaves = bool(sinks) or self._write is not None
        self._late: list[Finding] = []

    def take(self, record: Record) -> None:
        """One record, all the way."""
        shown = self.keep(record)
        if self.probing and isinstance(record, Event | Undecodable):
            self._beside(record, shown)
        else:
            self.judge(record, shown)

    def _beside(self, record: Event | Undecodable, shown: Record) -> None:
        """A message since the probe, which is not of the session."""
        for sink in self._sinks:
            sink.accept(shown, ())
        if self.prober is not None and isinstance(record, Event):
            self.prober.hear(record)

    def keep(self, record: Record) -> Record:
        """Into the capture, before anything can go wrong with it. The record as it is shown."""
        shown = self._masker.record(record) if self._leaves else record
        if self._write is not None:
            self._write(shown)
        elif self._remember is not None:
            self._remember(record)
        return shown

    def judge(self, record: Record, shown: Record) -> None:
        """To the session and the player as it came, to the sinks without secrets."""
        findings = self._found(self.session.observe(record))
        if self._late:
            findings = [*self._late, *findings]
            self._late = []
        for sink in self._sinks:
            sink.accept(shown, findings)
        was_done = self.player.done
        commands = self.player.observe(record)
        if not was_done:
            self._want(commands)

    def advance(self, at: float) -> None:
        """Time has come to ``at``. What silence brought to light is told to a bystander at once,
        and without one shown with the next record."""
        found = self._found(self.session.advance(at))
        if self.bystander is None:
            self._late += found
        elif found:
            self.bystander.found(found)
        if not self.player.done:
            self._want(self.player.advance(at))

    def _found(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Findings as they may be told; what a replay could not find is kept in the capture."""
        if not findings:
            return findings
        if self._write is not None:
            for one in self._masker.kept(findings):
                self._write(one)
        return self._masker.findings(findings)

    def end(self, at: float) -> None:
        """Whoever plays stops here, done or not."""
        if not self.player.done:
            self.player.interrupt(at)
        self.take(Ended(at, self.player.reason, self.player.waited))

    def _want(self, commands: Sequence[Command]) -> None:
        for command in commands:
            self.wanted.put_nowait(command)

    @property
    def due(self) -> float:
        """When someone next wants to be woken; infinite if nobody does."""
        player = self.player.deadline
        due = self.session.deadline
        return due if player is None or player > due else player


class _Conversation:
    """One open connection: a task that hears, a task that speaks, and the clock between them."""

    def __init__(self, connected: Connected, hall: _Hall, stop: asyncio.Event) -> None:
        self._opened = connected.opened
        self._connection = connected.connection
        self._watch = connected.watch
        self._hall = hall
        self._stop = stop
        self._pulse = Pulse(_BEAT, _BUSY)
        self._wake = asyncio.Event()
        self._armed = math.inf
        self._over = False
        self._aborted = False
        self._close_within = self._connection.close_timeout or 0.0

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                hearing = group.create_task(self._hear())
                others = (
                    group.create_task(self._speak()),
                    group.create_task(self._watch_for_stop()),
                    group.create_task(self._wake_player()),
                )
                self._hall.take(self._opened)
                self._pulse.watch(self, self._stood_still)
                await self._until_over()
                await self._end(hearing)
                for task in others:
                    task.cancel()
        except BaseExceptionGroup as group_error:
            raise group_error.exceptions[0] from None
        finally:
            self._pulse.leave(self)
            self._connection.transport.abort()

    # -- time --------------------------------------------------------------------------------

    async def _until_over(self) -> None:
        hall = self._hall
        while not (self._over or hall.player.done or self._stop.is_set()):
            # A deadline that does not move on must not keep the machine busy.
            self._armed = due = max(hall.due, self._watch.last + _TICK)
            self._wake.clear()
            try:
                async with asyncio.timeout_at(None if due == math.inf else self._watch.began + due):
                    await self._wake.wait()
            except TimeoutError:
                self._pulse.check()
                # The last deadline may have moved on while this timer ran, and time stood still.
                if hall.due <= due <= self._watch.at() + _TICK:
                    hall.advance(self._watch.at_least(due))

    def _stood_still(self, seconds: float) -> None:
        """This process was stopped or busy for so long: the session's time stands still too."""
        lost = min(seconds, self._watch.unstamped())  # what was heard meanwhile is not lost
        if self._over or lost < _BUSY:
            return
        self._watch.set_on(lost)
        if lost >= PAUSE:
            self._hall.take(Paused(self._watch.at(), round(lost, 3)))
        self._wake.set()

    def _look_up(self) -> None:
        """After a record: is it over, or does someone want to be woken earlier than planned?"""
        if self._hall.due < self._armed or self._hall.player.done:
            self._wake.set()

    async def _watch_for_stop(self) -> None:
        await self._stop.wait()
        self._wake.set()

    async def _wake_player(self) -> None:
        """Whenever the bystander wants it, see what the player has to say."""
        bystander = self._hall.bystander
        while bystander is not None:
            await bystander.wake.wait()
            bystander.wake.clear()
            self._hall.advance(self._watch.at())
            self._look_up()

    # -- messages ----------------------------------------------------------------------------

    async def _hear(self) -> None:
        """Take in every message there is, also those that came before the connection broke."""
        from websockets.exceptions import ConnectionClosed

        receive = self._connection.recv
        at, hall = self._watch.at, self._hall
        decode, check = hall.session.decode, self._pulse.check
        try:
            while True:
                data = await receive()
                check()
                binary = isinstance(data, bytes)
                hall.take(decode(data, at(), Sender.SERVER, binary=binary))
                self._look_up()
        except ConnectionClosed as error:
            self._closed(error)

    def _closed(self, error: ConnectionClosed) -> None:
        parser_error = self._connection.protocol.parser_exc
        broken = undelivered(error, parser_error)
        if broken is not None:
            at = self._watch.at()
            self._hall.take(self._hall.session.decode(broken, at, Sender.SERVER))
        self._over = True
        self._wire_fault(error, parser_error)
        closed = closed_record(
            error,
            self._watch.at(),
            parser_error=parser_error,
            aborted=self._aborted,
        )
        self._hall.take(closed)
        self._wake.set()

    def _wire_fault(self, error: ConnectionClosed, parser_error: Exception | None) -> None:
        """What the library hung up for: a broken rule, or a message that it would not hold."""
        found = fault_of_wire(error, parser_error, self._watch.at())
        if found is not None:
            self._hall.take(found)

    async def _speak(self) -> None:
        """Say what the player wants said, in order, until the connection is closing."""
        from websockets.protocol import OPEN

        connection, wanted = self._connection, self._hall.wanted
        while True:
            command = await wanted.get()
            # A timer fires after what the same turn of the loop has to read: what a server said
            # before it went away is heard before a write finds out, and loses the rest.
            await asyncio.sleep(_AFTER_READING)
            if connection.state is not OPEN:
                pass  # what was never sent is no event
            elif isinstance(command, Close):
                await self._hang_up(command, self._close_within)
            else:
                self._send(command)
                with contextlib.suppress(OSError):  # the end is told where messages are heard
                    await connection.drain()
            wanted.task_done()

    def _send(self, command: Send) -> None:
        """Onto the wire first, then judged: the first judgement of a type costs milliseconds."""
        data, hall = command.data, self._hall
        binary = isinstance(data, bytes)
        record = hall.session.decode(data, self._watch.at(), Sender.CLIENT, binary=binary)
        shown = hall.keep(record)
        message = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
        self._connection.push(message, binary=binary)
        hall.judge(record, shown)
        self._look_up()

    # -- the end -----------------------------------------------------------------------------

    async def _end(self, hearing: asyncio.Task[None]) -> None:
        within = self._close_within
        if self._stop.is_set():
            within = min(within, _INTERRUPTED_CLOSE_WITHIN)
        elif self._hall.player.reason == "finished":
            await self._say_the_last()
        if not self._over:
            self._hall.end(self._watch.at())
            if self._hall.player.reason == "gave-up":
                await self._probe()
            await self._hang_up(Close(), within)
        await hearing

    async def _probe(self) -> None:
        """Ask the peer why nothing more came, and hear what it says."""
        hall, at = self._hall, self._watch.at()
        prober = hall.prober
        text = prober.ask(at, hall.player.waited) if prober is not None else None
        if prober is None or text is None:
            return
        record = hall.session.decode(text, at, Sender.CLIENT)
        if not isinstance(record, Event):
            return
        hall.probing = True
        hall.take(Probing(*record))
        self._connection.push(text.encode(), binary=False)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(prober.within):
                while not (prober.over or self._over or self._stop.is_set()):
                    self._wake.clear()
                    await self._wake.wait()

    async def _say_the_last(self) -> None:
        """A player may be done with its last words still unsaid."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._close_within):
                await self._hall.wanted.join()

    async def _hang_up(self, command: Close, within: float) -> None:
        """Close, and drop the connection where the peer does not close in time."""
        from websockets.exceptions import ProtocolError

        if command.abort:
            self._aborted = True
            self._connection.transport.abort()
            return
        try:
            async with asyncio.timeout(within):
                await self._connection.close(command.code, command.reason)
        except TimeoutError:
            self._connection.transport.abort()
        except ProtocolError as error:
            raise UsageError(
                f"cannot close with code {command.code} and a reason of "
                f"{len(command.reason.encode())} bytes: {error}",
                "use 1000, 1001, 1003, 1007 to 1014 or 3000 to 4999, and at most 123 bytes",
            ) from None
