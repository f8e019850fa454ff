"""Every sample log is read as golden.json says: the format, who sent how much, how it ended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rtdebug.model.records import Closed, Refused

LOGS = Path(__file__).parent / "logs"
GOLDEN: dict[str, dict[str, Any]] = json.loads((LOGS / "golden.json").read_text("utf-8"))


def described(whole: Any) -> dict[str, Any]:
    view = whole.reading.view
    client, server, bare = whole.counts
    found: dict[str, Any] = {
        "format": whole.reading.format, "client": client, "server": server, "bare": bare,
        "clock": view.clock.value,
    }  # fmt: skip
    elided = [event for event in whole.events if not event.whole]
    if len(elided) > bare:
        found["elided"] = len(elided) - bare
    if view.from_start:
        found["from_start"] = True
    if view.to_end:
        found["to_end"] = True
    for record in whole.records:
        if isinstance(record, Closed):
            by = record.sender.value if record.sender else None
            found.setdefault("closed", [record.code, by, record.reason])
        elif isinstance(record, Refused):
            found.setdefault("refused", [record.step.value, record.status])
    return found


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_a_log_is_read_as_its_golden_line_says(name: str, read_one: Any) -> None:
    assert described(read_one((LOGS / name).read_bytes())) == GOLDEN[name]


def test_every_log_has_its_golden_line() -> None:
    logs = {path.name for path in LOGS.iterdir()} - {"golden.json", "browser.har"}
    assert logs == set(GOLDEN)


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_records_are_numbered_and_timed_in_order(name: str, read_one: Any) -> None:
    whole = read_one((LOGS / name).read_bytes())
    times = [record.at for record in whole.records]
    assert times == sorted(times)
    assert [event.seq for event in whole.events] == list(range(1, len(whole.events) + 1))


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_any_prefix_of_a_log_is_read(name: str, read_log: Any) -> None:
    data = (LOGS / name).read_bytes()
    step = max(1, len(data) // 25)
    for end in range(0, len(data), step):
        for whole in read_log(data[:end]):
            assert whole.reading.notes is not None


@pytest.mark.parametrize("name", [name for name in sorted(GOLDEN) if name.endswith(".jsonl")])
def test_whole_lines_of_a_log_give_its_first_events(name: str, read_log: Any) -> None:
    lines = (LOGS / name).read_bytes().splitlines(keepends=True)
    (whole,) = read_log(b"".join(lines))
    for count in range(2, len(lines)):
        (part,) = read_log(b"".join(lines[:count]))
        assert part.events == whole.events[: len(part.events)]
