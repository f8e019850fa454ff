"""Legal sessions are judged good, whatever way they take."""

from __future__ import annotations

import os

from choosing import Drawn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from legal_sessions import legal_session

from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Record
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

EXAMPLES = int(os.environ.get("RTDEBUG_EXAMPLES", "300"))


@st.composite
def sessions(draw: st.DrawFn) -> list[Record]:
    return legal_session(Drawn(draw))


def judged(records: list[Record]) -> tuple[Finding, ...]:
    session = Session(load_pack(), RULES)
    for record in records:
        session.observe(record)
    return session.finish().findings


@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(sessions())
def test_a_legal_session_is_judged_good(records: list[Record]) -> None:
    faults = [
        f"{one.severity} {one.name}: {one.message}"
        for one in judged(records)
        if one.severity is not Severity.INFO
    ]
    assert faults == []
