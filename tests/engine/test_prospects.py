"""Whether an event may still come: cases of prospects.yaml, each a talk and what is asked of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rtdebug.documents import load_document
from rtdebug.engine.session import Session
from rtdebug.model.records import Event, Opened, Sender
from rtdebug.packs.load import load_pack
from rtdebug.rules import index

CASES = load_document(Path(__file__).with_name("prospects.yaml")).value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_what_may_come(case: dict[str, Any]) -> None:
    session = Session(load_pack(case.get("pack", "openai-realtime")), index.entries())
    session.observe(Opened(0.0))
    for seq, row in enumerate(case["talk"], 1):
        ((by, payload),) = row.items()
        payload = {"type": payload} if isinstance(payload, str) else payload
        event = Event(seq, seq / 10, Sender(by), payload["type"], payload, 50)
        session.observe(event)
    may = session.state.may_come
    assert [type_ for type_ in case.get("may", ()) if not may(type_)] == []
    assert [type_ for type_ in case.get("never", ()) if may(type_)] == []
