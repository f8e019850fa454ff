"""Holds demands against what a client did, from the moment on that its case is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TypeAlias

from rtdebug.model.findings import Severity
from rtdebug.model.probed import CaseResult, CaseVerdict, Deviation
from rtdebug.model.records import Closed, Event, Record, Sender
from rtdebug.probe.client_case import After, ClientCase, Conduct, Demand
from rtdebug.safe import one_line
from rtdebug.scenario.matching import compare

_AREA = "client"
_SHOWN = 3
_GOES_ON = "the command does not end by itself without a fault either"

Held: TypeAlias = str | None
"""What does not hold; empty where all is well, None where it cannot be told."""


def judge_client(case: ClientCase, conduct: Conduct, *, ends: bool) -> CaseResult:
    """The result of a case. ``ends``: the command ends by itself where there is no fault."""
    verdict, detail, deviations = CaseVerdict.OK, "", []
    at = begins(case.after, conduct)
    if at is None:
        verdict, detail = CaseVerdict.NOT_SHOWN, f"{case.after.words}{_end(conduct)}"
    else:
        held = [DEMANDS[one.kind](one, conduct, at, ends) for one in case.demands]
        deviations = [Deviation(one_line(told, 600)) for told in held if told]
        if deviations:
            verdict = CaseVerdict.FAILED
        elif None in held:
            verdict = CaseVerdict.NOT_SHOWN
            detail = "it was ended too soon to tell" if ends else _GOES_ON
    return CaseResult(
        case.number, case.name, _AREA, case.title, verdict, tuple(deviations), detail,
        round(conduct.lasted, 3),
    )  # fmt: skip


def _end(conduct: Conduct) -> str:
    return f"; the command {conduct.failed}" if conduct.failed else ""


def begins(after: After, conduct: Conduct) -> float | None:
    """When that of which a case is has happened; None where it never did."""
    if after.refused:
        return min(conduct.refused, default=None)
    if after.client is not None:
        fitting = (one.at for one, sent in conduct.sent() if compare(after.client, sent).matched)
        return next(fitting, None)
    return next((one.at for one in conduct.moments if _is_it(one.record, after)), None)


def _is_it(record: Record, after: After) -> bool:
    if isinstance(record, Closed):
        return after.closed and record.sender is Sender.SERVER
    return (
        isinstance(record, Event) and record.sender is Sender.SERVER and record.type == after.server
    )


def _well(demand: Demand, conduct: Conduct, at: float, ends: bool) -> Held:
    """The program neither raises nor fails, and ends where it ends otherwise."""
    raised = [f"it raised {text} {_later(when, at)}" for when, text in conduct.raised if when >= at]
    if raised or conduct.failed:
        failed = [f"the command {conduct.failed}"] if conduct.failed else []
        return "; ".join((*raised[:_SHOWN], *failed))
    crashed = [
        one for one in conduct.moments
        if isinstance(one.record, Closed) and one.record.sender is Sender.CLIENT
        and one.at >= at and one.record.code == 1011
    ]  # fmt: skip
    if crashed:
        return f"it closed with 1011 {_later(crashed[0].at, at)}: a program that raised"
    if ends and conduct.ended is None:
        return f"it did not end in {conduct.lasted:.0f} s, as it does without the fault"
    return ""


def _clean(demand: Demand, conduct: Conduct, at: float, ends: bool) -> Held:
    """Nothing is found on the wire that counts as an error."""
    bad = [one for one in conduct.findings if one.severity is Severity.ERROR and one.under is None]
    return "; ".join(f"{one.name}: {one.message}" for one in bad[:_SHOWN])


def _findings(demand: Demand, conduct: Conduct, at: float, ends: bool) -> Held:
    """None of these is found on the wire."""
    found = [one for one in conduct.findings if one.name in demand.wanted]
    return "; ".join(f"{one.name}: {one.message}" for one in found[:_SHOWN])


def _moves(demand: Demand, conduct: Conduct, at: float, ends: bool) -> Held:
    """The client does anything at all within so long: it sends, closes, connects or ends."""
    acts = [one.at for one, _ in conduct.sent()]
    acts += [one.at for one in conduct.moments if _leaves(one.record)]
    acts += [*conduct.dials, *((conduct.ended,) if conduct.ended is not None else ())]
    later = [when for when in acts if when > at]
    if later and min(later) - at <= demand.wanted:
        return ""
    if not ends:
        return None
    if not later and conduct.lasted - at < demand.wanted:
        return None
    return f"it did nothing for {demand.wanted:g} s: it neither sent, nor closed, nor ended"


def _leaves(record: object) -> bool:
    return isinstance(record, Closed) and record.sender is Sender.CLIENT


def _follows(demand: Demand, conduct: Conduct, at: float, ends: bool) -> Held:
    """The client sends these, in this order."""
    sent = iter([event for one, event in conduct.sent() if one.at >= at])
    for words, pattern in demand.wanted:
        if not any(compare(pattern, event).matched for event in sent):
            return f"it did not send {words} in {conduct.lasted - at:.1f} s{_end(conduct)}"
    return ""


def _holds_back(demand: Demand, conduct: Conduct, at: float, ends: bool) -> Held:
    """The client does not send this for so long."""
    words, pattern, seconds = demand.wanted
    for one, event in conduct.sent():
        if at <= one.at < at + seconds and compare(pattern, event).matched:
            return f"it sent {words} {_later(one.at, at)}, not {seconds:g} s later"
    return ""


def _connects(demand: Demand, conduct: Conduct, at: float, ends: bool) -> Held:
    """Connections come so far apart, the first time again aside, and not more than so many."""
    least, most = demand.wanted
    gaps = [late - early for early, late in pairwise(conduct.dials)][1:]
    hasty = [gap for gap in gaps if gap < least]
    if len(conduct.dials) > most:
        return f"it connected {len(conduct.dials)} times in {conduct.lasted:.0f} s"
    if hasty:
        return f"it connected again after {min(hasty) * 1000:.0f} ms, {len(hasty)} times so soon"
    return ""


def _later(when: float, at: float) -> str:
    return f"{(when - at) * 1000:.0f} ms later"


DEMANDS: Mapping[str, Callable[[Demand, Conduct, float, bool], Held]] = {
    "well": _well,
    "clean": _clean,
    "findings": _findings,
    "moves": _moves,
    "follows": _follows,
    "holds_back": _holds_back,
    "connects": _connects,
}
"""Kind of demand -> what does not hold of it."""
