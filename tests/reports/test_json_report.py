"""The report for programs: its published shape, its bounds, and that anything can be told in it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from report_samples import HOSTILE, PASSED, SAMPLES, SEVERAL, STALLED, S, report, row
from report_schema import SCHEMA, faults

from rtdebug.model.results import ResponseSummary, Sound, Totals
from rtdebug.reports.encoding import encode
from rtdebug.reports.json_report import render


def parsed(*runs: Any, **options: bool) -> Any:
    return json.loads(render(report(*runs), **options))


def test_the_published_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_report_is_as_published(sample: str) -> None:
    assert faults(json.loads(render(SAMPLES[sample]))) == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_report_can_be_written_as_utf_8(sample: str) -> None:
    assert json.loads(render(SAMPLES[sample]).encode())["report"] == 2


def test_a_report_says_what_was_asked_and_what_came_of_it() -> None:
    document = json.loads(render(SAMPLES["stalled"]))
    head = {key: value for key, value in document.items() if key != "runs"}
    assert head == {
        "rtdebug": "0.1.0",
        "report": 2,
        "outcome": "failed",
        "exit_code": 1,
        "started": "2026-01-05T03:00:00.000Z",
        "ignored": [],
        "selected": [],
        "repeats": [],
        "problems": [],
        "never_begun": 0,
    }


def test_a_run_is_told_in_full() -> None:
    (run,) = parsed(STALLED)["runs"]
    assert run["events"] == {"client": 3, "server": 6}
    assert run["source"]["path"] == "scenarios/openai-realtime/text-turn.yaml"
    assert run["steps"][5] == {
        "index": 6,
        "label": "expect response.output_text.delta",
        "outcome": "failed",
        "at": 10.095,
        "detail": STALLED.steps[5].detail,
        "evidence": [],
        "source": {"path": "scenarios/openai-realtime/text-turn.yaml", "line": 28, "column": 5},
    }
    finding = run["findings"][0]
    assert (finding["name"], finding["evidence"], finding["under"]) == (
        "response-stalled-after-created",
        [8, 9],
        None,
    )
    assert run["timeline"][9] == {
        "seq": 9,
        "at": 1.241,
        "from": "server",
        "type": "rate_limits.updated",
        "size": 100,
        "summary": "requests 999/1000, tokens 35680/40000",
    }


def test_a_consequence_names_its_cause() -> None:
    findings = parsed(SEVERAL)["runs"][0]["findings"]
    assert {one["name"]: one["under"] for one in findings}[
        "error-event"
    ] == "active-response-conflict"


def test_totals_are_of_everything_and_not_of_what_was_kept() -> None:
    sound = Sound(level=-18.0, peak=None, zero=0.5, clipped=0.0)
    totals = Totals(client_bytes=10, server_bytes=20, server_audio_ms=5, server_sound=sound)
    (run,) = parsed(replace(PASSED, response_count=5340, totals=totals))["runs"]
    assert len(run["responses"]) == 1
    assert run["totals"] == {
        "responses": 5340,
        "bytes": {"client": 10, "server": 20},
        "audio_ms": {"client": None, "server": 5},
        "sound": {
            "client": None,
            "server": {
                "level_dbfs": -18.0,
                "peak_dbfs": None,
                "zero_share": 0.5,
                "clipped_share": 0.0,
            },
        },
    }


def test_what_is_open_and_what_was_judged_is_told() -> None:
    document = json.loads(render(SAMPLES["open"]))
    (run,) = document["runs"]
    assert (document["outcome"], run["outcome"]) == ("clean", "clean")
    assert run["open"][0] == {
        "what": "response.create",
        "event": 4,
        "since": 1.2,
        "owed_by": "server",
        "awaited": "response.created",
        "subject": None,
        "until": 6.2,
    }
    assert (run["coverage"]["judged"], run["coverage"]["unknown"]) == (9, 2)


def test_times_are_rounded_to_the_microsecond() -> None:
    assert parsed(replace(PASSED, duration=0.1 + 0.2))["runs"][0]["duration"] == 0.3


def test_a_long_timeline_keeps_its_ends_and_counts_the_rest() -> None:
    rows = tuple(row(seq, seq, S, "a") for seq in range(1, 2502))
    (run,) = parsed(replace(PASSED, timeline=rows, rows_left_out=7))["runs"]
    assert (len(run["timeline"]), run["rows_left_out"]) == (2000, 508)
    assert (run["timeline"][999]["seq"], run["timeline"][1000]["seq"]) == (1000, 1502)


def test_the_whole_timeline_is_there_when_asked_for() -> None:
    rows = tuple(row(seq, seq, S, "a") for seq in range(1, 2502))
    (run,) = parsed(replace(PASSED, timeline=rows), timeline_all=True)["runs"]
    assert (len(run["timeline"]), run["rows_left_out"]) == (2501, 0)


def test_hostile_text_is_escaped_and_not_changed() -> None:
    text = render(report(HOSTILE))
    assert json.loads(text)["runs"][0]["name"] == HOSTILE.name
    assert "漢字 \U0001f600" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("\x9b\x7f\u202e\ud800", r'"\u009b\u007f\u202e\ud800"'),
        ("\U000e0001x", r'"\udb40\udc01x"'),
        ("##[error]", r'"#\u0023[error]"'),
        (float("nan"), "null"),
        (float("-inf"), "null"),
        (10**400, '"a number out of range"'),
        (2**63 - 1, "9223372036854775807"),
        ({1: (True, None)}, '{"1": [true, null]}'),
        ("é漢", '"é漢"'),
    ],
)
def test_what_json_or_a_terminal_cannot_take_is_made_fit(value: object, text: str) -> None:
    assert encode(value) == text


def test_nesting_without_end_is_bounded() -> None:
    value: Any = 1
    for _ in range(5000):
        value = [value]
    assert "nested too deeply" in encode(value)


def test_times_that_no_record_holds_are_null() -> None:
    response = ResponseSummary("resp_1", "completed", first_delta=0.0, duration=0.0)
    run = replace(PASSED, duration=0.0, responses=(response,))
    (told,) = parsed(run)["runs"][0]["responses"]
    assert told["first_delta"] is None
    assert told["duration"] is None
