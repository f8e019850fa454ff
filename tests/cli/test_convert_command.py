"""convert: a recording becomes a capture of ours, or a HAR."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from calling import Call, process
from test_tail_file import RECORDS, kept

KEY = "sk-planted0123456789abcdef"
PASTED = f"""sent {{"type": "response.create", "event_id": "event_1"}}
received {{"type": "error", "event_id": "event_2", "error": {{"type": "invalid_request_error",
 "code": "invalid_api_key", "message": "Incorrect API key provided: {KEY}"}}}}
"""


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return kept(tmp_path / "capture.jsonl")


@pytest.fixture
def pasted(tmp_path: Path) -> Path:
    path = tmp_path / "pasted.log"
    path.write_text(PASTED, encoding="utf-8")
    return path


def _judged(call: Call, path: Path) -> dict[str, object]:
    (run,) = json.loads(call("diagnose", path, "--report", "json").out)["runs"]
    told = {key: run[key] for key in ("events", "outcome", "pack")}
    findings = [
        {key: one[key] for key in ("name", "severity", "certainty", "title", "subject")}
        for one in run["findings"]
    ]
    return {**told, "findings": findings}


@pytest.mark.parametrize("format_", ["jsonl", "har"])
def test_what_is_converted_is_judged_alike(
    call: Call, capture: Path, tmp_path: Path, format_: str
) -> None:
    out = tmp_path / f"out.{format_}"
    assert call("convert", capture, "--to", format_, "-o", out) == (0, "", "")
    assert _judged(call, out) == _judged(call, capture)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_any_log_becomes_a_capture_without_its_secrets(
    call: Call, pasted: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    done = call("convert", pasted, "--to", "jsonl", "-o", out)
    assert done.code == 0
    assert KEY not in out.read_text(encoding="utf-8")
    assert _judged(call, out) == _judged(call, pasted)


def test_without_a_file_it_goes_to_stdout(call: Call, capture: Path) -> None:
    done = call("convert", capture, "--to", "jsonl")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert "rtdebug_capture" in lines[0]
    assert len(lines) == 1 + len(RECORDS)
    har = json.loads(call("convert", capture, "--to", "har").out)
    assert len(har["log"]["entries"]) == 1


def test_it_reads_stdin(pasted: Path) -> None:
    done = process("convert", "-", "--to", "jsonl", stdin=pasted.read_bytes())
    assert done.code == 0
    *_, event, found = map(json.loads, done.out.splitlines())
    assert event["masked"] == ["/error/message"]
    assert found["finding"]["name"] == "invalid-api-key-after-upgrade"


def test_more_secrets_can_be_named_also_for_a_capture(call: Call, capture: Path) -> None:
    done = call("convert", capture, "--to", "jsonl", "--redact", "gpt-realtim[a-z]")
    assert "gpt-realtime" not in done.out
    assert "[redacted]" in done.out


def test_one_of_several_connections_is_chosen(call: Call, capture: Path, tmp_path: Path) -> None:
    archive = json.loads(call("convert", capture, "--to", "har").out)
    archive["log"]["entries"] *= 3
    path = tmp_path / "three.har"
    path.write_text(json.dumps(archive), encoding="utf-8")
    done = call("convert", path, "--to", "jsonl")
    assert (done.code, "holds 3 connections" in done.err) == (2, True)
    assert call("convert", path, "--to", "jsonl", "--connection", 2).code == 0
    done = call("convert", path, "--to", "jsonl", "--connection", 4)
    assert (done.code, "holds 3" in done.err) == (2, True)
    assert len(json.loads(call("convert", path, "--to", "har").out)["log"]["entries"]) == 3


def test_nothing_is_overwritten(call: Call, capture: Path) -> None:
    before = capture.read_bytes()
    done = call("convert", capture, "--to", "har", "-o", capture)
    assert (done.code, "a file is already there" in done.err) == (2, True)
    assert capture.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.jsonl", "--to", "jsonl"], "cannot be read"),
        (["{capture}"], "Missing option '--to'"),
        (["{capture}", "--to", "csv"], "csv"),
        (["{capture}", "--to", "jsonl", "--pack", "nope"], "unknown pack"),
        (["{capture}", "--to", "jsonl", "-o", "/no/such/folder/x"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_told(
    call: Call, capture: Path, arguments: list[str], message: str
) -> None:
    done = call("convert", *(one.format(capture=capture) for one in arguments))
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_more_secrets_of_a_capture_are_on_no_report(call: Call, capture: Path) -> None:
    for report in ("terminal", "json", "junit"):
        done = call("diagnose", capture, "--verbose", "--report", report,
                    "--redact", "gpt-realtim[a-z]", "--redact", "sess_\\w+")  # fmt: skip
        assert "gpt-realtime" not in done.out
        assert "sess_" not in done.out
    assert "[redacted]" in call("diagnose", capture, "--verbose", "--redact", "gpt-realtim.").out


@pytest.mark.parametrize("format_", ["jsonl", "har"])
def test_what_holds_no_message_is_not_converted_in_silence(
    call: Call, tmp_path: Path, format_: str
) -> None:
    log = tmp_path / "app.log"
    log.write_text("started\nlistening\n", encoding="utf-8")
    done = call("convert", log, "--to", format_)
    assert done.code == 4
    assert "2 lines, no event" in done.err
