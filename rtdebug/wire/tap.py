"""Looks at what a relay passes on: frames become messages, messages records, records findings.

The relay has written the bytes before any of this happens; only where records are kept, they are
kept first, and judged after the bytes have gone. A judge that falls behind by thousands of messages
slows the relay down rather than judge half of them, and says so. What fails here ends the judging
only.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import TypeAlias

from rtdebug.model.records import (
    Ended,
    Opened,
    Paused,
    Record,
    Refused,
    Remark,
    Sender,
    Unjudged,
    Violation,
)
from rtdebug.secrets.masker import Masker
from rtdebug.wire.audience import Audience, Ending
from rtdebug.wire.clock import Stopwatch
from rtdebug.wire.frames import LIMIT, BadText, Broken, Close, FrameReader, Item, Note, TooLarge
from rtdebug.wire.keeping import Keeping
from rtdebug.wire.partings import Partings
from rtdebug.wire.pulse import Pulse
from rtdebug.wire.violations import words

_SLICE = 0.004  # seconds of judging before the loop is given back to the sockets
_BETWEEN_LOOKS = 32  # messages judged between two looks at the clock
_MOST_WAITING = 4096  # messages that may wait to be judged
_MOST_BYTES = 8 * 1024 * 1024  # and what they may hold
_WORTH_TELLING = 1.0  # seconds that an app or a server took nothing

_Message: TypeAlias = tuple[str, float, Sender]
_WHO = {Sender.CLIENT: "the app", Sender.SERVER: "the server"}


class Tap:
    """The onlooker of one connection, from the app's request on.

    ``hold`` is asked to stop the relay when the judging falls too far behind, and to let it go on;
    ``hang_up`` is called when both ends have sent their close frames.
    """

    def __init__(
        self, number: int, audience: Audience, masker: Masker, pulse: Pulse | None = None
    ) -> None:
        self.hold: Callable[[bool], None] = _nobody
        self.hang_up: Callable[[], None] = _nobody
        self._number = number
        self._audience = audience
        self._session = audience.session
        self._masker = masker
        self._loop = asyncio.get_running_loop()
        self._pulse = pulse or Pulse()
        self._watch = Stopwatch(self._loop.time, self._loop.time())
        self._readers: Mapping[Sender, FrameReader] = {}
        # Records as they came and as they are shown, or where nobody is shown any, text messages
        # that need not become one.
        self._waiting: deque[tuple[Record, Record] | _Message] = deque()
        self._unseen = not audience.recorders and not audience.views
        self._waiting_bytes = 0
        self._held_since: float | None = None
        self._held_for = 0.0
        self._later: asyncio.Handle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._partings = Partings()
        self._complete = False  # the record that ends a session has been taken
        self._concluded = False
        self._over = False
        self._told = False
        self._failure: Exception | None = None
        self._keeping = Keeping(audience.recorders, masker)

    @property
    def at(self) -> float:
        """Seconds since the connection opened; before, since it was asked for."""
        return self._watch.at()

    # -- what the relay says -----------------------------------------------------------------

    def opened(self, record: Opened, readers: Mapping[Sender, FrameReader]) -> None:
        """The connection is open, and its time begins. Without ``readers`` it is carried unseen."""
        self._readers = readers
        self._watch = Stopwatch(self._loop.time, self._loop.time())
        self._guarded(lambda: self._take(record))
        self._pulse.watch(self, self._stood_still)

    def broken(self, kind: str, more: str = "") -> None:
        """The server broke a rule by its answer; ``more`` is what is known besides."""
        text = words(kind, self._masker.text(more))
        violation = Violation(self.at, Sender.SERVER, kind, text, readable=True)
        self._guarded(lambda: self._take(violation))

    def unread(self, why: str) -> None:
        """What both sides send cannot be read here."""
        text = f"it cannot be read: {self._masker.text(why)}"
        for sender in Sender:
            record = Unjudged(self.at, sender, 0, text, readable=False)
            self._guarded(lambda record=record: self._take(record))  # type: ignore[misc]

    def refused(self, record: Refused) -> None:
        """No connection came about."""
        self._complete = True
        self._guarded(lambda: self._take(record))

    def interrupt(self) -> None:
        """Whoever runs the relay ends it; a connection that is ending by itself has ended so."""
        if not self._complete:
            self._complete = True
            self._guarded(self._interrupted)

    @property
    def keeps(self) -> bool:
        """Whether records are kept, so that it must look before the bytes are passed on."""
        return bool(self._keeping)

    def look(self, sender: Sender, data: bytes) -> None:
        """``sender`` has sent ``data``."""
        if self._over or self._complete or not self._readers:
            return
        try:
            self._look(sender, data)
        except Exception as error:  # a bug of ours must never reach what is relayed
            self._fail(error)

    def stalled(self, reader: Sender, seconds: float) -> None:
        """``reader`` took nothing for so long, and the other side was held back."""
        if seconds >= _WORTH_TELLING:
            other = _WHO[Sender.SERVER if reader is Sender.CLIENT else Sender.CLIENT]
            self.note(f"{_WHO[reader]} took nothing for {seconds:.1f} s; {other} was held back")

    def ended(self, sender: Sender, error: Exception | None) -> None:
        """``sender`` has sent its last byte."""
        self._pulse.check()
        unfinished = self._readers[sender].unfinished() if sender in self._readers else ""
        self._partings.gone(sender, error, unfinished)
        if sender is Sender.SERVER and not self._complete and not self._partings.said:
            # What the app sends from now on reaches nobody: it is not what the server was lost of.
            self._guarded(lambda: self._closed(self.at))

    def note(self, text: str) -> None:
        """Keep a sentence for the report and show it."""
        text = self._masker.text(text)
        if self._keeping.note(text):
            remark = Remark(self._watch.at(), text)
            self._guarded(lambda: self._show(remark))

    @property
    def latest(self) -> float:
        """When its last record came, by the clock of the event loop."""
        return self._watch.began + self._session.at

    def remark(self, at: float, text: str) -> None:
        """The client's program was heard to say something, at ``at`` by the loop's clock."""
        last = self._session.at if self._concluded else self.at
        record = Remark(min(max(at - self._watch.began, 0.0), last), text, source="stderr")
        self._guarded(lambda: self._take(record))

    def conclude(self) -> None:
        """The connection is over. What is still said about it is of its last moment: no deadline
        may pass meanwhile."""
        self._guarded(self._last_records)
        self._complete = self._concluded = True
        self._stop_timers()

    def finish(self) -> None:
        """Nothing more will come. Everything that waits is judged, then everyone is told."""
        if self._told:
            return
        self._told = True
        self._pulse.check()
        self._pulse.leave(self)
        self._guarded(self._last_records)
        self._over = True
        self._stop_timers()
        self._release()
        judged = None
        if self._failure is None:
            try:
                judged = self._session.finish()
                if self._keeping:
                    self._keeping.last(self._session.findings)
            except Exception as error:  # told below
                self._failure = error
        if self._held_for >= _WORTH_TELLING:
            self._keeping.note(f"the judging slowed the relay down for {self._held_for:.1f} s")
        notes = self._keeping.notes()
        ending = Ending(self._number, judged, notes, self._failure)
        self._audience.ended(ending)

    # -- one chunk ---------------------------------------------------------------------------

    def _look(self, sender: Sender, data: bytes) -> None:
        items = self._readers[sender].feed(data)
        if not items:
            return
        at = self._watch.at()
        if self._watch.began + at >= self._pulse.late:
            self._pulse.check()
            at = self._watch.at()
        decode, masked = self._session.decode, self._masker.record
        waiting = self._waiting
        unseen = self._unseen
        record: Record
        shown: list[Record] = []
        for item in items:
            if type(item) is str:
                if unseen:
                    waiting.append((item, at, sender))
                    continue
                record = decode(item, at, sender)
            elif type(item) is bytes:
                record = decode(item, at, sender, binary=True)
            elif type(item) is BadText:
                record = decode(item.data, at, sender)
            else:
                self._keeping.together(shown)
                shown = []
                self._control(item, at, sender)
                continue
            kept = record if unseen else masked(record)
            shown.append(kept)
            waiting.append((record, kept))
        self._keeping.together(shown)
        if self._later is None:
            self._judge_soon()
        else:
            self._waiting_bytes += len(data)
            if len(waiting) > _MOST_WAITING or self._waiting_bytes > _MOST_BYTES:
                self._hold()

    def _control(self, item: Item, at: float, sender: Sender) -> None:
        match item:
            case Close():
                if self._partings.closes(sender, item):
                    self._closed(at)
                    self.hang_up()
            case Broken():
                text = words(item.kind, item.more)
                self._take(Violation(at, sender, item.kind, text, item.readable))
            case TooLarge():
                why = f"it is larger than {LIMIT >> 20} MiB"
                self._take(Unjudged(at, sender, item.size, why, item.readable))
            case Note():
                self.note(f"{_WHO[sender]}: {item.text}")

    def _closed(self, at: float) -> None:
        self._complete = True
        self._take(self._partings.record(at))

    def _take(self, record: Record) -> None:
        """One record that is no message: kept, and judged in its turn."""
        shown = record if self._unseen else self._masker.record(record)
        self._keeping.record(shown)
        self._waiting.append((record, shown))
        if self._later is None:
            self._judge_soon()

    def _interrupted(self) -> None:
        if self._partings:
            self._closed(self.at)
        else:
            self._take(Ended(self.at, "interrupted"))

    def _last_records(self) -> None:
        if not self._complete:
            self._interrupted()
        while self._waiting:
            self._judge()

    # -- judging -----------------------------------------------------------------------------

    def _judge_soon(self) -> None:
        """Now, or where the relay is yet to pass the bytes on, when it has."""
        if self.keeps:
            self._later = self._loop.call_soon(self._judge_on)
        else:
            self._judge()

    def _judge(self) -> None:
        """Judges what waits, for a slice of time; the rest has its turn after the sockets."""
        if self._later:
            self._later.cancel()
            self._later = None
        waiting, views, now = self._waiting, self._audience.views, self._loop.time
        observe, receive = self._session.observe, self._session.receive
        memory = self._audience.memory
        stop = now() + _SLICE
        count = 0
        while waiting:
            first = waiting.popleft()
            if memory is not None:
                memory.add(first if len(first) == 3 else first[0])
            if len(first) == 3:
                findings = receive(*first)
                if findings:
                    findings = self._keeping.told(findings)
            else:
                findings = observe(first[0])
                if findings:
                    findings = self._keeping.told(findings)
                for view in views:
                    view.accept(first[1], findings)
            if findings and not views:
                self._audience.found(findings)
            count += 1
            if not count % _BETWEEN_LOOKS and waiting and now() > stop:
                self._later = self._loop.call_soon(self._judge_on)
                return
        self._waiting_bytes = 0
        self._release()
        self._set_timer()

    def _judge_on(self) -> None:
        if not self._over:
            self._guarded(self._judge)

    def _stood_still(self, seconds: float) -> None:
        """This process was stopped for so long: the connection's time stands still too."""
        if self._over or self._complete:
            return
        self._watch.set_on(seconds)
        self._guarded(lambda: self._take(Paused(self.at, round(seconds, 3))))

    def _show(self, record: Record) -> None:
        for view in self._audience.views:
            view.accept(record, ())

    def _set_timer(self) -> None:
        """Wake up at the session's deadline. A timer that is too early is left to ring."""
        deadline = self._session.deadline
        if deadline == float("inf") or self._over or self._concluded:
            return
        when = self._watch.began + deadline
        if self._timer is None or when < self._timer.when():
            if self._timer:
                self._timer.cancel()
            self._timer = self._loop.call_at(when, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._pulse.check()
        if not self._over and not self._waiting:
            self._guarded(self._advance)

    def _advance(self) -> None:
        deadline = self._session.deadline
        if self._watch.at() + 1e-6 >= deadline:
            findings = self._session.advance(self._watch.at_least(deadline))
            if findings:
                self._audience.found(self._keeping.told(findings))
        self._set_timer()

    # -- trouble -----------------------------------------------------------------------------

    def _hold(self) -> None:
        if self._held_since is None:
            self._held_since = self._loop.time()
            self.hold(True)

    def _release(self) -> None:
        if self._held_since is not None:
            self._held_for += self._loop.time() - self._held_since
            self._held_since = None
            self.hold(False)

    def _guarded(self, act: Callable[[], None]) -> None:
        if self._over:
            return
        try:
            act()
        except Exception as error:  # a bug of ours must never reach what is relayed
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._over = True
        self._failure = self._failure or error
        self._waiting.clear()
        self._stop_timers()
        self._release()

    def _stop_timers(self) -> None:
        for handle in (self._later, self._timer):
            if handle:
                handle.cancel()
        self._later = self._timer = None


def _nobody(*_: object) -> None:
    """Before a relay says how to stop and how to end it."""
