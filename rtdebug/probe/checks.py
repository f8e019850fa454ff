"""Holds checks against what a server said in one case, after its steps were played."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Opened, Sender
from rtdebug.model.value import Value
from rtdebug.packs.pack import Pack
from rtdebug.probe.case import Check
from rtdebug.safe import one_line
from rtdebug.scenario.document import EventSpec
from rtdebug.scenario.matching import Tally
from rtdebug.scenario.seeking import Seeker

_MOST = 3  # departures of one check that are told
_SHOWN = 3  # places of one event
_ID = "event_id"


class CaseRecord(NamedTuple):
    """What one case came to hear: the events of the server in order, the opening, what rules made
    of it; ``seeker`` puts what the steps captured into an expected event."""

    pack: Pack
    events: Sequence[Event]
    opened: Opened | None
    findings: Sequence[Finding]
    seeker: Callable[[EventSpec], Seeker]


class Miss(Value):
    """A check that does not hold: what was expected and seen, and what a client misses by it;
    ``type`` is the event type whose shape is wrong and ``field`` what is missing from it, empty for
    anything else."""

    text: str
    evidence: tuple[int, ...] = ()
    lacks: tuple[str, ...] = ()
    type: str = ""
    field: str = ""


Held: TypeAlias = list[Miss] | None
"""What does not hold, None where nothing came that the check is about."""


def hold(check: Check, heard: CaseRecord) -> Held:
    """What does not hold of a check."""
    return CHECKS[check.kind](check, heard)


def _expect(check: Check, heard: CaseRecord) -> Held:
    """Some event fits."""
    seeker = _seeker(check, heard)
    if any(seeker.fits(event) for event in heard.events):
        return []
    near = [(event, tally) for event in heard.events if (tally := seeker.near(event)) is not None]
    if not near:
        return [Miss(f"no {seeker.words} came", (), check.lacks)]
    event, tally = max(near, key=lambda one: one[1].score)
    told = f"no {event.type} as expected came, the nearest was #{event.seq}: {_misses(tally)}"
    return [Miss(one_line(told, 400), (event.seq,), check.lacks)]


def _every(check: Check, heard: CaseRecord) -> Held:
    """Every event of the type fits."""
    seeker = _seeker(check, heard)
    tallies = [(one, tally) for one in heard.events if (tally := seeker.near(one)) is not None]
    if not tallies:
        return None
    return [_missed(one, tally, check) for one, tally in tallies if not tally.matched][:_MOST]


def _absent(check: Check, heard: CaseRecord) -> Held:
    """No event fits."""
    seeker = _seeker(check, heard)
    found = [event for event in heard.events if seeker.fits(event)]
    if not found:
        return []
    numbers = tuple(event.seq for event in found[:10])
    types = ", ".join(dict.fromkeys(event.type for event in found))
    asked = seeker.words.partition(" with ")[2]
    told = f"{types} must not come{f' with {asked}' if asked else ''}, and came as #{numbers[0]}"
    more = f" and {len(found) - 1} times more" if len(found) > 1 else ""
    return [Miss(one_line(told + more, 400), numbers, check.lacks)]


def _seen(check: Check, heard: CaseRecord) -> Held:
    """Some event fits, without which the other checks would say nothing."""
    seeker = _seeker(check, heard)
    return [] if any(seeker.fits(event) for event in heard.events) else None


def _shape(check: Check, heard: CaseRecord) -> Held:
    """Every event of these types has the shape of the protocol; its id is another check."""
    seen = [event for event in heard.events if event.type in check.names]
    if not seen:
        return None
    misses: dict[tuple[str, str], Miss] = {}
    for event in seen:
        kind = heard.pack.kind(Sender.SERVER, event.type)
        role = heard.pack.role(Sender.SERVER, event.type) or event.type
        for fault in kind.faults(event.payload) if kind is not None else ():
            if fault.pointer not in {f"/{_ID}", *check.beside}:
                told = f"{event.type} #{event.seq}: {fault.message}"
                lacks = (f"{role}{fault.pointer}", *check.lacks)
                field = fault.pointer.rpartition("/")[2] if fault.kind == "missing" else ""
                miss = Miss(one_line(told, 300), (event.seq,), lacks, event.type, field)
                misses.setdefault((event.type, fault.pointer), miss)
    return list(misses.values())


def _order(check: Check, heard: CaseRecord) -> Held:
    """The first events of these types come in this order, as far as they come."""
    first: dict[str, int] = {}
    for event in heard.events:
        first.setdefault(event.type, event.seq)
    there = [name for name in check.names if name in first]
    if len(there) < 2:
        return None
    for one, other in pairwise(there):
        if first[one] > first[other]:
            told = f"{other} (#{first[other]}) came before {one} (#{first[one]})"
            return [Miss(told, (first[other], first[one]), check.lacks)]
    return []


def _unique(check: Check, heard: CaseRecord) -> Held:
    """Every event has a value of its own in this field."""
    (field,) = check.names
    seen: dict[str, int] = {}
    for event in heard.events:
        value = event.payload.get(field)
        if not isinstance(value, str) or not value:
            told = f"{event.type} #{event.seq} has no {field}"
            return [Miss(told, (event.seq,), check.lacks)]
        if value in seen:
            told = f"{event.type} #{event.seq} has the {field} of #{seen[value]}"
            return [Miss(told, (seen[value], event.seq), check.lacks)]
        seen[value] = event.seq
    return [] if heard.events else None


def _finding(check: Check, heard: CaseRecord) -> Held:
    """The rules found none of these."""
    return [
        Miss(one_line(one.message, 300), one.evidence[:10], check.lacks)
        for one in heard.findings
        if one.name in check.names and not one.withdrawn
    ][:_MOST]


def _subprotocol(check: Check, heard: CaseRecord) -> Held:
    """The server took this one of those that were offered."""
    (wanted,) = check.names
    if heard.opened is None:
        return None
    taken = heard.opened.subprotocol
    if taken == wanted:
        return []
    seen = "none" if taken is None else repr(one_line(taken, 40))
    told = f"the subprotocol {wanted} was offered and {seen} was selected"
    return [Miss(told, (), check.lacks)]


def _refused(check: Check, heard: CaseRecord) -> Held:
    """Each of these requests got an error; where errors name no request they are only counted."""
    error = heard.pack.type("error")
    errors = [event for event in heard.events if event.type == error]
    about = [_named(event) for event in errors]
    unnamed = sum(one not in check.names for one in about)
    left = [name for name in check.names if name not in about]
    if not unnamed:
        return [Miss(f"{name}: taken without an error", (), check.lacks) for name in left]
    if unnamed >= len(left):
        return []
    told = (
        f"{len(left) - unnamed} of {len(left)} ({', '.join(left)}) taken without an error; "
        "the errors do not say which request they are about"
    )
    return [Miss(told, (), check.lacks)]


def _named(error: Event) -> str:
    inner = error.payload.get("error")
    named = inner.get(_ID) if isinstance(inner, Mapping) else None
    return named if isinstance(named, str) else ""


def _seeker(check: Check, heard: CaseRecord) -> Seeker:
    assert check.event is not None
    return heard.seeker(check.event)


def _missed(event: Event, tally: Tally, check: Check) -> Miss:
    told = f"{event.type} #{event.seq}: {_misses(tally)}"
    return Miss(one_line(told, 400), (event.seq,), check.lacks)


def _misses(tally: Tally) -> str:
    more = len(tally.misses) - _SHOWN
    told = "; ".join(map(str, tally.misses[:_SHOWN]))
    return f"{told} and {more} more" if more > 0 else told


CHECKS: Mapping[str, Callable[[Check, CaseRecord], Held]] = {
    "expect": _expect,
    "every": _every,
    "absent": _absent,
    "seen": _seen,
    "shape": _shape,
    "order": _order,
    "unique": _unique,
    "finding": _finding,
    "subprotocol": _subprotocol,
    "refused": _refused,
}
"""Kind of check -> what does not hold of it."""
