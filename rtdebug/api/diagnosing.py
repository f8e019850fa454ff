"""Diagnosing: judges what a log or a capture shows, offline."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rtdebug import __version__, resources
from rtdebug.api.diagnosis_progress import DiagnosisProgress
from rtdebug.api.reconnects import Connections
from rtdebug.api.redactors import outgoing, redactor_of
from rtdebug.api.verdict import Strictness, exit_code, kept, outcome_of
from rtdebug.engine.session import Session
from rtdebug.errors import RtdebugError, UsageError
from rtdebug.interrupts import Noted
from rtdebug.model.records import Event, Record, Sender
from rtdebug.model.results import Coverage, Location, Outcome, Report, Run
from rtdebug.model.value import replace
from rtdebug.packs.choosing import choose
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.packs.pack import Pack
from rtdebug.redaction import DEFAULT, Redactor
from rtdebug.rules import index
from rtdebug.wire.clock import wall_text

if TYPE_CHECKING:
    from rtdebug.captures.reading import Reading, SenderOf
    from rtdebug.reports.page.keeping import Keeping

_LOOK_AHEAD = 200
_MOST_LOOKED_AT = 20_000
# A word that many programs use for things of their own names no message by itself.
_ANY_WORD = re.compile(r"[A-Za-z][a-z]*")


@cache
def sender_of(type_: str) -> Sender | None:
    """Who sends a type, in any pack; None for unknown ones and those of both."""
    with_grammar = [pack for pack in _packs() if pack.grammar and pack.below is None]
    packs = with_grammar if _ANY_WORD.fullmatch(type_) else _packs()
    senders = {pack.sender_of(type_) for pack in packs} - {None}
    return senders.pop() if len(senders) == 1 else None


def senders_by(pack: str | None) -> SenderOf:
    """Who sends a type in a log of that pack; None for one whose pack is still to be found."""
    from rtdebug.captures.names import LogVocabulary

    return sender_of if pack is None else LogVocabulary(load_pack(pack), sender_of)


@cache
def _packs() -> tuple[Pack, ...]:
    return tuple(map(load_pack, resources.pack_names()))


def diagnose(
    reading: Reading,
    name: str,
    *,
    pack: str | None = None,
    strictness: Strictness | None = None,
    redactor: Redactor = DEFAULT,
    watch: DiagnosisProgress | None = None,
    keeping: Keeping | None = None,
) -> list[Run]:
    """Judges what was read as one connection of a log: one run, or one for each time the client
    connected again. ``pack`` None takes what the log says or shows; ``keeping`` keeps the messages
    for a page."""
    with Noted() as signal:
        if reading.several is not None:
            from rtdebug.api.several import diagnose_several

            def run_of(session: Session, own: Reading, bare: int) -> Run:
                called = reading_name(name, own, 0)
                run = conclude(session, own, called, strictness or Strictness(), bare=bare)
                return run if keeping is None else keeping.over(session, run)

            seen = watch or DiagnosisProgress()
            return diagnose_several(reading, pack, run_of, seen, redactor, signal, keeping)
        first, records = begin(reading, pack, redactor)
        connections = Connections(first, records, reading, skims=keeping is None)
        if watch is not None:
            watch.sessions.append(connections.sessions)
        for session, record in connections:
            session.observe(record)
            if keeping is not None:
                keeping.connection(session).observe(record)
            if signal.came:
                session.break_off()
                break
    runs = [
        conclude(session, reading, name, strictness or Strictness(), bare=bare)
        for session, bare in connections.sessions.items()
    ]
    if keeping is not None:
        came_to = zip(runs, connections.sessions, strict=True)
        runs = [keeping.over(session, run) for run, session in came_to]
    if signal.came:
        runs[-1] = replace(runs[-1], outcome=Outcome.INTERRUPTED)
    return told_apart(runs, name)


def told_apart(runs: Sequence[Run], name: str) -> list[Run]:
    """The runs of one reading under names of their own; the notes go with the first."""
    if len(runs) == 1:
        return list(runs)
    return [
        replace(run, name=f"{name} (connection {number})", notes=run.notes if number == 1 else ())
        for number, run in enumerate(runs, 1)
    ]


def reading_name(log: str, reading: Reading, number: int) -> str:
    """What a reading is called: by what tells its connection apart, else by its ``number`` among
    several (0 = it is the only one)."""
    if reading.name:
        return f"{log} ({reading.name})"
    return f"{log} (connection {number})" if number else log


def begin(
    reading: Reading, pack: str | None = None, redactor: Redactor = DEFAULT
) -> tuple[Session, Iterator[Record]]:
    """The session that judges a reading as its connection was judged, and all its records."""
    first, records = _peek(reading.records)
    chosen = pack or _pack_of(reading, first)
    patience = reading.header.get("patience")
    session = Session(
        load_pack(chosen),
        index.entries(),
        view=reading.view,
        patience=patience if isinstance(patience, int | float) else None,
        redactor=redactor,
    )
    return session, records


def conclude(
    session: Session, reading: Reading, name: str, strictness: Strictness, *, bare: int = 0
) -> Run:
    """The run of a reading whose records the session has seen; ``bare`` of the events are errors
    without their envelope, which were no message."""
    strict = strictness.with_ignored(_ignored(reading))
    judged = session.finish()
    findings = kept(judged.findings, strict)
    bad = any(map(strict.fails, findings))
    seen = bad or (judged.observed and not _is_mostly_unjudged(session, reading))
    outcome = outcome_of(findings=findings, steps=(), strictness=strict, observed=seen)
    run = Run(
        name=name,
        outcome=outcome,
        pack=judged.pack,
        peer=judged.peer,
        source=Location(name),
        started=reading.started,
        duration=round(judged.duration, 6),
        client=judged.client,
        server=judged.server - bare,
        rows_left_out=judged.rows_left_out,
        findings=findings,
        open=judged.open,
        coverage=_coverage(session, reading),
        responses=judged.responses,
        response_count=judged.response_count,
        totals=judged.totals,
        timeline=judged.timeline,
        notes=tuple(reading.notes),
    )
    return outgoing(run, session.evidence.masker.redactor)


def _is_mostly_unjudged(session: Session, reading: Reading) -> bool:
    """Whether most of what came is of another protocol, or could not be read."""
    return session.state.mostly_unknown or reading.unread * 2 > reading.named


def _coverage(session: Session, reading: Reading) -> Coverage:
    """How much of a reading its session judged. What is true of the log is told of each of its
    connections."""
    unknown = session.state.unknown
    why = []
    if session.state.mostly_unknown:
        why.append(f"most types of messages are unknown to {session.pack.title}")
    if reading.unread:
        why.append(f"{reading.unread} of {reading.named} lines with names of events were not read")
    return Coverage(
        judged=max(0, session.judged_so_far - unknown),
        unknown=unknown,
        unread=reading.unread,
        first_unread=reading.first_unread,
        why=tuple(why),
    )


def _peek(records: Iterable[Record]) -> tuple[list[Event], Iterator[Record]]:
    """The first events, and all records with those that were looked at. A pasted text may say
    much before its first event, so it is events that count."""
    stream = iter(records)
    head: list[Record] = []
    first: list[Event] = []
    for record in islice(stream, _MOST_LOOKED_AT):
        head.append(record)
        if isinstance(record, Event):
            first.append(record)
            if len(first) == _LOOK_AHEAD:
                break
    return first, chain(head, stream)


def _pack_of(reading: Reading, first: list[Event]) -> str:
    if reading.pack_hint is not None and _at_hand(reading.pack_hint):
        return reading.pack_hint
    return choose(first, resources.pack_names()) if first else DEFAULT_PACK


def _at_hand(pack: str) -> bool:
    """Whether a pack that a capture names is still there."""
    try:
        load_pack(pack)
    except RtdebugError:
        return False
    return True


def _ignored(reading: Reading) -> list[str]:
    """What the scenario that was recorded ignored, as the header of its capture says."""
    names = reading.header.get("ignore")
    return [one for one in names if isinstance(one, str)] if isinstance(names, list) else []


def log_source(file: str) -> Path | BinaryIO:
    """What a log's name on a command line stands for; ``-`` is stdin. Raises UsageError."""
    if not file.strip():
        raise UsageError("expected a log, got an empty name", "name a file, or - for stdin")
    return _stdin() if file == "-" else Path(file)


