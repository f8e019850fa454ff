"""Conformance: each message held against its schema, and four different words for what is wrong.

Malformed (no JSON, or no event), unknown (a type, field or value the pack does not know), retired
(a name the protocol has given up) and invalid (a known message with a wrong shape) are four
different findings. Details are worked out for the first few of a type, then only counted.
"""

from __future__ import annotations

from rtdebug.engine.settings import MISSING, at_pointer
from rtdebug.engine.state import State
from rtdebug.engine.wordings import (
    BETA_FIELD,
    INVALID,
    MALFORMED,
    RETIRED_EVENT,
    UNKNOWN_FIELD,
    UNKNOWN_TYPE,
    Wording,
)
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Event, Sender, Undecodable
from rtdebug.model.value import replace
from rtdebug.packs.pack import Pack
from rtdebug.packs.schemas import Kind
from rtdebug.packs.violations import Violation

DETAILED = 20
_SHOWN = 4
_NO_EVENT = "The client sends an event type this protocol pack does not know"


class Conformance:
    """Judges shapes for one session."""

    def __init__(self, pack: Pack, state: State) -> None:
        self._pack = pack
        self._state = state
        self._detailed: dict[tuple[Sender, str], int] = {}
        self._flaws: dict[int, str] = {}
        self._sent: dict[int, list[Finding]] = {}
        self._presumed: dict[int, Finding] = {}
        self._news: list[tuple[Event, Kind]] = []

    def flawed(self, record: Event | Undecodable, flaw: str) -> None:
        """Remembers what the decoder had to overlook; told when the event is judged."""
        self._flaws[record.seq] = flaw

    def undecodable(self, record: Undecodable) -> list[Finding]:
        """A message that is no event."""
        message = f"message {record.seq} from the {record.sender} is {record.reason}"
        return [_finding(MALFORMED, message, record.at, record.seq, title=None)]

    def judge(self, event: Event, role: str) -> list[Finding]:
        """An event that is not simply clean: it may be unknown, retired, invalid, or elided."""
        found = self._flaw(event)
        kind = self._pack.kind(event.sender, event.type)
        if kind is None:
            return found if role else found + self._unknown(event)
        if not event.whole:
            return found
        key = (event.sender, event.type)
        self._detailed[key] = self._detailed.get(key, 0) + 1
        if event.sender is Sender.CLIENT:
            self._hold(event, kind.faults(event.payload))
        elif not _takes(kind, event.payload):
            wrong = self._proven(kind.faults(event.payload))
            if wrong:
                found.append(self._invalid(event, wrong))
        elif self._detailed[key] <= DETAILED:
            # Working out the words takes a tenth of a second the first time; news can wait.
            self._news.append((event, kind))
        return found

    def _proven(self, wrong: list[Violation]) -> list[Violation]:
        """People leave fields out of what they paste: only a machine's record proves by a gap."""
        if self._state.verbatim and not self._state.view.trimmed:
            return wrong
        return [one for one in wrong if one.kind != "missing"]

    def finished(self) -> list[Finding]:
        """What could wait: what the client sent wrongly (where the server took it after all only
        worth a note), and what servers send that is not listed."""
        found: list[Finding] = []
        for seq, findings in self._sent.items():
            taken = self._state.took(seq)
            found.extend(_softened(one) if taken else one for one in findings)
            if not taken and seq in self._presumed:
                found.append(self._presumed[seq])
        self._sent.clear()
        self._presumed.clear()
        for event, kind in self._news:
            found.extend(self._unlisted(event, kind))
        self._news.clear()
        return found

    def _flaw(self, event: Event) -> list[Finding]:
        flaw = self._flaws.pop(event.seq, "")
        if not flaw:
            return []
        message = f"event {event.seq} ({event.type}) could be read, but {flaw}"
        return [_finding(MALFORMED, message, event.at, event.seq)]

    def _unknown(self, event: Event) -> list[Finding]:
        self._state.unknown += 1
        became = self._pack.retired_events.get(event.type)
        if became is not None:
            message = f"the {event.sender} sent {event.type}; it is {became} since the GA protocol"
            return [_finding(RETIRED_EVENT, message, event.at, event.seq)]
        message = f"the {event.sender} sent {event.type}, which {self._pack.title} does not list"
        if event.sender is Sender.SERVER:
            return [_finding(UNKNOWN_TYPE, message, event.at, event.seq)]
        near = self._nearest(event)
        message += f"; did you mean {near}?" if near else ""
        fix = f"Send {near} instead" if near else "Look the event up in the provider's reference"
        found = _finding(
            UNKNOWN_TYPE, message, event.at, event.seq,
            severity=Severity.ERROR if near else None, title=_NO_EVENT,
            fix=f"{fix}: a server refuses or drops what it does not know.",
        )  # fmt: skip
        return [found]

    def _nearest(self, event: Event) -> str | None:
        from difflib import get_close_matches

        types = list(self._pack.roles[event.sender].values())
        near = get_close_matches(event.type[:200], types, 1, 0.85)
        return near[0] if near else None

    def _invalid(self, event: Event, wrong: list[Violation]) -> Finding:
        message = f"{event.type} (event {event.seq}) {_listed(wrong)}"
        place = wrong[0].pointer if wrong else ""
        title = f"{event.type} is wrong at {place[:80] or 'its root'}"
        severity = Severity.WARNING if self._can_do_without(event, wrong) else None
        return _finding(
            INVALID, message, event.at, event.seq,
            subject=event.type, title=title, severity=severity,
        )  # fmt: skip

    def _can_do_without(self, event: Event, wrong: list[Violation]) -> bool:
        """Whether all that is wrong with an event of the server is that it leaves out what no
        client needs."""
        if event.sender is Sender.CLIENT:
            return False
        names = self._pack.dispensable
        return all(
            one.kind == "missing" and one.pointer.rpartition("/")[2] in names for one in wrong
        )

    def _unlisted(self, event: Event, kind: Kind) -> list[Finding]:
        unknown = kind.unknown(event.payload)
        if not unknown:
            return []
        message = f"{event.type} (event {event.seq}) {_listed(unknown)}"
        return [_finding(UNKNOWN_FIELD, message, event.at, event.seq, subject=event.type)]

    def _hold(self, event: Event, wrong: list[Violation]) -> None:
        if not wrong or len(self._sent) > 1000:
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
        found = []
        if there and not moved:
            self._presumed[event.seq] = self._mixed(event, there)
        if moved:
            found.append(self._mixed(event, moved))
        if rest:
            found.append(self._invalid(event, rest))
        self._sent[event.seq] = found

    def _mixed(self, event: Event, moved: dict[str, str]) -> Finding:
        """Fields of the beta in a GA session, or the other way round where the pack is the beta."""
        is_ga = bool(self._pack.retired_events)
        places = "; ".join(
            f"{pointer} is {new}{' now' if is_ga else ' here'}" for pointer, new in moved.items()
        )
        shape = "the beta shape" if is_ga else "the GA shape, which this server does not speak"
        message = f"{event.type} (event {event.seq}) uses {shape}: {places}"
        title = None if is_ga else "The client sends GA fields to a server of the beta shape"
        return _finding(BETA_FIELD, message, event.at, event.seq, subject=event.type, title=title)


def _takes(kind: Kind, payload: object) -> bool:
    try:
        return kind.is_valid(payload)
    except (ValueError, OverflowError, RecursionError):
        return False


def _softened(finding: Finding) -> Finding:
    message = f"{finding.message}. The server took it all the same"
    return replace(finding, severity=Severity.INFO, message=message)


def _listed(wrong: list[Violation]) -> str:
    shown = "; ".join(
        f"at {one.pointer or 'its root'} expected {one.expected}, found {one.got}"
        for one in wrong[:_SHOWN]
    )
    more = len(wrong) - _SHOWN
    return f"{shown}{f' and {more} more' if more > 0 else ''}"


def _finding(
    wording: Wording,
    message: str,
    at: float,
    seq: int,
    *,
    subject: str | None = None,
    severity: Severity | None = None,
    title: str | None = None,
    fix: str | None = None,
) -> Finding:
    return Finding(
        name=wording.name,
        severity=severity or wording.severity,
        certainty=wording.certainty,
        title=title or wording.title,
        message=message,
        causes=wording.causes,
        fix=fix or wording.fix,
        subject=subject,
        at=at,
        evidence=(seq,),
        first=seq,
        last=seq,
        docs=f"rtdebug explain {wording.name}",
    )
