"""An event that lacks only what no client needs is worth a warning, any other wrong one an error."""

from __future__ import annotations

import pytest

from rtdebug.engine.session import Session
from rtdebug.model.findings import Severity
from rtdebug.model.records import Event, Sender
from rtdebug.packs.load import load_pack

SESSION = {"type": "realtime", "id": "sess_1", "object": "realtime.session",
           "model": "gpt-realtime", "output_modalities": ["text"]}  # fmt: skip
CREATED = {"type": "session.created", "event_id": "event_1", "session": SESSION}


@pytest.mark.parametrize(
    ("payload", "severity"),
    [
        ({**CREATED, "event_id": None}, Severity.ERROR),
        ({"type": "session.created", "session": SESSION}, Severity.WARNING),
        ({**CREATED, "session": {**SESSION, "object": 7}}, Severity.ERROR),
        ({**CREATED, "session": {k: v for k, v in SESSION.items() if k != "object"}},
         Severity.WARNING),
        ({"type": "session.created"}, Severity.ERROR),
        ({"type": "session.created", "session": {"id": 7}}, Severity.ERROR),
    ],
)  # fmt: skip
def test_how_bad_it_is(payload: dict[str, object], severity: Severity) -> None:
    session = Session(load_pack(), ())
    session.observe(Event(1, 0.1, Sender.SERVER, "session.created", payload, 100))
    (found,) = session.finish().findings
    assert (found.name, found.severity) == ("invalid-event", severity)


def test_what_the_client_leaves_out_is_always_an_error() -> None:
    session = Session(load_pack(), ())
    payload = {"type": "conversation.item.truncate", "item_id": "i", "content_index": 0}
    session.observe(Event(1, 0.1, Sender.CLIENT, payload["type"], payload, 100))
    (found,) = session.finish().findings
    assert (found.name, found.severity) == ("invalid-event", Severity.ERROR)
