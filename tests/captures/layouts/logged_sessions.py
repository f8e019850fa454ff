"""Two sessions that every layout prints: one that failed, one that is healthy."""

from __future__ import annotations

from typing import Any, NamedTuple

from rtdebug.model.records import Sender

CLIENT, SERVER = Sender.CLIENT, Sender.SERVER


class Message(NamedTuple):
    """One event, ``at`` seconds after 2026-03-01T10:00:00Z."""

    at: float
    sender: Sender
    event: dict[str, Any]

    @property
    def sent(self) -> bool:
        return self.sender is CLIENT

    @property
    def way(self) -> str:
        return "send" if self.sent else "recv"


_SESSION = {
    "type": "realtime", "object": "realtime.session", "id": "sess_1", "model": "gpt-realtime",
    "output_modalities": ["text"], "instructions": "be brief", "tools": [], "tool_choice": "auto",
}  # fmt: skip
_CONTENT = [{"type": "input_text", "text": "hi there"}]
_ITEM = {
    "id": "item_1", "type": "message", "status": "completed", "role": "user", "content": _CONTENT,
}  # fmt: skip
_ERROR = {
    "type": "requests", "code": "rate_limit_exceeded",
    "message": "Rate limit reached for gpt-realtime on tokens per min.",
}  # fmt: skip
_PLACE = {"response_id": "resp_1", "item_id": "item_2", "output_index": 0, "content_index": 0}
_USAGE = {"total_tokens": 30, "input_tokens": 20, "output_tokens": 10}


def _response(status: str, details: Any = None, output: Any = (), usage: Any = None) -> Any:
    return {
        "object": "realtime.response", "id": "resp_1", "status": status,
        "status_details": details, "output": list(output), "usage": usage,
    }  # fmt: skip


def _reply(status: str, content: Any) -> dict[str, Any]:
    return {
        "id": "item_2", "type": "message", "status": status, "role": "assistant",
        "content": content,
    }  # fmt: skip


_BEGINNING = [
    (0.0, SERVER, "session.created", {"session": _SESSION}),
    (0.1, CLIENT, "session.update",
     {"session": {"type": "realtime", "output_modalities": ["text"]}}),
    (0.3, SERVER, "session.updated", {"session": _SESSION}),
    (1.0, CLIENT, "conversation.item.create",
     {"item": {"type": "message", "role": "user", "content": _CONTENT}}),
    (1.1, SERVER, "conversation.item.added", {"previous_item_id": None, "item": _ITEM}),
    (1.1, SERVER, "conversation.item.done", {"previous_item_id": None, "item": _ITEM}),
    (1.2, CLIENT, "response.create", {}),
    (1.5, SERVER, "response.created", {"response": _response("in_progress")}),
]  # fmt: skip
_FAILURE = [
    (2.5, SERVER, "response.done",
     {"response": _response("failed", {"type": "failed", "error": _ERROR})}),
]  # fmt: skip
_TEXT = [{"type": "output_text", "text": "Hello to you"}]
_ANSWER = [
    (1.6, SERVER, "response.output_item.added",
     {"response_id": "resp_1", "output_index": 0, "item": _reply("in_progress", [])}),
    (1.6, SERVER, "response.content_part.added",
     {**_PLACE, "part": {"type": "text", "text": ""}}),
    (1.7, SERVER, "response.output_text.delta", {**_PLACE, "delta": "Hello"}),
    (1.8, SERVER, "response.output_text.delta", {**_PLACE, "delta": " to you"}),
    (1.9, SERVER, "response.output_text.done", {**_PLACE, "text": "Hello to you"}),
    (1.9, SERVER, "response.content_part.done", {**_PLACE, "part": {"type": "text", "text": "Hello to you"}}),
    (2.0, SERVER, "response.output_item.done",
     {"response_id": "resp_1", "output_index": 0, "item": _reply("completed", _TEXT)}),
    (2.1, SERVER, "response.done",
     {"response": _response("completed", None, [_reply("completed", _TEXT)], _USAGE)}),
]  # fmt: skip


def _messages(rows: list[tuple[float, Sender, str, dict[str, Any]]]) -> list[Message]:
    messages, number = [], 0
    for at, sender, kind, fields in rows:
        head: dict[str, Any] = {"type": kind}
        if sender is SERVER:
            number += 1
            head["event_id"] = f"event_{number}"
        messages.append(Message(at, sender, {**head, **fields}))
    return messages


FAILING = _messages(_BEGINNING + _FAILURE)
HEALTHY = _messages(_BEGINNING + _ANSWER)
