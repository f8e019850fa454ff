"""Recordings of real clients with one event of the server taken away: who is left waiting, for what."""

from __future__ import annotations

from pathlib import Path

import pytest
from logs import by_name

from rtdebug.captures.own import read_own
from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Event, Record, Sender
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

FOLDER = Path(__file__).parent.parent / "recordings"
ITEM, UPDATE, ASK = "conversation.item.create", "session.update", "response.create"
OF_ITEM, OF_STREAM = "output-item-unbalanced", "stream-unbalanced"
OF_CONVERSATION = "conversation-item-unbalanced"


def cut(name: str, taken: str, stop: str, nth: int) -> list[Record]:
    """The recording without an event of the server, up to where the client waits; 15 s later the
    client closes."""
    kept: list[Record] = []
    with (FOLDER / name).open("rb") as stream:
        records = list(read_own(name, stream).records)
    for record in records:
        if isinstance(record, Event) and record.type == stop and record.sender is Sender.CLIENT:
            nth -= 1
            if not nth:
                break
        if not (isinstance(record, Closed) or (isinstance(record, Event) and record.type == taken)):
            kept.append(record)
    return [*kept, Closed(kept[-1].at + 15, 1000, "", Sender.CLIENT)]


def judged(records: list[Record]) -> list[Finding]:
    session = Session(load_pack(), RULES)
    for record in records:
        session.observe(record)
    return by_name(session.finish().findings)


@pytest.mark.parametrize(
    ("name", "taken", "stop", "nth", "root"),
    [
        ("livekit-plugins-openai-1.8", "conversation.item.added", ASK, 1, OF_CONVERSATION),
        ("livekit-plugins-openai-1.8", "response.output_item.added", ITEM, 2, OF_ITEM),
        ("livekit-plugins-openai-1.8", "response.output_item.done", ITEM, 2, OF_ITEM),
        ("openai-agents-python-0.24", "response.output_item.done", UPDATE, 2, OF_ITEM),
        ("openai-agents-realtime-js-0.20", "response.output_item.done", ITEM, 2, OF_ITEM),
        ("pipecat-ai-1.14", "conversation.item.added", ITEM, 2, OF_CONVERSATION),
        ("pipecat-ai-1.14", "response.function_call_arguments.done", ITEM, 2, OF_STREAM),
        ("pipecat-ai-1.14", "response.done", ITEM, 2, "response-done-missing"),
    ],
)
def test_the_departure_is_the_one_root(
    name: str, taken: str, stop: str, nth: int, root: str
) -> None:
    found = judged(cut(f"{name}.jsonl", taken, stop, nth))
    assert {one.name for one in found if one.under is None} == {root}
    assert "client-left-waiting" in {one.name for one in found if one.under == root}
