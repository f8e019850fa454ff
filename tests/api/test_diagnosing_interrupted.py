"""A signal in the middle of a diagnosis: what was judged so far is reported."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from rtdebug import interrupts
from rtdebug.api.diagnosing import diagnose, diagnose_files
from rtdebug.captures.reading import Reading
from rtdebug.model.records import LIVE, Event, Opened, Record, Sender
from rtdebug.model.results import Outcome

CREATED = {
    "type": "session.created",
    "event_id": "e1",
    "session": {"id": "s", "type": "realtime", "object": "realtime.session"},
}
LIMITS = {"type": "rate_limits.updated", "rate_limits": []}
ASKED = {"type": "response.create"}


def event(seq: int, at: float, sender: Sender, payload: dict[str, object]) -> Event:
    return Event(seq, at, sender, str(payload["type"]), payload, 100)


def interrupted_records() -> Iterator[Record]:
    yield Opened(0.0, "wss://example.test")
    yield event(1, 0.1, Sender.SERVER, CREATED)
    for seq in range(2, 300):  # more than is looked at to tell the pack
        yield event(seq, 0.1, Sender.SERVER, {**LIMITS, "event_id": f"e{seq}"})
    interrupts._caught(signal.SIGINT, None)
    yield event(300, 0.2, Sender.CLIENT, ASKED)
    yield event(301, 60.0, Sender.CLIENT, {"type": "input_audio_buffer.clear"})


@pytest.fixture(autouse=True)
def _no_signal_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupts, "_asked", [])


def test_what_was_judged_is_told_and_the_silence_after_it_means_nothing() -> None:
    (run,) = diagnose(Reading("records", interrupted_records(), LIVE), "a.log")
    assert run.outcome is Outcome.INTERRUPTED
    assert (run.client, run.server) == (1, 299)
    assert [one.what for one in run.open] == ["response.create"]
    assert run.findings == ()


def test_no_further_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"ts": 1.0, "dir": "recv", "event": CREATED},
        {"ts": 2.0, "dir": "send", "event": ASKED},
    ]
    for name in ("a", "b"):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    entered = interrupts.Noted.__enter__

    def at_once(noted: interrupts.Noted) -> interrupts.Noted:
        entered(noted)
        interrupts._caught(signal.SIGTERM, None)
        return noted

    monkeypatch.setattr(interrupts.Noted, "__enter__", at_once)
    report = diagnose_files([str(tmp_path / "a"), str(tmp_path / "b")])
    assert [run.source.path for run in report.runs if run.source] == [str(tmp_path / "a")]
    assert report.exit_code == 130


def test_a_signal_outside_of_the_judging_is_raised() -> None:
    with interrupts.Noted() as noted:
        pass
    with pytest.raises(KeyboardInterrupt):
        interrupts._caught(signal.SIGINT, None)
    assert not noted.came
