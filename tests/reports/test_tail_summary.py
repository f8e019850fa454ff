"""The closing lines of a proxy."""

from __future__ import annotations

import re

import pytest
from live_story import SCHEMA_FINDING, run
from report_samples import EVIL, STALLED_FINDING, report

from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.results import Outcome, Run
from rtdebug.reports.formats import Look
from rtdebug.reports.tail_summary import render

WARNING = Finding("slow-audio", Severity.WARNING, Certainty.HIGH, "Audio comes too slowly", "")


def told(*runs: Run, look: Look | None = None, forgotten: int = 0, exit_code: int = 0) -> str:
    outcomes: dict[Outcome, int] = {}
    found: dict[str, int] = {}
    for one in runs:
        outcomes[one.outcome] = outcomes.get(one.outcome, 0) + 1
        for finding in one.findings:
            found[finding.name] = found.get(finding.name, 0) + 1
    if forgotten:
        outcomes[Outcome.PASSED] = outcomes.get(Outcome.PASSED, 0) + forgotten
    whole = report(*runs, exit_code=exit_code)
    return render(whole, look or Look(width=80), outcomes=outcomes, found=found)


def test_nothing_is_said_to_be_nothing() -> None:
    assert told(exit_code=4) == (
        "no connection was made\nexit code 4: nothing to judge, and silence is never a pass\n"
    )


def test_connections_are_counted_by_what_they_came_to() -> None:
    runs = [run(f"connection {n}") for n in (1, 2)]
    bad = run("connection 3", Outcome.FAILED, STALLED_FINDING)
    first = told(*runs, bad, exit_code=1).splitlines()[0]
    assert first == "3 connections: 2 passed, 1 failed"


def test_findings_are_told_with_the_connections_they_were_in() -> None:
    bad = [run(f"connection {n}", Outcome.FAILED, STALLED_FINDING) for n in range(1, 9)]
    lines = told(*bad, run("connection 9", Outcome.PASSED, WARNING), exit_code=1).splitlines()
    assert lines[1].startswith(
        "  ✗ response-stalled-after-created in 8 connections (#1, #2, #3, #4, #5 and 3 m"
    )
    assert lines[2].startswith("  ! slow-audio in 1 connection (#9): Audio comes too slowly")


def test_remarks_are_counted_unless_they_are_asked_for() -> None:
    one = run("connection 1", Outcome.PASSED, SCHEMA_FINDING)
    assert "1 remark, shown with --verbose" in told(one)
    assert SCHEMA_FINDING.name in told(one, look=Look(verbose=True))


def test_a_quiet_good_end_says_nothing() -> None:
    assert told(run("connection 1"), look=Look(quiet=True)) == ""


def test_what_the_reports_no_longer_hold_is_told() -> None:
    text = told(run("connection 1"), forgotten=1500)
    assert text.startswith("1,501 connections: 1,501 passed\n")
    assert "the reports hold the last 1 connection" in text


@pytest.mark.parametrize("color", [False, True])
def test_hostile_text_acts_nowhere(color: bool) -> None:
    evil = Finding(EVIL, Severity.ERROR, Certainty.HIGH, EVIL, EVIL)
    text = told(run(EVIL, Outcome.FAILED, evil), look=Look(color=color), exit_code=1)
    bare = re.sub(r"\x1b\[\d*m", "", text)
    assert all(line.isprintable() for line in bare.splitlines())
    assert "::error" not in "".join(line.lstrip()[:2] for line in bare.splitlines())
