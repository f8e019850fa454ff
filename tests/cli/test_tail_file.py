"""tail over a file: the same view over what is finished and over what still grows."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from calling import Call, command, environment

from rtdebug.captures.writer import CaptureWriter
from rtdebug.model.records import Closed, Ended, Event, Opened, Record, Refused, Sender, Step

CREATED = {
    "type": "session.created", "event_id": "event_1",
    "session": {"type": "realtime", "object": "realtime.session", "id": "sess_1",
                "model": "gpt-realtime", "output_modalities": ["text"]},
}  # fmt: skip


def event(seq: int, at: float, sender: Sender, payload: dict[str, object]) -> Event:
    text = json.dumps(payload)
    return Event(seq, at, sender, str(payload["type"]), payload, len(text), text)


CLEAR = {"type": "input_audio_buffer.clear"}
RECORDS: list[Record] = [
    Opened(0.0, "wss://api.example.test/v1/realtime"),
    event(1, 0.1, Sender.SERVER, CREATED),
    event(2, 0.2, Sender.CLIENT, {"type": "input_audio_buffer.clear"}),
    event(3, 0.3, Sender.SERVER, {"type": "input_audio_buffer.cleared", "event_id": "event_2"}),
    Closed(0.4, 1000, "", Sender.CLIENT),
]


def writer(path: Path) -> CaptureWriter:
    return CaptureWriter(path, pack="openai-realtime", url="wss://api.example.test/v1/realtime",
                         started="2026-01-05T03:00:00.000Z")  # fmt: skip


def kept(path: Path) -> Path:
    """A whole capture of the records."""
    writing = writer(path)
    for record in RECORDS:
        writing.write(record)
    writing.close()
    return path


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return kept(tmp_path / "capture.jsonl")


def test_a_capture_is_shown_and_judged(call: Call, capture: Path) -> None:
    done = call("tail", capture)
    assert done.code == 0
    rows = done.out.splitlines()
    assert len(rows) == len(RECORDS) + 2
    assert "= opened" in " ".join(rows[0].split())
    assert f"✓ {capture}"[:40] in rows[-2]
    assert rows[-1] == "1 clean after 400 ms"


def test_it_comes_to_what_diagnose_comes_to(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "capture.jsonl"
    writing = writer(path)
    error = {"type": "error", "event_id": "event_2", "error": {"type": "invalid_request_error",
             "code": "unknown_parameter", "message": "no", "param": "x", "event_id": None}}  # fmt: skip
    for record in (*RECORDS[:2], event(2, 0.2, Sender.SERVER, error), Closed(9.0, 1000)):
        writing.write(record)
    writing.close()
    shown, judged = (call(name, path, "--report", "json") for name in ("tail", "diagnose"))
    assert shown.code == judged.code == 1
    both = [json.loads(done.out)["runs"][0] for done in (shown, judged)]
    assert both[0] == both[1]


def test_a_finding_is_told_whole_once(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "capture.jsonl"
    call("run", "stalled-after-created", "--capture", path)
    done = call("tail", path)
    assert done.out.count("retry in a fresh session") == 1
    assert done.out.count(": The response was created, and then nothing came\n") == 1


def test_a_list_of_types_is_shown_without_times(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "pasted.log"
    path.write_text("session.created\nresponse.create\nresponse.created\nresponse.done\n")
    for name in ("tail", "diagnose"):
        assert re.search(r"\d (m?s)\b", call(name, path).out) is None


def test_any_log_can_be_watched(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "pasted.log"
    path.write_text(
        'it hangs!\nsent {"type":"response.create"}\n'
        '< {"type":"session.created","event_id":"event_1","session":{}}\n',
        encoding="utf-8",
    )
    done = call("tail", path)
    assert ">   response.create" in done.out
    assert "< session.created" in done.out


def test_connections_of_one_file_are_told_apart(call: Call, capture: Path, tmp_path: Path) -> None:
    one = json.loads(call("convert", capture, "--to", "har").out)
    one["log"]["entries"] *= 2
    path = tmp_path / "both.har"
    path.write_text(json.dumps(one), encoding="utf-8")
    done = call("tail", path)
    assert [row[:2] for row in done.out.splitlines()].count("#2") == len(RECORDS)
    assert done.out.endswith("2 clean\n")


def test_a_large_file_is_shown_whole(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    writing = writer(path)
    for number in range(25_000):
        writing.write(event(number + 1, number / 1000, Sender.CLIENT, CLEAR))
    writing.close()
    done = call("tail", path, "--only", CLEAR["type"], "--ignore", "*")
    assert sum(f">   {CLEAR['type']}" in row for row in done.out.splitlines()) == 25_000
    assert "more rows" not in done.out


# -- a file that grows ---------------------------------------------------------------------------


def _grow(path: Path, *records: Record, every: float = 0.03) -> threading.Thread:
    """Writes a capture record by record."""
    writing = writer(path)

    def write() -> None:
        for record in records:
            time.sleep(every)
            writing.write(record)
        writing.close()

    thread = threading.Thread(target=write)
    thread.start()
    return thread


@pytest.mark.parametrize(
    "end",
    [
        [Closed(0.4, 1000, "", Sender.CLIENT)],
        [Ended(0.4, "finished"), Closed(0.5, 1000, "", Sender.CLIENT)],
        [Refused(0.4, Step.UPGRADE, "no", status=401)],
    ],
    ids=["closed", "ended", "refused"],
)
def test_a_capture_is_followed_to_its_end(call: Call, tmp_path: Path, end: list[Record]) -> None:
    path = tmp_path / "growing.jsonl"
    thread = _grow(path, *RECORDS[:-1], *end)
    done = call("tail", path, "--follow", "--report", "json")
    thread.join()
    assert (
        json.loads(done.out)["runs"][0]["timeline"]
        == json.loads(call("diagnose", path, "--report", "json").out)["runs"][0]["timeline"]
    )


def test_a_capture_that_grows_no_more_is_given_up_when_asked(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "open.jsonl"
    writing = writer(path)
    for record in RECORDS[:-1]:
        writing.write(record)
    done = call("tail", path, "--follow", "--timeout", "200ms")
    writing.close()
    assert done.code == 0
    assert "input_audio_buffer.cleared" in done.out


def test_what_is_no_capture_cannot_be_followed(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "other.log"
    path.write_text('{"type": "session.created"}\n', encoding="utf-8")
    done = call("tail", path, "--follow")
    assert done.code == 2
    assert "only captures of rtdebug can be followed" in done.err
    assert call("tail", "-", "--follow").code == 2


@pytest.mark.parametrize(("seen", "code"), [(4, 0), (3, 130)])  # the third asks for an answer
def test_an_interruption_judges_what_was_seen(tmp_path: Path, seen: int, code: int) -> None:
    path = tmp_path / "open.jsonl"
    writing = writer(path)
    for record in RECORDS[:seen]:
        writing.write(record)
    child = subprocess.Popen(
        command("tail", path, "--follow"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True,
    )  # fmt: skip
    assert child.stdout is not None
    assert "opened" in child.stdout.readline()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=10)
    writing.close()
    assert (child.returncode, err) == (code, "")
    assert ("interrupted" in out.splitlines()[-1]) is (code == 130)


def test_head_ends_it_quietly(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    writing = writer(path)
    for number in range(5000):
        writing.write(event(number + 1, number / 1000, Sender.CLIENT, CLEAR))
    writing.close()
    reader, pipe = os.pipe()
    child = subprocess.Popen(
        command("tail", path), stdout=pipe, stderr=subprocess.PIPE, env=environment(), text=True
    )
    os.close(pipe)
    os.read(reader, 10)
    os.close(reader)
    _, err = child.communicate(timeout=10)
    assert (child.returncode, err) == (0, "")
