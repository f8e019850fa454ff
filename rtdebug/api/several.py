"""Judges a log of many connections that is too large to be parted first: each as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from rtdebug import resources
from rtdebug.api.reconnects import Connections
from rtdebug.captures.reading import Reading, Several
from rtdebug.captures.viewing import begins_here
from rtdebug.engine.session import Session
from rtdebug.interrupts import Noted
from rtdebug.model.records import Event, Record
from rtdebug.model.results import Outcome, Run
from rtdebug.model.value import replace
from rtdebug.packs.choosing import choose
from rtdebug.packs.load import load_pack
from rtdebug.redaction import Redactor
from rtdebug.rules import index

if TYPE_CHECKING:
    from rtdebug.api.diagnosis_progress import DiagnosisProgress
    from rtdebug.reports.page.keeping import Keeping

_LOOK_AHEAD = 50  # messages of a connection that tell its protocol
MOST_AT_ONCE = 200
"""Connections that are judged at a time; the one that was silent longest is concluded for more."""

MOST_ROWS = 20_000
"""Rows of timelines that are kept of connections where nothing went wrong."""

Conclude = Callable[[Session, Reading, int], Run]
"""Makes the run of a session that is over, of its reading and the number of its bare errors."""


def diagnose_several(
    reading: Reading, pack: str | None, conclude: Conclude, watch: DiagnosisProgress,
    redactor: Redactor, signal: Noted, keeping: Keeping | None = None,
) -> list[Run]:  # fmt: skip
    """A run for each connection, in the order in which they begin; ``watch`` is told of each. When
    a ``signal`` comes those that are open then are interrupted."""
    assert reading.several is not None
    judge = _Judge(reading, reading.several, pack, conclude, watch, redactor, keeping)
    for socket, record in reading.several:
        judge.take(socket, record)
        if signal.came:
            break
    return judge.finish(cut=signal.came)


class _Connection:
    """One connection; until it is ``begun`` its first records wait in ``head``."""

    def __init__(self, own: Reading) -> None:
        self.own = own
        self.head: list[Record] = []
        self.messages = 0
        self.begun: Connections | None = None


class _Judge:
    """The connections that are open, and the runs of those that are over."""

    def __init__(
        self, reading: Reading, strands: Several, pack: str | None, conclude: Conclude,
        watch: DiagnosisProgress, redactor: Redactor, keeping: Keeping | None,
    ) -> None:  # fmt: skip
        self._reading = reading
        self._strands = strands
        self._pack = pack
        self._make_run = conclude
        self._watch = watch
        self._redactor = redactor
        self._keeping = keeping
        self._open: dict[str, _Connection] = {}
        self._runs: dict[str, list[Run]] = {}
        self._rows = 0

    def take(self, socket: str, record: Record) -> None:
        """The next record of a connection."""
        one = self._open.pop(socket, None) or self._another(socket)
        self._open[socket] = one  # the last one is the one that spoke last
        if one.begun is not None:
            self._show(one.begun.take(record))
            return
        one.head.append(record)
        one.messages += isinstance(record, Event)
        if one.messages >= _LOOK_AHEAD:
            self._begin(one)

    def finish(self, *, cut: bool) -> list[Run]:
        """Nothing more comes, or what comes is not read any more."""
        for socket in list(self._open):
            self._conclude(socket, cut=cut)
        runs = [run for name in self._strands.names for run in self._runs.get(name, ())]
        if runs:
            runs[0] = replace(runs[0], notes=(*self._reading.notes, *runs[0].notes))
        return runs

    def _another(self, socket: str) -> _Connection:
        if len(self._open) >= MOST_AT_ONCE:
            self._conclude(next(iter(self._open)))
        self._runs.setdefault(socket, [])
        own = Reading(self._reading.format, (), self._reading.view, name=socket)
        own.bare = self._strands.bare(socket)
        return _Connection(own)

    def _begin(self, one: _Connection) -> Connections:
        """Judges what waited, by the protocol that it shows."""
        events = [record for record in one.head if isinstance(record, Event)]
        pack = load_pack(self._pack or choose(events, resources.pack_names()))
        view = one.own.view
        begins = begins_here(one.head, selective=view.selective)
        one.own.view = view = replace(view, from_start=begins, to_end=False)
        first = Session(pack, index.entries(), view=view, redactor=self._redactor)
        one.begun = connections = Connections(first, (), one.own, skims=self._keeping is None)
        self._watch.sessions.append(connections.sessions)
        self._show(_taken(connections, one.head))
        one.head = []
        return connections

    def _conclude(self, socket: str, *, cut: bool = False) -> None:
        one = self._open.pop(socket)
        connections = one.begun or self._begin(one)
        self._show(connections.finish())
        self._strands.conclude(socket, one.own)
        for session, bare in connections.sessions.items():
            if cut:
                session.break_off()
            run = self._make_run(session, one.own, bare)
            run = replace(run, outcome=Outcome.INTERRUPTED) if cut else run
            number = len(self._runs[socket]) + 1
            name = run.name if number == 1 else f"{run.name} (connection {number})"
            self._runs[socket].append(self._bounded(replace(run, name=name)))
        self._watch.let_go(connections.sessions)

    def _bounded(self, run: Run) -> Run:
        """The run; without its rows once so many are kept of others, of good ones first."""
        most = MOST_ROWS if run.outcome.is_good else 10 * MOST_ROWS
        if self._rows > most:
            left_out = run.rows_left_out + len(run.timeline)
            return replace(run, timeline=(), rows_left_out=left_out)
        self._rows += len(run.timeline)
        return run

    def _show(self, records: Iterator[tuple[Session, Record]]) -> None:
        for session, record in records:
            session.observe(record)
            if self._keeping is not None:
                self._keeping.connection(session).observe(record)


def _taken(connections: Connections, records: Iterable[Record]) -> Iterator[tuple[Session, Record]]:
    for record in records:
        yield from connections.take(record)
