"""Results: what one run and a whole report came to. Reports read only these."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from rtdebug.model.findings import Finding
from rtdebug.model.records import Sender
from rtdebug.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator


class Outcome(StrEnum):
    """Of a run: passed (only where something was asked for and seen), clean (nothing wrong in what
    a log or watched traffic shows), failed (judged bad), empty (nothing to judge), error (no
    session), or interrupted. Of a step: passed, failed or skipped."""

    PASSED = "passed"
    CLEAN = "clean"
    FAILED = "failed"
    SKIPPED = "skipped"
    EMPTY = "empty"
    ERROR = "error"
    INTERRUPTED = "interrupted"

    @property
    def is_good(self) -> bool:
        """Whether nothing was judged bad, and something was judged."""
        return self in (Outcome.PASSED, Outcome.CLEAN)


class Location(Value):
    """A place in a file a person wrote; lines and columns count from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class StepResult(Value):
    """What became of one step of a scenario. ``detail`` says expected, seen and nearest."""

    index: int
    label: str
    outcome: Outcome
    at: float | None = None
    detail: str = ""
    evidence: tuple[int, ...] = ()
    source: Location | None = None


class ResponseSummary(Value):
    """One response: times in seconds, audio in milliseconds, ``usage`` as the peer gave it."""

    id: str
    status: str
    items: int = 0
    deltas: int = 0
    chars: int = 0
    audio_ms: int = 0
    first_delta: float | None = None
    duration: float | None = None
    usage: dict[str, Any] | None = None


class TimelineRow(NamedTuple):
    """One row of what crossed the wire. ``sender`` is None for opens, closes and ends."""

    seq: int | None
    at: float
    sender: Sender | None
    type: str
    size: int = 0
    summary: str = ""


class Owed(Value):
    """Something one side still owes the other: an answer to a request, the end of a response or
    turn, the result of a tool call.

    ``what`` names it by the event that opened it (``response.create``), ``awaited`` the event or
    events that would settle it, ``subject`` the id it is about. ``event`` is the sequence number of
    what opened it, ``since`` when anything of it last moved and ``until`` when the silence counts
    as too long, both in seconds of the session; ``until`` is None where no time is set.
    """

    what: str
    event: int | None
    since: float
    owed_by: Sender
    awaited: str = ""
    subject: str | None = None
    until: float | None = None


class Coverage(Value):
    """How much of a record was judged: messages of a known type, messages of types the pack does
    not know, and lines or messages with event names that could not be read. ``first_unread`` is the
    beginning of the first of those, masked and safe to show; ``why`` says what lowered it."""

    judged: int = 0
    unknown: int = 0
    unread: int = 0
    first_unread: str = ""
    why: tuple[str, ...] = ()


class Totals(Value):
    """What crossed the wire in all, kept or not: bytes of messages and milliseconds of audio each
    way. Audio is None where its format is not known."""

    client_bytes: int = 0
    server_bytes: int = 0
    client_audio_ms: int | None = None
    server_audio_ms: int | None = None


class Kept(Protocol):
    """What a page shows of the messages of a run, kept as they passed: pieces of JSON."""

    def pieces(self) -> Iterator[str]: ...


class Run(Value):
    """One judged session. ``duration`` in seconds; ``client`` and ``server`` count messages;
    ``notes`` are what a reader had to say (formats understood, lines left out). ``open`` is what
    was still owed at the end. ``responses`` are those that were kept, ``response_count`` all.
    ``kept`` are its messages, where a page was asked for."""

    name: str
    outcome: Outcome
    pack: str
    peer: str | None = None
    source: Location | None = None
    started: str | None = None
    duration: float = 0.0
    client: int = 0
    server: int = 0
    rows_left_out: int = 0
    steps: tuple[StepResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    open: tuple[Owed, ...] = ()
    coverage: Coverage = Coverage()
    responses: tuple[ResponseSummary, ...] = ()
    response_count: int = 0
    totals: Totals = Totals()
    timeline: tuple[TimelineRow, ...] = ()
    notes: tuple[str, ...] = ()
    kept: Kept | None = None


class Report(Value):
    """Everything one command judged. ``exit_code`` is computed from the runs when it is made;
    ``ignored`` and ``selected`` are the names that were left out, and those that alone were looked
    for; ``never_begun`` counts what an interruption left unplayed."""

    runs: tuple[Run, ...]
    started: str
    exit_code: int = 0
    version: str = ""
    ignored: tuple[str, ...] = ()
    selected: tuple[str, ...] = ()
    never_begun: int = 0

    @property
    def shows_all(self) -> bool:
        """Whether all that was found is told, so that the absence of a finding means something."""
        return not self.ignored and not self.selected
