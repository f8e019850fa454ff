"""The same messages come to the same findings, in whatever format they were logged."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rtdebug.api.diagnosing import diagnose, sender_of
from rtdebug.captures.formats import read
from rtdebug.captures.own import read_own
from rtdebug.model.records import Closed, Ended, Event, Opened, Record, Sender
from rtdebug.model.results import Run

TESTS = Path(__file__).parent.parent
RECORDINGS = sorted((TESTS / "recordings").glob("*.jsonl"))
START = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


def records_of(path: Path) -> list[Record]:
    with path.open("rb") as stream:
        return list(read_own(str(path), stream).records)


def as_lines(records: list[Record]) -> str:
    return "".join(json.dumps(line) + "\n" for line in _lines(records))


def _lines(records: list[Record]) -> Iterator[dict[str, Any]]:
    for record in records:
        at = round(START + record.at, 6)
        if isinstance(record, Event):
            way = "send" if record.sender is Sender.CLIENT else "recv"
            yield {"ts": at, "dir": way, "event": record.payload}
        elif isinstance(record, Opened):
            yield {"ts": at, "type": "open", "url": record.url}
        elif isinstance(record, Closed):
            by = record.sender.value if record.sender else None
            yield {"ts": at, "close": {"code": record.code, "reason": record.reason, "by": by}}


def as_har(records: list[Record]) -> str:
    opened = next(record for record in records if isinstance(record, Opened))
    entry: dict[str, Any] = {
        "_resourceType": "websocket", "time": records[-1].at * 1000,
        "startedDateTime": datetime.fromtimestamp(START + opened.at, UTC).isoformat(),
        "request": {"method": "GET", "url": opened.url or "wss://api.example/v1/realtime",
                    "headers": [{"name": name, "value": value} for name, value in opened.headers]},
        "response": {"status": 101, "headers": []},
        "_webSocketMessages": [
            {"type": "send" if one.sender is Sender.CLIENT else "receive", "opcode": 1,
             "time": START + one.at, "data": json.dumps(one.payload)}
            for one in records if isinstance(one, Event)
        ],
    }  # fmt: skip
    for one in records:
        if isinstance(one, Closed):
            by = one.sender.value if one.sender else None
            entry["_webSocketClose"] = {"code": one.code, "reason": one.reason, "by": by}
    return json.dumps({"log": {"version": "1.2", "entries": [entry]}})


def findings(runs: list[Run]) -> list[tuple[str, str | None, str]]:
    return sorted(
        (one.name, one.subject or "", one.severity.value) for run in runs for one in run.findings
    )


def judged(text: bytes) -> list[Run]:
    readings = read(io.BytesIO(text), sender_of=sender_of)
    return [run for reading in readings for run in diagnose(reading, "log")]


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recording_comes_to_the_same_in_three_formats(path: Path) -> None:
    records = [one for one in records_of(path) if not isinstance(one, Ended)]
    own = findings(judged(path.read_bytes()))
    assert findings(judged(as_lines(records).encode())) == own
    assert findings(judged(as_har(records).encode())) == own
