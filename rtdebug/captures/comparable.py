"""A recording made comparable with another: without ids, times and the way it was cut in pieces."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rtdebug.model.records import Closed, Event, Record, Refused, Sender
from rtdebug.packs.pack import Pack

_DROPPED = {"event_id", "expires_at", "created_at", "usage", "obfuscation", "object"}
_UNTOLD = ("rate_limits",)  # roles that say something else each time
# They come when they are ready, so that their place among the others says nothing.
_MOVING = ("transcription.delta", "transcription.completed", "transcription.failed")
_LONG = 200  # characters of a text that are audio, unless there is a blank in them


class Compared(NamedTuple):
    """One message, or neighbours that belong together: what is compared, and how it is told."""

    key: str
    type: str
    words: str
    seq: int
    sender: Sender


class ComparedReply(NamedTuple):
    """What one response said."""

    words: str
    calls: tuple[str, ...]


class Comparable(NamedTuple):
    """One recording: what each side said, the settings in force at the end, the end, and what
    each response said."""

    sent: tuple[Compared, ...]
    received: tuple[Compared, ...]
    moving: tuple[str, ...]
    settings: Mapping[str, str]
    end: str
    replies: tuple[ComparedReply, ...]


def comparable(records: Sequence[Record], pack: Pack) -> Comparable:
    """What is compared of a recording."""
    roles = {type_: role for side in pack.roles.values() for role, type_ in side.items()}
    ids = _Ids()
    sent: list[Compared] = []
    received: list[Compared] = []
    moving: list[str] = []
    settings: Any = {}
    end = ""
    replies: list[ComparedReply] = []
    for record in records:
        if isinstance(record, Refused):
            end = f"refused: {record.status or record.step}"
        elif isinstance(record, Closed):
            who = record.sender or "nobody known"
            end = f"{record.code} by the {who}"
        if not isinstance(record, Event):
            continue
        role = roles.get(record.type, record.type)
        payload = ids.without(record.payload)
        if role in ("session.created", "session.updated"):
            settings = payload.get("session", settings)
        if role == "response.done":
            replies.append(_reply(record.payload.get("response")))
        if role in _MOVING:
            moving.append(record.type)
        elif role not in _UNTOLD:
            rows = sent if record.sender is Sender.CLIENT else received
            _add(rows, record, role, payload)
    return Comparable(tuple(sent), tuple(received), tuple(sorted(set(moving))),
                      dict(_flat(settings)), end, tuple(replies))  # fmt: skip


def _add(rows: list[Compared], event: Event, role: str, payload: dict[str, Any]) -> None:
    """A stream is one row, at its first piece; so are neighbours of one type that carry sound."""
    if role.endswith(".delta"):
        key = f"{event.type} {payload.get('item_id')} {payload.get('content_index')}"
        if all(row.key != key for row in rows[-64:]):
            rows.append(Compared(key, event.type, "", event.seq, event.sender))
        return
    if role == "audio.append":
        if not rows or rows[-1].type != event.type:
            rows.append(Compared(event.type, event.type, "sound", event.seq, event.sender))
        return
    words = _telling(payload) if event.sender is Sender.SERVER else _json(payload)
    rows.append(Compared(f"{event.type} {words}", event.type, words, event.seq, event.sender))


def _telling(payload: Mapping[str, Any]) -> str:
    """What of an answer says how it went."""
    response, error = payload.get("response"), payload.get("error")
    if isinstance(response, dict) and response.get("status") not in (None, "in_progress"):
        return str(response["status"])
    if isinstance(error, dict):
        return str(error.get("code") or error.get("type") or "")
    return ""


def _reply(response: Any) -> ComparedReply:
    """What a response that was completed said; of any other nobody knows how far it would go."""
    if not isinstance(response, dict) or response.get("status") != "completed":
        return ComparedReply("", ())
    words, calls = [], []
    for item in response.get("output") or ():
        if not isinstance(item, dict):
            continue
        if item.get("type") == "function_call":
            calls.append(f"{item.get('name')}({item.get('arguments')})")
        for part in item.get("content") or ():
            if isinstance(part, dict):
                words.append(str(part.get("text") or part.get("transcript") or ""))
    return ComparedReply(" ".join(words), tuple(calls))


class _Ids:
    """Names for ids, by the order in which they come up."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def without(self, value: Any, key: str = "", above: str = "") -> Any:
        """A value with names in place of ids, and without what is different each time."""
        if isinstance(value, dict):
            return {
                name: self.without(inner, name, key or above)
                for name, inner in value.items()
                if name not in _DROPPED
            }
        if isinstance(value, list):
            return [self.without(inner, "", key or above) for inner in value]
        if not isinstance(value, str):
            return value
        if key == "id" or key.endswith("_id"):
            return self._name(value, above if key == "id" else key.removesuffix("_id"))
        if value in self._names:
            return self._names[value]
        if len(value) > _LONG and " " not in value:
            return f"{len(value)} characters"
        return value

    def _name(self, id_: str, kind: str) -> str:
        if id_ not in self._names:
            kind = kind.removeprefix("previous_") or "id"
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._names[id_] = f"{kind} {self._counts[kind]}"
        return self._names[id_]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else key)
    elif path:
        yield path, _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
