"""Responses that call functions, and what a client sends for them."""

from __future__ import annotations

from typing import Any

from logs import Log, Payload, begun, call, done

CREATE = "conversation.item.create"
MESSAGE = {"id": "m1", "type": "message", "role": "assistant", "status": "completed",
           "content": [{"type": "output_audio", "transcript": "It is sunny."}]}  # fmt: skip
TYPED = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}


def output(call_id: Any = "c1", said: Any = "5") -> Payload:
    return {"type": "function_call_output", "call_id": call_id, "output": said}


def answers(log: Log, *call_ids: str) -> Log:
    for id_ in call_ids:
        log.client(CREATE, item=output(id_))
    return log


def opening(log: Log, id_: str, **more: Any) -> Log:
    return log.server("response.created", response=done(id_, **{"status": "in_progress", **more}))


def responding(log: Log, id_: str, *items: Payload, **more: Any) -> Log:
    """A response with those items, from created to done."""
    opening(log, id_, **{**more, "status": "in_progress"})
    for index, item in enumerate(items):
        place = {"response_id": id_, "output_index": index}
        log.server("response.output_item.added", **place, item={**item, "status": "in_progress"})
        log.server("response.output_item.done", **place, item=item)
    return log.server("response.done", response=done(id_, items, **more))


def called(*call_ids: str, log: Log | None = None, **more: Any) -> Log:
    """A response with calls. With one of them its events are 2 to 5, the call's own is 4."""
    log = begun() if log is None else log
    return responding(log, "r1", *(call(id_) for id_ in call_ids), **more)
