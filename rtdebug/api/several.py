"""Judges a log of many connections that is too large to be parted first: each as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from rtdebug import resources
from rtdebug.api.reconnects import Connections
from rtdebug.captures.reading import Reading
from rtdebug.captures.viewing import starts
from rtdebug.engine.session import Session
from rtdebug.interrupts import Noted
from rtdebug.model.records import Event, Record
from rtdebug.model.results import Outcome, Run
from rtdebug.model.value import replace
from rtdebug.packs.choosing import choose
from rtdebug.packs.load import load_pack
from rtdebug.packs.pack import Pack
from rtdebug.redaction import Redactor
from rtdebug.rules import index

if TYPE_CHECKING:
    from rtdebug.reports.page.keeping import Keeping

_LOOK_AHEAD = 500
MOST_AT_ONCE = 200
"""Connections that are judged at a time; the one that was silent longest is concluded for more."""


Conclude = Callable[[Session, Reading, int], Run]
"""Makes the run of a session that is over, of its reading and the number of its bare errors."""


def diagnose_several(
    reading: Reading, pack: str | None, conclude: Conclude, seen: list[dict[Session, int]],
    redactor: Redactor, signal: Noted, keeping: Keeping | None = None,
) -> list[Run]:  # fmt: skip
    """A run for each connection, in the order in which they begin; ``seen`` is told of each. When
    a ``signal`` comes those that are open then are interrupted."""
    records = iter(reading.several or ())
    head = list(islice(records, _LOOK_AHEAD))
    events = [record for _, record in head if isinstance(record, Event)]
    chosen = load_pack(pack or choose(events, resources.pack_names()))
    judge = _Judge(reading, chosen, conclude, seen, redactor, keeping)
    for socket, record in chain(head, records):
        judge.take(socket, record)
        if signal.came:
            break
    return judge.finish(cut=signal.came)


class _Judge:
    """The connections that are open, and the runs of those that are over."""

    def __init__(
        self, reading: Reading, pack: Pack, conclude: Conclude, seen: list[dict[Session, int]],
        redactor: Redactor, keeping: Keeping | None,
    ) -> None:  # fmt: skip
        self._reading = reading
        self._pack = pack
        self._make_run = conclude
        self._seen = seen
        self._redactor = redactor
        self._keeping = keeping
        self._open: dict[str, tuple[Connections, Reading]] = {}
        self._runs: dict[str, list[Run]] = {}

    def take(self, socket: str, record: Record) -> None:
        """The next record of a connection."""
        connections, _ = known = self._open.pop(socket, None) or self._begin(socket, record)
        self._open[socket] = known  # the last one is the one that spoke last
        self._show(connections.take(record))

    def finish(self, *, cut: bool) -> list[Run]:
        """Nothing more comes, or what comes is not read any more."""
        for socket in list(self._open):
            self._conclude(socket, cut=cut)
        runs = [run for found in self._runs.values() for run in found]
        if runs:
            runs[0] = replace(runs[0], notes=(*self._reading.notes, *runs[0].notes))
        return runs

    def _begin(self, socket: str, record: Record) -> tuple[Connections, Reading]:
        if len(self._open) >= MOST_AT_ONCE:
            self._conclude(next(iter(self._open)))
        self._runs.setdefault(socket, [])
        view = replace(self._reading.view, from_start=starts([record]), to_end=False)
        own = Reading(self._reading.format, (), view, name=socket)
        first = Session(self._pack, index.entries(), view=view, redactor=self._redactor)
        connections = Connections(first, (), own, skims=self._keeping is None)
        self._seen.append(connections.sessions)
        return connections, own

    def _conclude(self, socket: str, *, cut: bool = False) -> None:
        connections, own = self._open.pop(socket)
        self._show(connections.finish())
        for session, bare in connections.sessions.items():
            if cut:
                session.break_off()
            run = self._make_run(session, own, bare)
            run = replace(run, outcome=Outcome.INTERRUPTED) if cut else run
            number = len(self._runs[socket]) + 1
            name = run.name if number == 1 else f"{run.name} (connection {number})"
            self._runs[socket].append(replace(run, name=name))

    def _show(self, records: Iterator[tuple[Session, Record]]) -> None:
        for session, record in records:
            session.observe(record)
            if self._keeping is not None:
                self._keeping.connection(session).observe(record)
