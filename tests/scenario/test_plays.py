"""Plays: records in, commands out, results at the end, each case of plays/*.yaml.

A case has a scenario (without `rtdebug: 1`), a `play` and what `steps` come to. A row of the play
has the time `at` and one of: `opened`, `server` (an event), `undecodable` (text), `client` (an
event that crossed the wire), `closed`, `refused`, `interrupt`, or nothing (time passes); `says`
are the commands it leads to, none by default, an event for each Send, [append, N] for N bytes of
sound; `wakes` is the deadline after it. `steps` are outcomes, or [outcome, part of the detail] or [outcome, part, evidence].
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from rtdebug.documents import load_document, parse_document
from rtdebug.model.commands import Close, Command, Send
from rtdebug.model.records import (
    Closed,
    Event,
    Opened,
    Record,
    Refused,
    Sender,
    Step,
    Undecodable,
)
from rtdebug.scenario.load import Given, load_scenario
from rtdebug.scenario.player import Player

FOLDER = Path(__file__).parent / "plays"
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['title']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in load_document(path).value
]


def player_of(scenario: dict[str, Any]) -> Player:
    text = json.dumps({"rtdebug": 1, "name": "play", **scenario})
    document = parse_document(text, str(FOLDER / "play.yaml"))
    return Player(load_scenario(document, Given(env={"MCP_TOKEN": "tok-123456"}, root=FOLDER)))


def record_of(row: dict[str, Any], seq: int) -> Record | None:
    at = row["at"]
    if "opened" in row:
        return Opened(at)
    if "server" in row or "client" in row:
        sender = Sender.SERVER if "server" in row else Sender.CLIENT
        payload = row[sender.value]
        payload = {"type": payload} if isinstance(payload, str) else payload
        return Event(seq, at, sender, payload["type"], payload, len(json.dumps(payload)))
    if "undecodable" in row:
        return Undecodable(seq, at, Sender.SERVER, row["undecodable"], "no JSON")
    if "refused" in row:
        return Refused(at, Step.UPGRADE, row["refused"], status=401)
    if "closed" in row:
        by = row["closed"].get("by", "server")
        return Closed(at, row["closed"]["code"], row["closed"].get("reason", ""), Sender(by))
    return None


def said(command: Command) -> Any:
    if isinstance(command, Close):
        return {"close": command.code, "reason": command.reason, "abort": command.abort}
    assert isinstance(command, Send)
    assert isinstance(command.data, str)
    try:
        event = json.loads(command.data)
    except ValueError:
        return command.data
    if event.get("type") == "input_audio_buffer.append":
        return ["append", len(base64.b64decode(event["audio"]))]
    return event


@pytest.mark.parametrize("case", CASES)
def test_play(case: dict[str, Any]) -> None:
    player = player_of(case["scenario"])
    for seq, row in enumerate(case["play"], 1):
        if "interrupt" in row:
            player.interrupt(row["at"])
            continue
        record = record_of(row, seq)
        commands = player.advance(row["at"]) if record is None else player.observe(record)
        assert [said(command) for command in commands] == row.get("says", []), row
        if "wakes" in row:
            assert player.deadline == pytest.approx(row["wakes"]), row
    steps = player.steps()
    assert [step.outcome.value for step in steps] == [
        wanted if isinstance(wanted, str) else wanted[0] for wanted in case["steps"]
    ], [step.detail for step in steps]
    for step, wanted in zip(steps, case["steps"], strict=True):
        if isinstance(wanted, list):
            assert wanted[1] in step.detail
            assert list(step.evidence) == (wanted[2] if len(wanted) > 2 else list(step.evidence))
    assert player.done is case.get("done", True)
    assert player.reason == case.get("reason", "finished" if player.done else "")
    assert player.waited == pytest.approx(case.get("waited", 0.0))
    if player.done:
        assert player.deadline is None
        assert player.advance(1e6) == ()
        assert player.observe(Event(999, 1e6, Sender.SERVER, "error", {"type": "error"})) == ()


@pytest.mark.parametrize("case", CASES)
def test_a_closed_connection_ends_every_play(case: dict[str, Any]) -> None:
    """Cut after any row: once the connection has closed nothing is waited for."""
    for cut in range(1, len(case["play"]) + 1):
        player = player_of(case["scenario"])
        for seq, row in enumerate(case["play"][:cut], 1):
            record = record_of(row, seq)
            if record is None:
                player.advance(row["at"])
            else:
                player.observe(record)
        if any("opened" in row or "refused" in row for row in case["play"][:cut]):
            player.observe(Closed(case["play"][cut - 1]["at"], 1006))
            assert player.done, cut
            assert {step.outcome.value for step in player.steps()} <= {
                "passed",
                "failed",
                "skipped",
            }


@pytest.mark.parametrize("case", CASES)
def test_the_speed_of_the_records_does_not_matter(case: dict[str, Any]) -> None:
    """A play looks the same when time passes in many small steps between the records."""
    if any("interrupt" in row or "own_pace" in row for row in case["play"]):
        return
    player, at = player_of(case["scenario"]), 0.0
    for seq, row in enumerate(case["play"], 1):
        while (wake := player.deadline) is not None and at < wake < row["at"]:
            at = wake
            player.advance(at)
        at = row["at"]
        record = record_of(row, seq)
        if record is not None:
            player.observe(record)
        player.advance(at)
    assert [step.outcome.value for step in player.steps()] == [
        wanted if isinstance(wanted, str) else wanted[0] for wanted in case["steps"]
    ]
