"""One failing and one healthy session in every layout that programs are known to log them in."""

from __future__ import annotations

import pytest
from log_layouts import LAYOUTS
from logged_sessions import FAILING, HEALTHY, Message

from rtdebug.api.diagnosing import diagnose_files
from rtdebug.model.findings import Severity
from rtdebug.model.results import Report

_FAILED = "response-failed-rate-limit"


def _judged(tmp_path, name: str, messages: list[Message]) -> Report:
    log = tmp_path / "log"
    log.write_text(LAYOUTS[name].render(messages), encoding="utf-8")
    return diagnose_files([str(log)])


def _counts(report: Report) -> tuple[int, int]:
    sides = [(run.client, run.server) for run in report.runs]
    return sum(side[0] for side in sides), sum(side[1] for side in sides)


def _loud(report: Report) -> set[str]:
    return {
        finding.name
        for run in report.runs
        for finding in run.findings
        if finding.severity is not Severity.INFO
    }


def _sides(messages: list[Message]) -> tuple[int, int]:
    sent = sum(message.sent for message in messages)
    return sent, len(messages) - sent


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_failed_response_is_found(tmp_path, name):
    report = _judged(tmp_path, name, FAILING)
    layout = LAYOUTS[name]
    assert _counts(report) == _sides(FAILING)
    assert _loud(report) == (set() if layout.types_only or layout.cut else {_FAILED})


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_healthy_session_has_no_finding(tmp_path, name):
    report = _judged(tmp_path, name, HEALTHY)
    assert _counts(report) == _sides(HEALTHY)
    assert _loud(report) == set()
