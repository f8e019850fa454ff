"""What ended as it should is judged alike whether the rules of odd ends are asked or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from choosing import Seeded
from legal_sessions import legal_session
from mutations import mutate

from rtdebug.captures import own
from rtdebug.engine.judged import Judged
from rtdebug.engine.session import Session
from rtdebug.model.records import LIVE, Event, Record, Sender, View
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.protocols.openai_realtime import track_responses
from rtdebug.rules.index import entries

FOLDERS = sorted((Path(__file__).parents[1] / "rules").glob("*/"))


def judged(records: list[Record], view: View = LIVE, pack: str = DEFAULT_PACK) -> Judged:
    session = Session(load_pack(pack), entries(), view=view)
    for record in records:
        session.observe(record)
    return session.finish()


def recorded() -> Iterator[tuple[list[Record], View, str]]:
    for folder in FOLDERS:
        for path in sorted(folder.glob("*.jsonl")):
            with path.open("rb") as stream:
                reading = own.read_own(str(path), stream)
                yield list(reading.records), reading.view, reading.pack_hint or DEFAULT_PACK


def made() -> Iterator[tuple[list[Record], View, str]]:
    for seed in range(150):
        records = legal_session(Seeded(seed))
        yield records, LIVE, DEFAULT_PACK
        mutation = mutate(records, load_pack(), seed)
        if mutation is not None:
            yield mutation.records, LIVE, DEFAULT_PACK


@pytest.mark.parametrize("sessions", [recorded, made])
def test_asking_them_always_finds_no_more(sessions: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    known = [(case, judged(*case)) for case in sessions()]
    assert any(result.responses for _, result in known)
    monkeypatch.setattr(track_responses, "_is_smooth", lambda *_: False)
    for case, result in known:
        assert judged(*case) == result


# -- one response, piece by piece ----------------------------------------------------------------

PLACE = {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}


def told(*payloads: dict[str, Any]) -> set[str]:
    """The names of what is found in a session that consists of these events of the server."""
    greeting = {"type": "session.created", "session": {"type": "realtime"}}
    body = {"id": "r", "status": "in_progress", "conversation_id": "c", "output": []}
    records: list[Record] = [
        Event(seq, seq / 50, Sender.SERVER, payload["type"], payload, 100)
        for seq, payload in enumerate(
            [greeting, {"type": "response.created", "response": body}, *payloads], 1
        )
    ]
    return {finding.name for finding in judged(records).findings}


def item(**fields: Any) -> dict[str, Any]:
    return {"id": "i", "type": "message", "role": "assistant", "status": "completed",
            "content": [], **fields}  # fmt: skip


def added(**fields: Any) -> dict[str, Any]:
    return {"type": "response.output_item.added", "response_id": "r", "output_index": 0,
            "item": item(status="in_progress", **fields)}  # fmt: skip


def done(said: dict[str, Any]) -> dict[str, Any]:
    return {"type": "response.output_item.done", "response_id": "r", "output_index": 0,
            "item": said}  # fmt: skip


def mirrored(said: dict[str, Any]) -> dict[str, Any]:
    return {"type": "conversation.item.done", "previous_item_id": None, "item": said}


def ended(said: dict[str, Any]) -> dict[str, Any]:
    body = {"id": "r", "status": "completed", "conversation_id": "c", "output": [said]}
    return {"type": "response.done", "response": body}


def test_a_voice_that_no_part_announced_is_missed() -> None:
    spoken = item(content=[{"type": "output_audio", "transcript": "hello"}])
    kind = "response.output_audio_transcript"
    assert "output-deltas-missing" in told(
        added(),
        {"type": f"{kind}.delta", **PLACE, "delta": "hello"},
        {"type": f"{kind}.done", **PLACE, "transcript": "hello"},
        {"type": "response.content_part.done", **PLACE,
         "part": {"type": "audio", "transcript": "hello"}},
        done(spoken),
        ended(spoken),
    )  # fmt: skip


CALL = {"type": "function_call", "call_id": "c1", "name": "f"}


def called(*pieces: str) -> list[dict[str, Any]]:
    """The arguments of a call, in pieces and whole."""
    place = {"response_id": "r", "output_index": 0, "item_id": "i", "call_id": "c1"}
    kind = "response.function_call_arguments"
    deltas = [{"type": f"{kind}.delta", **place, "delta": piece} for piece in pieces]
    return [*deltas, {"type": f"{kind}.done", **place, "arguments": "".join(pieces)}]


def test_an_item_that_goes_on_after_its_done_is_compared_again() -> None:
    call = item(**CALL, arguments='{"a":1}')
    assert "arguments-mismatch" in told(
        added(**CALL), done(call), *called('{"a":', "2}"), mirrored(call), ended(call)
    )


def test_what_the_conversation_said_is_no_word_of_the_response() -> None:
    text = item(content=[{"type": "output_text", "text": "hello"}])
    found = told(
        {"type": "response.content_part.added", **PLACE, "part": {"type": "text", "text": ""}},
        {"type": "response.output_text.delta", **PLACE, "delta": "hello"},
        {"type": "response.output_text.done", **PLACE, "text": "hello"},
        mirrored(text),
        done({**text, "status": "in_progress"}),
        ended(text),
    )
    assert "status-inconsistent" in found


def test_a_call_that_the_end_calls_a_message_makes_it_odd() -> None:
    call = item(**CALL, arguments="{}")
    assert "output-mismatch" in told(added(**CALL), *called("{}"), done(call), ended(item()))
