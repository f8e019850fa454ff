"""Broken events are told exactly: where, what was expected, what was found."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from building import Payload, Reply, Talk, event

from rtdebug.engine.session import Session
from rtdebug.model.findings import Severity
from rtdebug.model.records import Event, Sender
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

TABLE = Path(__file__).with_name("broken_events.yaml")
ROWS: list[dict[str, Any]] = yaml.safe_load(TABLE.read_text("utf-8"))


@cache
def good_events() -> dict[tuple[str, str], Payload]:
    """One good event of each type that a written and a spoken turn with a call have."""
    found: dict[tuple[str, str], Payload] = {}
    for talk in (_written(), _spoken()):
        for one in talk.records(url=None):
            found.setdefault((one.sender.value, one.type), one.payload)  # type: ignore[union-attr]
    return found


def _written() -> Talk:
    talk = Talk()
    talk.start()
    talk.say("When does it open?")
    talk.client("response.create", event_id="ask_1")
    reply = Reply(talk)
    reply.say("At ", "nine.")
    reply.call("get_hours", "{}")
    reply.done()
    return talk


def _spoken() -> Talk:
    talk = Talk(modality="audio")
    talk.start(turn_detection={"type": "server_vad"}, transcription={"model": "gpt-4o-transcribe"})
    talk.append(3)
    talk.server("input_audio_buffer.speech_started", item_id="item_x0001", audio_start_ms=100)
    talk.server("input_audio_buffer.speech_stopped", item_id="item_x0001", audio_end_ms=300)
    talk.commit("item_x0001")
    reply = Reply(talk)
    reply.say("Nine.")
    reply.done()
    talk.transcribe("item_x0001", "When?")
    return talk


def changed(good: Payload, row: dict[str, Any]) -> Payload:
    """A good event with the one change of a row."""
    broken = deepcopy(good)
    for pointer, value in {
        **row.get("set", {}),
        **({row["drop"]: None} if "drop" in row else {}),
    }.items():
        *way, last = pointer.split("/")[1:]
        holder: Any = broken
        for part in way:
            holder = holder[int(part)] if isinstance(holder, list) else holder[part]
        key: Any = int(last) if isinstance(holder, list) else last
        if "drop" in row:
            del holder[key]
        else:
            holder[key] = value
    return broken


def names_of(row: dict[str, Any]) -> str:
    change = row.get("drop") or ", ".join(row["set"])
    return f"{row['type']} {'without' if 'drop' in row else 'with another'} {change}"


@pytest.mark.parametrize("row", ROWS, ids=names_of)
def test_a_broken_event_is_told_exactly(row: dict[str, Any]) -> None:
    broken = changed(good_events()[row["from"], row["type"]], row)
    kind = load_pack().kind(Sender(row["from"]), row["type"])
    assert kind is not None
    (fault,) = kind.faults(broken)
    assert (fault.pointer, fault.expected, fault.got) == (row["at"], row["expected"], row["got"])


@pytest.mark.parametrize("row", ROWS, ids=names_of)
def test_the_finding_says_so_and_names_the_event(row: dict[str, Any]) -> None:
    broken = changed(good_events()[row["from"], row["type"]], row)
    session = Session(load_pack(), ())
    session.observe(event(1, 0.1, row["from"], broken))
    found = session.finish().findings  # one of them tells that another server than OpenAI's answers
    (finding,) = (one for one in found if one.name != "server-nonconforming")
    assert finding.name in ("invalid-event", "ga-beta-field-mix")
    assert finding.evidence == (1,)
    assert row["at"] in finding.message
    if finding.name == "invalid-event":
        assert row["expected"] in finding.message
        assert row["got"] in finding.message


def test_there_are_enough_of_both_sides() -> None:
    assert len(ROWS) >= 30
    assert {row["from"] for row in ROWS} == {"client", "server"}


def test_good_events_have_no_faults() -> None:
    for (sender, type_), payload in good_events().items():
        kind = load_pack().kind(Sender(sender), type_)
        assert kind is not None
        assert kind.faults(payload) == [], json.dumps(payload)


@pytest.mark.parametrize(
    ("type_", "severity", "fix"),
    [
        ("response.creat", Severity.ERROR, "Send response.create instead: "),
        ("make.coffee", Severity.INFO, "Look the event up in the provider's reference: "),
    ],
)
def test_a_client_is_told_what_to_do_about_a_type_nobody_knows(
    type_: str, severity: Severity, fix: str
) -> None:
    session = Session(load_pack(), RULES)
    session.observe(Event(1, 0.1, Sender.CLIENT, type_, {"type": type_}, 30))
    (found,) = [one for one in session.finish().findings if one.name == "unknown-event-type"]
    assert found.severity is severity
    assert found.fix.startswith(fix)
