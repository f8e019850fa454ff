"""A client that gave up: what it waited for, whose fault that is, and when it did without."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from rtdebug.api.diagnosing import diagnose, sender_of
from rtdebug.captures.formats import read
from rtdebug.model.results import Run

RECORDINGS = Path(__file__).parents[1] / "recordings"
NAME = "client-left-waiting"
LIVEKIT, PIPECAT = "livekit-plugins-openai-1.8", "pipecat-ai-1.14"
AGENTS = "openai-agents-python-0.24"
Line = dict[str, Any]
Pick = Callable[[str], bool]


def type_of(line: Line) -> str:
    return str(line.get("event", {}).get("type", ""))


def lines(name: str, *left_out: str, until: str = "", renamed: str = "") -> list[Line]:
    """A recording without some events, up to the first of one type, which may be renamed."""
    found: list[Line] = []
    text = (RECORDINGS / f"{name}.jsonl").read_text(encoding="utf-8")
    for line in map(json.loads, text.splitlines()):
        if type_of(line) in left_out or "closed" in line:
            continue
        found.append(line)
        if until and type_of(line) == until:
            if renamed:
                line["event"]["type"] = renamed
            break
    return found


def judged(path: Path, left: Iterable[Line], after: float = 6.0) -> Run:
    """The run of these lines when the client drops the line ``after`` seconds."""
    kept = list(left)
    end = max(line.get("at", 0.0) for line in kept) + after
    lost = {"code": 1006, "reason": "", "by": "client"}
    text = "\n".join(map(json.dumps, [*kept, {"at": end, "closed": lost}]))
    path.write_text(text + "\n", encoding="utf-8")
    (reading,) = read(path, sender_of=sender_of)
    (run,) = diagnose(reading, path.name)
    return run


@pytest.mark.parametrize(
    ("name", "left_out", "until", "root"),
    [
        (LIVEKIT, ["session.updated"], "session.update", "session-update-unanswered"),
        (LIVEKIT, ["response.created"], "response.create", "response-create-unanswered"),
        (LIVEKIT, ["response.created"], "response.done", "event-outside-response"),
        (LIVEKIT, ["response.output_item.added"], "response.done", "output-item-unbalanced"),
        (LIVEKIT, ["response.output_item.done"], "response.done", "output-item-unbalanced"),
        (PIPECAT, ["response.done"], "response.output_item.done", "response-done-missing"),
    ],
)
def test_the_departure_is_the_root(
    tmp_path: Path, name: str, left_out: list[str], until: str, root: str
) -> None:
    run = judged(tmp_path / "log.jsonl", lines(name, *left_out, until=until))
    first = run.findings[0]
    assert first.name == root
    if root != "event-outside-response":
        (left,) = (one for one in run.findings if one.name == NAME)
        assert left.under == first.key


@pytest.mark.parametrize(
    ("name", "type_", "field", "until", "awaited"),
    [
        (LIVEKIT, "conversation.item.added", "previous_item_id", "conversation.item.done",
         "previous_item_id of"),
        (AGENTS, "response.output_item.done", "status", "response.done", "item.status in"),
    ],
)  # fmt: skip
def test_a_field_that_the_family_needs_is_waited_for(
    tmp_path: Path, name: str, type_: str, field: str, until: str, awaited: str
) -> None:
    kept = lines(name, until=until)
    assert NAME not in {one.name for one in judged(tmp_path / "whole.jsonl", kept).findings}
    for line in kept:
        if type_of(line) == type_:
            for body in (line["event"], line["event"]["item"]):
                body.pop(field, None)
    run = judged(tmp_path / "log.jsonl", kept)
    assert run.findings[0].name == NAME
    assert awaited in run.findings[0].message
    assert "no-response-create" not in {one.name for one in run.findings}


def test_a_client_without_a_name_may_need_more_than_the_name_of_the_beta(tmp_path: Path) -> None:
    left = lines(
        "openai-agents-realtime-js-0.20", until="conversation.item.added",
        renamed="conversation.item.created",
    )  # fmt: skip
    for line in left:
        line.get("opened", {}).update(headers=[])
    (root,) = (one for one in judged(tmp_path / "log.jsonl", left).findings if one.name == NAME)
    assert root.under is None
    assert root.certainty.value == "medium"


def test_what_is_told_beforehand_asks_for_nothing(tmp_path: Path) -> None:
    left = lines(
        "openai-agents-realtime-js-0.20", until="conversation.item.added",
        renamed="conversation.item.created",
    )  # fmt: skip
    for line in left:
        line.get("opened", {}).update(headers=[])
        if "item" in line.get("event", {}):
            line["event"]["item"]["role"] = "system"
    run = judged(tmp_path / "log.jsonl", left)
    assert [one.name for one in run.findings if one.severity.rank < 2] == []


@pytest.mark.parametrize("name", [LIVEKIT, PIPECAT, "openai-agents-python-0.24"])
@pytest.mark.parametrize("after", [0.1, 40.0])
def test_a_client_that_has_finished_waits_for_nothing(
    tmp_path: Path, name: str, after: float
) -> None:
    run = judged(tmp_path / "log.jsonl", lines(name), after)
    assert [one.name for one in run.findings if one.severity.rank < 2] == []


def test_a_client_that_went_on_did_without(tmp_path: Path) -> None:
    """Nothing confirms the first settings; the answer that is asked for later comes."""
    run = judged(tmp_path / "log.jsonl", lines(PIPECAT, "session.updated"))
    assert "session-update-unanswered" in {one.name for one in run.findings}
    assert NAME not in {one.name for one in run.findings}


def test_the_mark_of_another_response_is_not_its_own(tmp_path: Path) -> None:
    left = lines(LIVEKIT, until="response.done")
    for line in left:
        if type_of(line) in ("response.created", "response.done"):
            line["event"]["response"]["metadata"] = {"client_event_id": "another"}
    run = judged(tmp_path / "log.jsonl", left)
    assert [one.name for one in run.findings[:2]] == ["metadata-not-echoed", NAME]
