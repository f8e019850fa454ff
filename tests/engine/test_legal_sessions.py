"""Legal sessions are judged good, whatever way they take."""

from __future__ import annotations

import os
from collections.abc import Sequence

from choosing import Drawn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from legal_sessions import legal_session

from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import LIVE, Event, Record, View
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

EXAMPLES = int(os.environ.get("RTDEBUG_EXAMPLES", "300"))


class Sample(list[Record]):
    """Records that say in few words what they are when a property fails."""

    def __repr__(self) -> str:
        return "\n".join(
            f"{one.seq:4} {one.at:7.2f} {one.sender:6} {one.type} {str(one.payload)[:160]}"
            if isinstance(one, Event)
            else str(one)[:100]
            for one in self
        )


@st.composite
def sessions(draw: st.DrawFn) -> Sample:
    return Sample(legal_session(Drawn(draw)))


def judged(records: Sequence[Record], view: View = LIVE) -> tuple[Finding, ...]:
    session = Session(load_pack(), RULES, view=view)
    for record in records:
        session.observe(record)
    return session.finish().findings


def faults(findings: Sequence[Finding]) -> list[str]:
    return [
        f"{one.severity} {one.name}: {one.message}"
        for one in findings
        if one.severity is not Severity.INFO
    ]


def examples(share: float) -> settings:
    """So many examples, the same ones in every run."""
    return settings(
        max_examples=max(1, int(EXAMPLES * share)),
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@examples(1)
@given(sessions())
def test_a_legal_session_is_judged_good(records: list[Record]) -> None:
    assert faults(judged(records)) == []


@examples(0.3)
@given(sessions(), st.floats(0, 1))
def test_nothing_is_called_missing_in_a_log_that_is_cut(records: list[Record], at: float) -> None:
    kept = records[: int(at * len(records)) + 1]
    assert faults(judged(kept, View(to_end=False))) == []


@examples(0.3)
@given(sessions(), st.floats(0, 1))
def test_nothing_is_called_missing_in_a_log_that_begins_late(
    records: list[Record], at: float
) -> None:
    kept = records[int(at * (len(records) - 1)) :]
    assert faults(judged(kept, View(from_start=False))) == []


@examples(0.2)
@given(sessions())
def test_the_short_way_of_deltas_finds_the_same(records: list[Record]) -> None:
    live = Session(load_pack(), RULES)
    for record in records:
        if isinstance(record, Event):
            assert record.text is not None
            live.receive(record.text, record.at, record.sender)
        else:
            live.observe(record)
    whole = Session(load_pack(), RULES)
    for record in records:
        whole.observe(record)
    assert live.finish() == whole.finish()
