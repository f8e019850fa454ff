"""Judges one played case: what it comes to, where it departs, and which clients break on that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from rtdebug.model.findings import Finding
from rtdebug.model.probed import CaseResult, CaseVerdict, Deviation
from rtdebug.model.records import Event
from rtdebug.packs.clients import Family, families
from rtdebug.packs.pack import Pack
from rtdebug.probe.case import Case, Suite
from rtdebug.probe.checks import Miss, hold
from rtdebug.probe.prober import CasePlayer
from rtdebug.safe import one_line
from rtdebug.scenario.document import SendStep
from rtdebug.scenario.matching import compare
from rtdebug.scenario.telling import closed_words, error_words

GROUND = "ground"  # the event id of what prepares a case


def judge(
    prober: CasePlayer, suite: Suite, pack: Pack, findings: Sequence[Finding], duration: float
) -> CaseResult:
    """The result of a case that was played."""
    case = prober.case
    verdict, detail, misses = _judged(prober, suite, pack, findings)
    return CaseResult(
        number=case.number,
        name=case.name,
        area=case.area,
        title=case.title,
        verdict=verdict,
        deviations=tuple(_deviation(one, pack) for one in misses),
        detail=detail,
        duration=round(duration, 3),
        tokens=_tokens(prober.events, pack),
    )


def left_out(case: Case, why: str) -> CaseResult:
    """The result of a case that was never begun."""
    return CaseResult(
        case.number, case.name, case.area, case.title, CaseVerdict.NOT_JUDGED, detail=why
    )


def _judged(
    prober: CasePlayer, suite: Suite, pack: Pack, findings: Sequence[Finding]
) -> tuple[CaseVerdict, str, list[Miss]]:
    if prober.refused is not None and prober.case.asks_headers and prober.refused.status:
        told = f"refused at the upgrade with HTTP {prober.refused.status}, not by an error event"
        return CaseVerdict.NON_STRICT, "", [Miss(told)]
    unasked = _unasked(prober, pack)
    if unasked:
        return CaseVerdict.NOT_JUDGED, unasked, []
    failed = prober.failed()
    if failed is None:
        return _checked(prober, findings)
    error = _refusal(prober, suite, pack)
    miss = Miss(failed.detail, failed.evidence, prober.case.lacks)
    if error is not None:
        told = f"the server says that it does not know this: {error_words(error)}"
        return CaseVerdict.NOT_IMPLEMENTED, "", [Miss(told, (error.seq,), prober.case.lacks)]
    if prober.alive:
        told = f"passed over in silence, and the next request was answered. {failed.detail}"
        return CaseVerdict.NOT_IMPLEMENTED, "", [Miss(told, failed.evidence, prober.case.lacks)]
    return CaseVerdict.FAILED, "", [miss]


def _unasked(prober: CasePlayer, pack: Pack) -> str:
    """Why the question was never put or cannot be answered, empty where it was and can."""
    if prober.refused is not None:
        return f"no session came about: {one_line(prober.refused.text, 200)}"
    if prober.cut:
        return "it took longer than a case may take"
    if prober.reason == "interrupted":
        return "interrupted"
    if not prober.events:
        end = f", and {closed_words(prober.closed)}" if prober.closed is not None else ""
        return f"the server never sent an event{end}"
    voided = prober.voided()
    if voided is not None:
        return f"it cannot be told after {_said(voided, pack)}"
    ground = next((one for one in prober.events if _error_id(one, pack) == GROUND), None)
    if ground is not None:
        return f"what it stands on was refused: {error_words(ground)}"
    failed = prober.failed()
    if failed is not None and failed.index <= prober.case.ground:
        return f"what it stands on did not come about: {failed.detail}"
    return ""


def _checked(
    prober: CasePlayer, findings: Sequence[Finding]
) -> tuple[CaseVerdict, str, list[Miss]]:
    """All steps passed: what is held against the record."""
    heard = prober.heard(findings)
    misses: list[Miss] = []
    unseen: list[str] = []
    for check in prober.case.checks:
        held = hold(check, heard)
        if held is None:
            about = check.event.label if check.event is not None else ", ".join(check.names)
            if check.kind == "seen":
                return CaseVerdict.NOT_JUDGED, f"no {about} came to judge it by", []
            unseen.append(about)
        misses += held or ()
    if misses:
        return CaseVerdict.NON_STRICT, "", misses
    if unseen:
        return CaseVerdict.NOT_JUDGED, f"nothing came to judge it by: {'; '.join(unseen)}", []
    return CaseVerdict.OK, "", []


def _refusal(prober: CasePlayer, suite: Suite, pack: Pack) -> Event | None:
    """The error by which the server says that it does not know what it was asked, where it was
    asked nothing that is wrong on purpose."""
    if any(isinstance(step, SendStep) and step.raw for step in prober.case.scenario.steps):
        return None
    for event in prober.events:
        inner = event.payload.get("error")
        if event.type == pack.type("error") and isinstance(inner, dict):
            if any(compare(pattern, inner).matched for pattern in suite.unknown):
                return event
    return None


def _said(event: Event, pack: Pack) -> str:
    return error_words(event) if event.type == pack.type("error") else f"#{event.seq} {event.type}"


def _error_id(event: Event, pack: Pack) -> str | None:
    inner = event.payload.get("error")
    if event.type != pack.type("error") or not isinstance(inner, dict):
        return None
    named = inner.get("event_id")
    return named if isinstance(named, str) else None


def _deviation(miss: Miss, pack: Pack) -> Deviation:
    return Deviation(one_line(miss.text, 600), miss.evidence, broken_by(miss, pack))


def broken_by(miss: Miss, pack: Pack) -> tuple[str, ...]:
    """The client families that break on it, by their titles."""
    return tuple(one.title for one in families(pack.folder) if _breaks(one, miss, pack))


def _breaks(family: Family, miss: Miss, pack: Pack) -> bool:
    """Whether a family cannot live with it: it needs what is missing, or refuses the shape."""
    if any(fnmatchcase(lack, need) for lack in miss.lacks for need in family.needs):
        return True
    if not miss.type or not family.refuses_type(miss.type):
        return False
    return miss.field not in pack.dispensable or miss.field in family.without


def _tokens(events: Iterable[Event], pack: Pack) -> int:
    """What the server says its responses used."""
    used = 0
    for event in events:
        response = event.payload.get("response") if event.type == pack.type("response.done") else 0
        usage = response.get("usage") if isinstance(response, dict) else None
        total = usage.get("total_tokens") if isinstance(usage, dict) else None
        used += total if isinstance(total, int) else 0
    return used
