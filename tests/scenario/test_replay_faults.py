"""Faults strike what a recording says, by types and by facts, of a pack that is not OpenAI's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from rtdebug.documents import parse_document
from rtdebug.errors import DocumentError
from rtdebug.model.commands import Close, Command, Send
from rtdebug.model.records import Event, Opened, Sender
from rtdebug.packs.load import load_pack
from rtdebug.scenario.cassette import cassette_of
from rtdebug.scenario.mock_reader import read_faults
from rtdebug.scenario.mock_script import MockScript
from rtdebug.scenario.replay_faults import FaultyPlayer, names_of
from rtdebug.scenario.replayer import Replayer

PACK = load_pack("elevenlabs-agent")
PART = {"type": "agent_chat_response_part"}
RECORDED: list[tuple[str, dict[str, Any]]] = [
    ("client", {"type": "conversation_initiation_client_data"}),
    ("server", {"type": "conversation_initiation_metadata"}),
    ("client", {"type": "user_message", "text": "one"}),
    ("server", {**PART, "text_response_part": {"type": "start", "text": ""}}),
    ("server", {**PART, "text_response_part": {"type": "delta", "text": "Hi"}}),
    ("server", {**PART, "text_response_part": {"type": "stop", "text": ""}}),
    ("server", {"type": "ping", "ping_event": {"event_id": 1}}),
    ("client", {"type": "user_message", "text": "two"}),
    ("server", {"type": "agent_response", "agent_response_event": {"agent_response": "Bye"}}),
]
WHOLE = ["conversation_initiation_metadata", "start", "delta", "stop", "ping", "agent_response"]


def faults(text: str) -> MockScript:
    document = parse_document(text, "faults.yaml")
    return read_faults(document.value, document.error, names_of(PACK))


def events() -> list[Event]:
    return [
        Event(seq, seq / 10, Sender(sender), str(payload["type"]), payload)
        for seq, (sender, payload) in enumerate(RECORDED, 1)
    ]


def told(commands: Sequence[Command]) -> list[Any]:
    found: list[Any] = []
    for one in commands:
        if isinstance(one, Close):
            found.append((one.code, one.reason))
        else:
            assert isinstance(one, Send)
            payload = json.loads(one.data)
            found.append(payload.get("text_response_part", {}).get("type") or payload["type"])
    return found


def played(text: str, until: float = 20.0) -> list[Any]:
    player = FaultyPlayer(Replayer(cassette_of(events(), PACK), lambda _: None), faults(text), PACK)
    said = told(player.observe(Opened(0.0)))
    for event in events():
        if event.sender is Sender.CLIENT:
            said += told(player.observe(event))
    return said + told(player.advance(until))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", WHOLE),
        ("drop: setup.done", WHOLE[1:]),
        ("drop: text.part", ["conversation_initiation_metadata", "start", *WHOLE[3:]]),
        ("drop: {type: user_message, nth: 1}", WHOLE[:5]),  # the second is the first that is heard
        ("stall: {after: text.part}", ["conversation_initiation_metadata", "start", "delta", "ping", "agent_response"]),
        ("stall: {after: ping}", WHOLE[:5]),
        ("close: {after: setup.done, code: 1011, reason: gone}", [WHOLE[0], (1011, "gone")]),
        ("close: {on: user.turn, nth: 2, code: 1008}", [*WHOLE[:5], (1008, "")]),
        ("insert: {on: setup, event: {type: error}}", ["error", *WHOLE]),
        ("insert: {after: ping, event: {type: vad_score}}", [*WHOLE[:5], "vad_score", WHOLE[5]]),
        ("alter: {type: ping, set: {type: pang}}", [*WHOLE[:4], "pang", WHOLE[5]]),
        ("delay: {ping: 5s}", WHOLE),
    ],
)  # fmt: skip
def test_a_fault_strikes_where_it_is_told_to(text: str, said: list[Any]) -> None:
    assert played(text) == said


def test_what_is_held_back_holds_back_all_behind_it() -> None:
    assert played("delay: {ping: 5s}", until=4.0) == WHOLE[:4]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("drop: setup.don", "setup.done"),
        ("stall: {after: text.parts}", "text.part"),
        ("alter: {type: pin, remove: [x]}", "ping"),
        ("close: {on: user.turns}", "user.turn"),
        ("dorp: ping", "drop"),
    ],
)
def test_a_name_that_the_pack_has_not_is_told_with_the_nearest(text: str, hint: str) -> None:
    with pytest.raises(DocumentError) as wrong:
        faults(text)
    assert hint in wrong.value.hint
    assert wrong.value.location.line == 1
