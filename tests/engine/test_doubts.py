"""Of a kind that a log never shows nobody knows whether it was sent: then it is not missed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rtdebug.captures.own import read_own
from rtdebug.engine.session import Session
from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.records import Event, Sender, View
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

ROOT = Path(__file__).parents[1] / "rules"
HEALTHY = sorted(ROOT.glob("*/good.jsonl"))
CHOSEN = View(selective=True)
Left = Callable[[str], bool]
# What a server must send first, unasked: without it no record shows that a session began.
OPENINGS = ("session.created", "Connected", "Welcome")
LEFT_OUT: dict[str, Left] = {
    "audio": lambda type_: type_.endswith("audio.delta") or type_.endswith("buffer.append"),
    "every delta": lambda type_: type_.endswith((".delta", "buffer.append")),
    "ends of streams": lambda type_: type_.endswith(
        ("text.done", "audio.done", "transcript.done", "arguments.done")
    ),
    "parts": lambda type_: "content_part" in type_,
    "how items are announced": lambda type_: type_.startswith(
        ("conversation.item.added", "conversation.item.done", "conversation.item.created")
    ),
    "all but ends": lambda type_: not type_.endswith((".done", *OPENINGS, "error")),
}

# When nothing at all is logged after a request, that is silence in any log.
OF_A_LAST_REQUEST = {
    "session-update-unanswered", "request-unanswered", "client-receive-loop-blocked",
    "relay-hides-close", "vad-never-triggered", "setup-unanswered",
}  # fmt: skip


def judged(path: Path, left_out: Left, view: View) -> list[Finding]:
    """What is found when events of the server are not logged."""
    with path.open("rb") as stream:
        reading = read_own(str(path), stream)
        session = Session(load_pack(reading.pack_hint or "openai-realtime"), RULES, view=view)
        for record in reading.records:
            chosen = isinstance(record, Event) and record.sender is Sender.SERVER
            if not (chosen and left_out(record.type)):  # type: ignore[union-attr]
                session.observe(record)
    return [one for one in session.finish().findings if one.severity is not Severity.INFO]


@pytest.mark.parametrize("kind", LEFT_OUT)
def test_a_healthy_session_of_which_little_is_logged_stays_quiet(kind: str) -> None:
    wrong: dict[str, Any] = {}
    for path in HEALTHY:
        before = {one.name for one in judged(path, lambda type_: False, CHOSEN)}
        after = {one.name for one in judged(path, LEFT_OUT[kind], CHOSEN)}
        if after - before - OF_A_LAST_REQUEST:
            wrong[path.parent.name] = sorted(after - before)
    assert wrong == {}


def test_what_is_missing_of_a_kind_that_is_logged_is_missed() -> None:
    path = ROOT / "token-usage-growth" / "good.jsonl"
    times: list[str] = []

    def first_end_of_an_item(type_: str) -> bool:
        times.append(type_)
        return type_ == "response.output_item.done" and times.count(type_) == 1

    names = {one.name for one in judged(path, first_end_of_an_item, CHOSEN)}
    assert times.count("response.output_item.done") > 1
    assert "output-item-unbalanced" in names


def test_a_record_of_the_wire_misses_every_kind() -> None:
    path = ROOT / "output-deltas-missing" / "good.jsonl"
    wire = {one.name for one in judged(path, LEFT_OUT["every delta"], View())}
    assert "output-deltas-missing" in wire
    with path.open("rb") as stream:
        session = Session(load_pack(), RULES, view=CHOSEN)
        for record in read_own(str(path), stream).records:
            if not (isinstance(record, Event) and record.type.endswith(".delta")):
                session.observe(record)
    (note,) = (one for one in session.finish().findings if one.name == "output-deltas-missing")
    assert (note.severity, note.certainty) == (Severity.INFO, Certainty.LOW)
    assert ".delta at all, so it may leave them out" in note.message
