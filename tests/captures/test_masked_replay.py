"""Masking makes no finding and hides none: for any session the same is found with secrets masked
on the way out, with nothing masked, and in a replay of the masked capture."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rtdebug.captures.formats import read
from rtdebug.captures.jsonl import encode, header_line
from rtdebug.engine.judged import Judged
from rtdebug.engine.session import Session
from rtdebug.model.records import Closed, Opened, Sender
from rtdebug.packs.load import load_pack
from rtdebug.redaction import Redactor
from rtdebug.rules import index
from rtdebug.secrets.masker import Masker
from rtdebug.secrets.span import Span

SERVER, CLIENT = Sender.SERVER, Sender.CLIENT
WORDS = (
    "a", "bearer ", "Bearer ", "sk-", "proj-", "ek_", "abcdef123", "x9y8z7w6v5", "token", "=", ": ",
    "password", "api_key", '"', "{", "}", " ", "the ", "ring ", "AZURE_OPENAI_KEY=", "eyJhbGci",
    ".", "\\", "/", "\u00e9", "sk-learning ", "Authorization: ", "\n", "%2D", "-",
)  # fmt: skip
TEXT = st.lists(st.sampled_from(WORDS), max_size=8).map("".join)
NAMES = st.sampled_from(["instructions", "voice", "token", "api_key", "model", "password", "speed"])
VALUES = st.one_of(TEXT, st.integers(0, 99999), st.none(), st.lists(TEXT, max_size=2))
IDS = {"response_id": "resp_1", "item_id": "item_1", "output_index": 0}


class Nothing(Redactor):
    """Masks nothing."""

    def harmless(self, data: str | bytes) -> bool:
        return True

    def spans(self, text: str) -> list[Span]:
        return []


@st.composite
def messages(draw: st.DrawFn) -> list[tuple[Sender, dict[str, Any]]]:
    """A session of an answer or two, in which anything may be wrong."""
    pieces = draw(st.lists(TEXT, min_size=1, max_size=5))
    whole = "".join(pieces) if draw(st.booleans()) else draw(TEXT)
    settings_ = draw(st.dictionaries(NAMES, VALUES, max_size=3))
    answered = settings_ if draw(st.booleans()) else draw(st.dictionaries(NAMES, VALUES))
    call = draw(st.booleans())
    kind = "function_call_arguments" if call else "output_text"
    field = "arguments" if call else "text"
    item: dict[str, Any] = {"id": "item_1", "status": "in_progress"}
    item |= (
        {"type": "function_call", "name": "f", "call_id": "call_1", "arguments": ""}
        if call
        else {"type": "message", "role": "assistant", "content": []}
    )
    place = {"call_id": "call_1"} if call else {"content_index": 0}
    session = {"id": "sess_1", "type": "realtime", "object": "realtime.session"}
    answer = {"id": "resp_1", "object": "realtime.response", "status": "in_progress", "output": []}
    error = {"type": "invalid_request_error", "code": draw(TEXT), "message": draw(TEXT)}
    events: list[tuple[Sender, dict[str, Any]]] = [
        (SERVER, {"type": "session.created", "session": session}),
        (CLIENT, {"type": "session.update", "session": {"type": "realtime", **settings_}}),
        (SERVER, {"type": "session.updated", "session": {**session, **answered}}),
        (CLIENT, {"type": "response.create"}),
        (SERVER, {"type": "response.created", "response": answer}),
        (SERVER, {"type": "response.output_item.added", "response_id": "resp_1",
                  "output_index": 0, "item": item}),
        *((SERVER, {"type": f"response.{kind}.delta", **IDS, **place, "delta": piece})
          for piece in pieces),
        (SERVER, {"type": f"response.{kind}.done", **IDS, **place, field: whole}),
        (SERVER, {"type": "error", "error": error}),
        (SERVER, {"type": "response.done", "response": {**answer, "status": "completed"}}),
    ]  # fmt: skip
    for number, (_, event) in enumerate(events):
        event["event_id"] = f"event_{number}"
    left_out = draw(st.sets(st.integers(1, len(events) - 1), max_size=2))
    return [one for number, one in enumerate(events) if number not in left_out]


def judged(wanted: list[tuple[Sender, dict[str, Any]]], redactor: Redactor) -> tuple[Judged, bytes]:
    """What a live session finds, and the capture it leaves."""
    session = Session(load_pack("openai-realtime"), index.entries(), redactor=redactor)
    masker = Masker(redactor)
    lines = [header_line(pack="openai-realtime", patience=session.patience)]

    def take(record: Any) -> None:
        lines.append(encode(masker.record(record)))
        lines.extend(map(encode, masker.kept(session.observe(record))))

    take(Opened(0.0, "ws://127.0.0.1/v1/realtime"))  # without it a capture is not known to be whole
    for number, (sender, event) in enumerate(wanted):
        take(session.decode(json.dumps(event), number / 8, sender))
    take(Closed(30.0, 1000, "", CLIENT))
    result = session.finish()
    lines.extend(map(encode, masker.kept(session.findings)))
    return result, b"".join(lines)


def replayed(capture: bytes) -> Judged:
    (reading,) = read(io.BytesIO(capture), sender_of=lambda type_: None)
    session = Session(
        load_pack("openai-realtime"), index.entries(), view=reading.view,
        patience=reading.header["patience"],
    )  # fmt: skip
    for record in reading.records:
        session.observe(record)
    return session.finish()


def told(result: Judged) -> list[tuple[str, str | None, str]]:
    def rows() -> Iterator[tuple[str, str | None, str]]:
        for one in result.findings:
            yield one.name, one.subject, one.severity.value

    return sorted(rows(), key=str)


@settings(max_examples=150, deadline=None)
@given(messages())
def test_masking_neither_makes_nor_hides_a_finding(
    wanted: list[tuple[Sender, dict[str, Any]]],
) -> None:
    shown, capture = judged(wanted, Redactor())
    plain, _ = judged(wanted, Nothing())
    assert told(shown) == told(plain)
    assert told(replayed(capture)) == told(plain)
