"""The runs of a watch that goes on for hours."""

from __future__ import annotations

import pytest

from rtdebug.api.kept_runs import KeptRuns
from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.results import Outcome, Run, TimelineRow

ROW = TimelineRow(1, 0.0, None, "x")
FINDING = Finding("stall", Severity.ERROR, Certainty.HIGH, "Stalled", "")


def run(number: int = 1, outcome: Outcome = Outcome.PASSED, **more: object) -> Run:
    return Run(f"connection {number}", outcome, "openai-realtime", **more)  # type: ignore[arg-type]


def kept(*outcomes: Outcome) -> KeptRuns:
    runs = KeptRuns()
    for outcome in outcomes:
        runs.add(run(outcome=outcome))
    return runs


def test_the_latest_are_kept_and_all_are_counted() -> None:
    runs = KeptRuns(most=10)
    for number in range(25):
        runs.add(run(number, findings=(FINDING, FINDING)))
    assert [one.name for one in runs.runs] == [f"connection {n}" for n in range(15, 25)]
    assert runs.forgotten == 15
    assert runs.outcomes[Outcome.PASSED] == 25
    assert runs.findings["stall"] == 25  # in so many connections


def test_a_failure_is_not_forgotten() -> None:
    runs = KeptRuns(most=2)
    runs.add(run(outcome=Outcome.FAILED))
    for number in range(5):
        runs.add(run(number))
    assert all(one.outcome is Outcome.PASSED for one in runs.runs)
    assert runs.exit_code() == 1


def test_old_runs_are_cut_to_their_ends() -> None:
    runs = KeptRuns()
    for number in range(200):
        rows = tuple(TimelineRow(n, float(n), None, "x") for n in range(2000))
        runs.add(run(number, timeline=rows, findings=(FINDING,) * 500))
    first, last = runs.runs[0], runs.runs[-1]
    assert [row.seq for row in first.timeline[:2]] == [0, 1]
    assert first.timeline[-1].seq == 1999
    assert len(first.timeline) + first.rows_left_out == 2000
    assert sum(len(one.timeline) + len(one.findings) for one in runs.runs) < 150_000
    assert len(last.timeline) == 2000


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([], 4),
        ([Outcome.PASSED], 0),
        ([Outcome.PASSED, Outcome.FAILED], 1),
        ([Outcome.EMPTY], 4),
        ([Outcome.EMPTY, Outcome.PASSED], 0),
        ([Outcome.EMPTY, Outcome.FAILED], 1),
    ],
)
def test_the_code_is_that_of_what_was_seen(outcomes: list[Outcome], code: int) -> None:
    assert kept(*outcomes).exit_code() == code


def test_a_connection_of_another_protocol_is_no_pass() -> None:
    """Its messages came and were not judged; one on which nothing came says nothing."""
    runs = kept(Outcome.CLEAN, Outcome.EMPTY)
    assert runs.exit_code() == 0
    runs.add(run(outcome=Outcome.EMPTY, server=9))
    assert runs.exit_code() == 4
