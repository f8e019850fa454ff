"""What rtdebug itself wrote or plays is no log, and is not judged as one."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtdebug import resources
from rtdebug.api.diagnosing import diagnose_files, sender_of
from rtdebug.captures.formats import read
from rtdebug.errors import EXIT_USAGE, UnreadableError
from rtdebug.reports.json_report import render

SCENARIOS = sorted(resources.scenarios("openai-realtime").glob("*.yaml"))
HEALTHY = Path(__file__).parent / "bystanders" / "healthy.log"


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenario_is_told_to_be_one(path: Path) -> None:
    with pytest.raises(UnreadableError, match="found a scenario") as told:
        diagnose_files([str(path)])
    assert told.value.exit_code == EXIT_USAGE
    assert "rtdebug run" in str(told.value.hint)


def test_a_report_is_told_to_be_one(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text(render(diagnose_files([str(HEALTHY)])))
    with pytest.raises(UnreadableError, match="found a JSON report"):
        diagnose_files([str(report)])


def test_a_log_that_begins_like_yaml_is_read(tmp_path: Path) -> None:
    log = tmp_path / "notes.txt"
    log.write_text("steps: what we did\n- connect\n" + HEALTHY.read_text())
    assert len(list(read(log, sender_of=sender_of)[0].records)) >= 17
