"""Conformance: each message held against its schema, and four different words for what is wrong.

Malformed (no JSON, or no event), unknown (a type, field or value the pack does not know), retired
(a name the protocol has given up) and invalid (a known message with a wrong shape) are four
different findings. Details are worked out for the first few of a type, then only counted.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from rtdebug.catalogue.book import entry
from rtdebug.engine.decoder import flaws
from rtdebug.engine.fields import MISSING, at_pointer
from rtdebug.engine.state import Misshapen, State
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Event, Flawed, Sender, Undecodable
from rtdebug.model.value import replace
from rtdebug.packs.pack import Pack
from rtdebug.packs.schemas import MessageKind
from rtdebug.packs.violations import SchemaViolation

DETAILED = 20
_MOST_HELD = 1000
_SHOWN = 4
_INVALID_FIX = {
    Sender.CLIENT: "Correct the place named in what the client sends.",
    Sender.SERVER: "Report it to the makers of the server, and let your client do without what is "
    "missing.",
}
# What is judged here; each has its entry in the catalogue.
_MALFORMED = "malformed-message"
_UNKNOWN_TYPE = "unknown-event-type"
_UNKNOWN_FIELD = "unknown-field"
_RETIRED_EVENT = "retired-event"
_BETA_FIELD = "ga-beta-field-mix"
_INVALID = "invalid-event"


class Held(NamedTuple):
    """What is wrong with an event of the client, until the server has had its say: ``presumed``
    is no fault where the server takes the event, ``until`` when an answer counts as missing."""

    sure: tuple[Finding, ...]
    presumed: tuple[Finding, ...]
    until: float


class Conformance:
    """Judges shapes for one session. ``deadline`` is when the earliest answer is overdue, and with
    ``waits`` an answer may still change what is said of an event of the client."""

    def __init__(self, pack: Pack, state: State) -> None:
        self._pack = pack
        self._state = state
        self._detailed: dict[tuple[Sender, str], int] = {}
        self._held: dict[int, Held] = {}
        self._told: dict[int, Held] = {}
        self.deadline = math.inf
        self.waits = False
        self._news: list[tuple[Event, MessageKind]] = []

    def flawed(self, event: Flawed) -> list[Finding]:
        """An event that only a lenient reader understands, or each in its own way."""
        wrong = flaws(event)
        where = f"event {event.seq} ({event.type[:100]})"
        if wrong.twice:
            shown = ", ".join(name[:60] for name in wrong.twice[:_SHOWN])
            message = f"{where} of the {event.sender} has a member twice: {shown}"
            self._state.breaches.add("duplicate-member", message, event.at, (event.seq,))
        if not wrong.malformed:
            return []
        message = f"{where} could be read, but {wrong.malformed}"
        return [_finding(_MALFORMED, message, event.at, event.seq)]

    def undecodable(self, record: Undecodable) -> list[Finding]:
        """A message that is no event."""
        message = f"message {record.seq} from the {record.sender} is {record.reason}"
        return [_finding(_MALFORMED, message, record.at, record.seq)]

    def judge(self, event: Event, role: str) -> list[Finding]:
        """An event that is not simply clean: it may be unknown, retired, invalid, or elided."""
        found: list[Finding] = []
        kind = self._pack.kind(event.sender, event.type)
        if kind is None:
            return found if role else found + self._unknown(event)
        if not event.whole:
            return found
        key = (event.sender, event.type)
        self._detailed[key] = self._detailed.get(key, 0) + 1
        if event.sender is Sender.CLIENT:
            self._hold(event, role, kind.faults(event.payload))
        elif not _takes(kind, event.payload):
            wrong = self._proven(kind.faults(event.payload))
            if wrong:
                self._remember(event, wrong)
                found.append(self._invalid(event, wrong))
        elif self._detailed[key] <= DETAILED:
            # Working out the words takes a tenth of a second the first time; news can wait.
            self._news.append((event, kind))
        return found

    def _remember(self, event: Event, wrong: list[SchemaViolation]) -> None:
        """Keeps what a client with strict models may stop at."""
        if len(self._state.misshapen) < DETAILED:
            names = [one.pointer.rpartition("/")[2] for one in wrong]
            lacks = frozenset(names) if self._can_do_without(event, wrong) else frozenset()
            place = wrong[0].pointer
            self._state.misshapen.append(Misshapen(event.seq, event.type, place, lacks))

    def _proven(self, wrong: list[SchemaViolation]) -> list[SchemaViolation]:
        """People leave fields out of what they paste: only a machine's record proves by a gap."""
        if self._state.verbatim and not self._state.view.trimmed:
            return wrong
        return [one for one in wrong if one.kind != "missing"]

    def settle(self) -> list[Finding]:
        """The server has answered: what the client sent wrongly is only worth a note where it was
        taken after all, and a fault where it was refused."""
        taken, refused = self._state.answered, self._state.refused_now()
        found: list[Finding] = []
        if taken is not None:
            if taken.seq in self._told:
                told = self._told.pop(taken.seq)
                self._state.withdrawn.extend(one.key for one in (*told.sure, *told.presumed))
                found.extend(_softened(one) for one in told.sure)
            elif taken.seq in self._held:
                found.extend(_softened(one) for one in self._held.pop(taken.seq).sure)
        if refused in self._held:
            held = self._held.pop(refused)
            found.extend((*held.sure, *held.presumed))
        self.waits = bool(self._held or self._told)
        return found

    def advance(self, at: float) -> list[Finding]:
        """What should have been answered by now is a fault until it is."""
        due = [seq for seq, one in self._held.items() if one.until <= at]
        found: list[Finding] = []
        for seq in due:
            held = self._told[seq] = self._held.pop(seq)
            found.extend((*held.sure, *held.presumed))
        self.deadline = min((one.until for one in self._held.values()), default=math.inf)
        return found

    def finished(self) -> list[Finding]:
        """Nothing more will come: what waited for an answer, and the news of servers."""
        found = self.advance(math.inf)
        for event, kind in self._news:
            found.extend(self._unlisted(event, kind))
        self._news.clear()
        return found

    def _unknown(self, event: Event) -> list[Finding]:
        self._state.unknown += 1
        became = self._pack.retired_events.get(event.type)
        if became is not None:
            message = f"the {event.sender} sent {event.type}; it is {became} since the GA protocol"
            return [_finding(_RETIRED_EVENT, message, event.at, event.seq)]
        message = f"the {event.sender} sent {event.type}, which {self._pack.title} does not list"
        if event.sender is Sender.SERVER:
            return [_finding(_UNKNOWN_TYPE, message, event.at, event.seq)]
        near = self._nearest(event)
        message += f"; did you mean {near}?" if near else ""
        fix = f"Send {near} instead" if near else "Look the event up in the provider's reference"
        found = _finding(
            _UNKNOWN_TYPE, message, event.at, event.seq,
            severity=Severity.ERROR if near else None, variant="by-client",
            fix=f"{fix}: a server refuses or drops what it does not know.",
        )  # fmt: skip
        return [found]

    def _nearest(self, event: Event) -> str | None:
        from difflib import get_close_matches

        types = list(self._pack.roles[event.sender].values())
        near = get_close_matches(event.type[:200], types, 1, 0.85)
        return near[0] if near else None

    def _invalid(self, event: Event, wrong: list[SchemaViolation]) -> Finding:
        message = f"{event.type} (event {event.seq}) {_listed(wrong)}"
        place = wrong[0].pointer if wrong else ""
        title = f"{event.type} is wrong at {place[:80] or 'its root'}"
        severity = Severity.WARNING if self._can_do_without(event, wrong) else None
        return _finding(
            _INVALID, message, event.at, event.seq,
            subject=event.type, title=title, severity=severity, fix=_INVALID_FIX[event.sender],
        )  # fmt: skip

    def _can_do_without(self, event: Event, wrong: list[SchemaViolation]) -> bool:
        """Whether all that is wrong with an event of the server is that it leaves out what no
        client needs."""
        if event.sender is Sender.CLIENT:
            return False
        names = self._pack.dispensable
        return all(
            one.kind == "missing" and one.pointer.rpartition("/")[2] in names for one in wrong
        )

    def _unlisted(self, event: Event, kind: MessageKind) -> list[Finding]:
        unknown = kind.unknown(event.payload)
        if not unknown:
            return []
        message = f"{event.type} (event {event.seq}) {_listed(unknown)}"
        return [_finding(_UNKNOWN_FIELD, message, event.at, event.seq, subject=event.type)]

    def _hold(self, event: Event, role: str, wrong: list[SchemaViolation]) -> None:
        if not wrong or len(self._held) > _MOST_HELD:
            return
        retired = self._pack.retired_fields.get(event.type, {})
        told = {one.pointer for one in wrong}
        # Something else may be wrong before the schema comes to such a field: they are looked up.
        there = {
            pointer: new
            for pointer, new in retired.items()
            if at_pointer(event.payload, pointer) is not MISSING
        }
        moved = {pointer: new for pointer, new in there.items() if pointer in told}
        rest = [one for one in wrong if one.pointer not in moved]
        sure = [self._mixed(event, moved)] if moved else []
        if rest:
            sure.append(self._invalid(event, rest))
        presumed = [self._mixed(event, there)] if there and not moved else []
        within = self._state.answer_within(event, role)
        if within is None:
            return  # nobody will ever say whether the server took it
        until = event.at + within
        self.waits = True
        self._held[event.seq] = Held(tuple(sure), tuple(presumed), until)
        self.deadline = min(self.deadline, until)

    def _mixed(self, event: Event, moved: dict[str, str]) -> Finding:
        """Fields of the beta in a GA session, or the other way round where the pack is the beta."""
        is_ga = bool(self._pack.retired_events)
        places = "; ".join(
            f"{pointer} is {new}{' now' if is_ga else ' here'}" for pointer, new in moved.items()
        )
        shape = "the beta shape" if is_ga else "the GA shape, which this server does not speak"
        message = f"{event.type} (event {event.seq}) uses {shape}: {places}"
        variant = "" if is_ga else "pack-is-beta"
        return _finding(
            _BETA_FIELD, message, event.at, event.seq, subject=event.type, variant=variant
        )


def _takes(kind: MessageKind, payload: object) -> bool:
    try:
        return kind.is_valid(payload)
    except (ValueError, OverflowError, RecursionError):
        return False


def _softened(finding: Finding) -> Finding:
    message = f"{finding.message}. The server took it all the same"
    return replace(finding, severity=Severity.INFO, message=message)


def _listed(wrong: list[SchemaViolation]) -> str:
    shown = "; ".join(
        f"at {one.pointer or 'its root'} expected {one.expected}, found {one.got}"
        for one in wrong[:_SHOWN]
    )
    more = len(wrong) - _SHOWN
    return f"{shown}{f' and {more} more' if more > 0 else ''}"


def _finding(  # noqa: PLR0913 - what is left out is the entry's
    name: str,
    message: str,
    at: float,
    seq: int,
    *,
    subject: str | None = None,
    severity: Severity | None = None,
    title: str | None = None,
    fix: str | None = None,
    variant: str = "",
) -> Finding:
    return (
        entry(name)
        .variant(variant)
        .finding(
            message,
            at=at,
            evidence=(seq,),
            subject=subject,
            severity=severity,
            title=title,
            fix=fix,
        )
    )
