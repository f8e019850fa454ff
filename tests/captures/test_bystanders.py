"""Lines of other systems are never the session's, alone or between its events."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import yaml

from rtdebug.api.diagnosing import diagnose, sender_of
from rtdebug.captures.formats import read
from rtdebug.model.findings import Severity
from rtdebug.model.results import Outcome, Run

HERE = Path(__file__).parent / "bystanders"
LINES: dict[str, str] = yaml.safe_load((HERE / "lines.yaml").read_text())
HEALTHY = (HERE / "healthy.log").read_text().splitlines()


def runs_of(text: str) -> list[Run]:
    readings = read(io.BytesIO(text.encode()), sender_of=sender_of)
    return [run for reading in readings for run in diagnose(reading, "app.log")]


def told(runs: list[Run]) -> list[str]:
    return [one.name for run in runs for one in run.findings if one.severity is not Severity.INFO]


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_line_of_another_alone_is_nothing_to_judge(line: str) -> None:
    (run,) = runs_of(line + "\n")
    assert run.outcome is Outcome.EMPTY
    assert not run.findings


@pytest.mark.parametrize("place", [1, 8, 12, len(HEALTHY)])
@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_line_of_another_changes_nothing_in_a_healthy_session(line: str, place: int) -> None:
    stamped = line if line.startswith("{") else f"{HEALTHY[place - 1][:23]} {line}"
    text = "\n".join([*HEALTHY[:place], stamped, *HEALTHY[place:]]) + "\n"
    (run,) = runs_of(text)
    assert told([run]) == []
    assert (run.client, run.server) == (3, 14)
    assert run.outcome is not Outcome.FAILED
