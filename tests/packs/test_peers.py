"""Who answers, by the address, the headers and the first events."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.engine.session import Session
from rtdebug.model.records import Event, Sender
from rtdebug.packs.load import load_pack
from rtdebug.packs.peers import Peer, by_event, by_handshake, peers
from rtdebug.rules.index import entries

KEY = (("api-key", "x"),)


@pytest.mark.parametrize(
    ("url", "headers", "name"),
    [
        ("wss://one.openai.azure.com/openai/v1/realtime?model=d", (), "azure"),
        ("wss://one.openai.azure.com/openai/realtime?api-version=1&deployment=d", (),
         "azure-preview"),
        ("wss://one.openai.azure.com/v1/realtime?model=d", (), "azure"),
        ("wss://one.cognitiveservices.azure.com/voice-live/realtime?model=d", (),
         "azure-voice-live"),
        ("wss://gate.example.net/openai/v1/realtime?model=d", KEY, "azure"),
        ("wss://gate.example.net/v1/realtime?model=d", KEY, None),
        (None, KEY, "azure"),
        ("wss://gate.example.net/v1/realtime?model=d", (), None),
    ],
)  # fmt: skip
def test_an_address_and_headers_name_the_server(
    url: str | None, headers: tuple[tuple[str, str], ...], name: str | None
) -> None:
    peer = by_handshake(url, headers)
    assert (peer.name if peer else None) == name


@pytest.mark.parametrize("type_", ["setupComplete", "goAway", "sessionResumptionUpdate"])
def test_any_message_of_gemini_gives_it_away(type_: str) -> None:
    peer = by_event(type_, {type_: {}})
    assert peer is not None
    assert peer.name == "gemini"


@pytest.mark.parametrize(
    ("session", "name"),
    [
        ({"voice": {"name": "alloy", "type": "openai"}}, "azure-voice-live"),
        ({"turn_detection": {"end_of_utterance_detection": None}}, "azure-voice-live"),
        ({"voice": {"id": "voice_1"}, "turn_detection": {"type": "server_vad"}}, None),
    ],
)
def test_settings_that_only_one_server_has_give_it_away(
    session: dict[str, object], name: str | None
) -> None:
    peer = by_event("session.created", {"type": "session.created", "session": session})
    assert (peer.name if peer else None) == name


@pytest.mark.parametrize("peer", [one for one in peers() if one.url], ids=lambda one: one.name)
@given(data=st.data())
def test_what_is_near_is_in_every_url_that_fits(peer: Peer, data: st.DataObject) -> None:
    url = data.draw(st.from_regex(re.compile(peer.url, re.IGNORECASE | re.ASCII)))
    assert any(part in url.lower() for part in peer.near)


def test_a_sign_far_behind_the_sound_of_a_microphone_is_still_seen() -> None:
    session = Session(load_pack(), entries())
    append = {"type": "input_audio_buffer.append", "audio": "AAAA"}
    for seq in range(1, 200):
        session.observe(Event(seq, seq / 50, Sender.CLIENT, append["type"], append, 60))
    said = {"type": "localai.progress", "event_id": "event_1"}
    session.observe(Event(200, 4.0, Sender.SERVER, said["type"], said, 60))
    assert session.finish().peer == "localai"
