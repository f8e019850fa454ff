"""A long diagnosis says on a terminal how far it has come, and nowhere else."""

from __future__ import annotations

import json

from rtdebug.api.diagnosing import diagnose_files
from rtdebug.api.diagnosis_progress import DiagnosisProgress
from rtdebug.cli.progress import Waits, _read, diagnosing
from rtdebug.engine.session import Session
from rtdebug.model.records import Closed, Opened, Sender
from rtdebug.packs.load import load_pack


def _log(tmp_path) -> str:
    rows = [
        {"ts": number, "dir": "recv", "event": {"type": "rate_limits.updated", "event_id": f"e{number}",
                                                 "rate_limits": []}}
        for number in range(40)
    ]  # fmt: skip
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_a_watch_knows_the_bytes_and_the_events(tmp_path):
    watch = DiagnosisProgress()
    assert _read(watch) == "0 of 0 MB read, 0 events"
    diagnose_files([_log(tmp_path)], watch=watch)
    assert watch.events == 40
    assert watch.reading.done == watch.reading.total > 0
    assert "40 events" in _read(watch)


def test_nobody_watches_where_there_is_no_terminal():
    with diagnosing(quiet=False, color="auto") as watch:
        assert watch is None


def test_a_run_says_what_it_waits_for():
    """By when the latest record of the session was first seen here."""
    session = Session(load_pack(), ())
    now = [50.0]
    waits = Waits(lambda: now[0])
    waits.add(session)
    assert waits.text() == ""
    session.observe(Opened(0.0, "wss://example.test"))
    session.observe(session.decode('{"type": "response.create"}', 0.5, Sender.CLIENT))
    assert waits.text() == ""
    now[0] = 52.5
    assert waits.text().startswith("waiting for response.created")
    assert " · 2.5 s · " in waits.text()
    session.observe(Closed(4.0, 1000, "", Sender.CLIENT))
    assert waits.text() == ""