def log_name(file: str) -> str:
    """What a log is called in messages."""
    return "stdin" if file == "-" else file


def _stdin() -> BinaryIO:
    if sys.stdin is None:
        raise UsageError("stdin is closed, so there is no log in it", "name a file instead of -")
    if sys.stdin.isatty():
        sys.stderr.write("paste the log, then end it with Ctrl-D\n")
    return sys.stdin.buffer


def _with_captures(files: Iterable[str]) -> Iterator[str]:
    """The files, and in place of a folder the captures in it, where there are any."""
    for file in files:
        folder = Path(file)
        inner = sorted(folder.rglob("*.jsonl")) if file.strip() and folder.is_dir() else ()
        yield from map(str, inner) if inner else (file,)


def diagnose_files(
    files: Sequence[str],
    *,
    pack: str | None = None,
    strictness: Strictness | None = None,
    redact: Sequence[str] = (),
    watch: DiagnosisProgress | None = None,
    whole: bool | None = None,
    keeping: Keeping | None = None,
) -> Report:
    """Judges every connection of every file; ``-`` is stdin, a folder its captures. ``whole`` says
    whether the logs show everything, None leaves that to be seen. ``watch`` is
    given what may be asked of it from another thread while it works; ``keeping`` keeps the
    messages for a page."""
    from rtdebug.captures.formats import read
    from rtdebug.captures.viewing import overruled

    if pack is not None:
        load_pack(pack)
    redactor = redactor_of(redact)
    started = wall_text()
    runs: list[Run] = []
    ignored = dict.fromkeys(strictness.ignore if strictness else ())
    cut = False  # by a signal: what was judged so far is all
    for file in _with_captures(files):
        if cut:
            break
        senders = senders_by(pack)
        how = watch.reading if watch is not None else None
        readings = read(log_source(file), sender_of=senders, progress=how)
        for number, reading in enumerate(readings, 1):
            if cut:
                break
            ignored.update(dict.fromkeys(_ignored(reading)))
            reading.view = overruled(reading.view, whole)
            name = reading_name(log_name(file), reading, number if len(readings) > 1 else 0)
            found = diagnose(
                reading, name, pack=pack, strictness=strictness, redactor=redactor, watch=watch,
                keeping=keeping,
            )  # fmt: skip
            runs += found
            cut = any(run.outcome is Outcome.INTERRUPTED for run in found)
    selected = strictness.select if strictness else ()
    return Report(tuple(runs), started, exit_code(runs), __version__, tuple(ignored), selected)
