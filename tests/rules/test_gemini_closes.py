"""Closes of Gemini Live: what the peer means by one depends on whether there was a session."""

from __future__ import annotations

from typing import Any

from logs import named

from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Event, Sender
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

SETUP = (Sender.CLIENT, {"setup": {"model": "models/m"}})
READY: tuple[Sender, dict[str, Any]] = (Sender.SERVER, {"setupComplete": {}})


def closed_after(*messages: tuple[Sender, dict[str, Any]]) -> Finding:
    session = Session(load_pack("gemini-live"), RULES)
    for seq, (sender, payload) in enumerate(messages, 1):
        (type_,) = payload
        session.observe(Event(seq, seq / 10, sender, type_, payload, 100))
    session.observe(Closed(1.0, 1007, "Request contains an invalid argument.", Sender.SERVER))
    (finding,) = named(session.finish().findings, "close-1007-invalid-payload")
    return finding


def test_a_close_before_the_session_points_at_the_setup() -> None:
    assert closed_after(SETUP).causes[0].text.startswith("The setup names a field")


def test_a_close_in_a_session_points_at_what_came_after_the_setup() -> None:
    assert closed_after(SETUP, READY).causes[0].text.startswith("A message after the setup")
