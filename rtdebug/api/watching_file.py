"""Watching a capture or a log: the same view as of live traffic, judged as it is read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rtdebug import __version__
from rtdebug.api.diagnosing import (
    begin,
    conclude,
    log_source,
    reading_name,
    senders_by,
    told_apart,
)
from rtdebug.api.halting import Halt
from rtdebug.api.owing import owes
from rtdebug.api.reconnects import Connections
from rtdebug.api.redactors import redactor_of
from rtdebug.api.verdict import exit_code
from rtdebug.api.viewing import Lanes, Unseen, Viewer
from rtdebug.api.watching import Watching, check_watching
from rtdebug.engine.session import Session
from rtdebug.errors import EXIT_INTERRUPTED, UnreadableError
from rtdebug.model.records import Clock, Ended, Found, Record
from rtdebug.model.results import Outcome, Report, Run
from rtdebug.model.value import replace
from rtdebug.secrets.masker import Masker
from rtdebug.wire.signals import stop_on_signals

if TYPE_CHECKING:
    from rtdebug.captures.following import Follower
    from rtdebug.captures.reading import Reading

_BATCH = 200  # records between two looks at the screen
_POLL = 0.1
_AFTER_THE_END = 1.0  # seconds that a close may follow the end of a watch


def watch_file(
    file: str, watching: Watching, viewer: Viewer | None = None, *, follow: bool = False
) -> Report:
    """Shows and judges what is in ``file`` (``-`` is stdin), or with ``follow`` also what is still
    to come.

    Raises UnreadableError when it cannot be read or, with ``follow``, is no capture of ours.
    """
    check_watching(watching)
    watch = _File(file, watching, viewer or Unseen())
    runs, interrupted = asyncio.run(watch.follow() if follow else watch.read())
    code = EXIT_INTERRUPTED if interrupted else exit_code(runs)
    strict = watching.strictness
    return Report(tuple(runs), "", code, __version__, strict.ignore, strict.select)


class _File:
    """One file and what it came to: its runs, and whether a signal cut them short."""

    def __init__(self, file: str, watching: Watching, viewer: Viewer) -> None:
        self._file = file
        self._watching = watching
        self._viewer = viewer
        self._redactor = redactor_of(watching.redact)
        self._maskers: dict[Session, Masker] = {}

    # -- a file that is finished -------------------------------------------------------------

    async def read(self) -> tuple[Sequence[Run], bool]:
        """Everything in it."""
        from rtdebug.captures.formats import read
        from rtdebug.captures.spooled import each_apart

        readings = each_apart(
            read(log_source(self._file), sender_of=senders_by(self._watching.pack))
        )
        runs: list[Run] = []
        with stop_on_signals() as stop:
            halt = Halt(stop)
            async with self._viewer.showing(halt):
                for number, reading in enumerate(readings, 1):
                    if not halt.event.is_set():
                        label = f"#{number}" if len(readings) > 1 else ""
                        runs += await self._reading(reading, label, halt)
        return runs, halt.interrupted

    async def _reading(self, reading: Reading, label: str, halt: Halt) -> list[Run]:
        first, records = begin(reading, self._watching.pack, self._redactor)
        connections = Connections(first, records, reading)
        shown = await self._show(connections, reading, label, halt)
        name = reading_name(self._file, reading, int(label[1:]) if label else 0)
        runs = [
            self._run(session, reading, name, halt, bare)
            for session, bare in connections.sessions.items()
        ]
        runs = told_apart(runs, name)
        came_to = dict(zip(connections.sessions, runs, strict=True))
        for session, lanes in shown.items():
            lanes.over(came_to.get(session), told=True)
        return runs

    async def _show(
        self, pairs: Iterable[tuple[Session, Record]], reading: Reading, label: str, halt: Halt
    ) -> dict[Session, Lanes]:
        """Shows all records; the sessions that judged them, each with its lanes."""
        shown: dict[Session, Lanes] = {}
        for count, (session, record) in enumerate(pairs, 1):
            if session not in shown:
                again = f"#{len(shown) + 1}" if shown and not label else label
                shown[session] = Lanes(self._viewer.displays, session.pack, again)
                shown[session].time(timed=reading.view.clock is not Clock.NONE)
            self._take(record, session, shown[session])
            if not count % _BATCH:
                await self._viewer.caught_up()
                if halt.event.is_set():
                    break
        await self._viewer.caught_up()
        return shown

    # -- a file that grows -------------------------------------------------------------------

    async def follow(self) -> tuple[Sequence[Run], bool]:
        """Everything in it, and what comes."""
        from rtdebug.captures.following import Follower

        if self._file == "-":
            raise UnreadableError("stdin cannot be followed", "name a capture to follow")
        follower = Follower(Path(self._file))
        runs: list[Run] = []
        try:
            first = follower.read()  # what is no capture is told before anything is shown
            with stop_on_signals() as stop:
                halt = Halt(stop)
                async with self._viewer.showing(halt):
                    runs += await self._follow(follower, first, halt)
        finally:
            follower.close()
        return runs, any(run.outcome is Outcome.INTERRUPTED for run in runs)

    async def _follow(self, follower: Follower, first: list[Record], halt: Halt) -> list[Run]:
        session: Session | None = None
        lanes: Lanes | None = None
        async for records in self._new(follower, first, halt):
            if session is None and follower.reading is not None:
                session, _ = begin(follower.reading, self._watching.pack, self._redactor)
                lanes = Lanes(self._viewer.displays, session.pack)
            for record in records:
                assert session is not None
                assert lanes is not None
                self._take(record, session, lanes)
            await self._viewer.caught_up()
        follower.finish()
        if session is None or lanes is None or follower.reading is None:
            return []
        running = owes(session)
        run = self._run(session, follower.reading, self._file, halt, running=running)
        lanes.over(run, told=True)
        return [run]

    async def _new(
        self, follower: Follower, records: list[Record], halt: Halt
    ) -> AsyncIterator[list[Record]]:
        """Records as they come, until nothing can come any more or nobody waits for it."""
        silent, limit = 0.0, self._watching.timeout
        while not halt.event.is_set():
            if records:
                ended, silent = isinstance(records[-1], Ended), 0.0
                limit = _AFTER_THE_END if ended else self._watching.timeout
            yield records
            if follower.over:
                await asyncio.sleep(_POLL)
                yield follower.read()  # what was found of the whole is written behind the end
                return
            if limit is not None and silent >= limit:
                return
            records = follower.read()
            if not records:
                await asyncio.sleep(_POLL)
                silent += _POLL

    def _take(self, record: Record, session: Session, lanes: Lanes) -> None:
        """Judged as it is, shown without secrets."""
        if session not in self._maskers:
            self._maskers[session] = Masker(self._redactor)
        masker = self._maskers[session]
        shown = masker.record(record)
        findings = masker.findings(session.observe(record))
        if isinstance(record, Found):
            lanes.found(findings)
            return
        for one in self._watching.views(session, lanes.all):
            one.accept(shown, findings)

    # -- what it came to ---------------------------------------------------------------------

    def _run(
        self, session: Session, reading: Reading, name: str, halt: Halt, bare: int = 0,
        *, running: bool = True,
    ) -> Run:  # fmt: skip
        if halt.event.is_set() and session.state.closed is None and session.state.ended is None:
            session.observe(Ended(session.at, "interrupted"))  # not waited out to its end
        run = conclude(session, reading, name, self._watching.strictness, bare=bare)
        run = self._watching.kept(run, session)
        cut_short = halt.interrupted and running
        return replace(run, outcome=Outcome.INTERRUPTED) if cut_short else run


def _take(record: Record, session: Session, lanes: Lanes) -> None:
    findings = session.observe(record)
    for lane in lanes.all:
        lane.accept(record, findings)
