"""Mutations: one fault put into a legal session, and whether anyone could see it there."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from building import event
from choosing import Seeded

from rtdebug.model.records import Event, Record, Sender
from rtdebug.packs.pack import Pack

# What may come at any time, or not at all, or is not promised at all.
_UNSEEN = frozenset(
    {
        "", "rate_limits", "idle.timeout", "error", "mcp_list.in_progress", "mcp_list.completed",
        "mcp_call.in_progress", "mcp_call.completed",
    }
)  # fmt: skip
_SOUND = frozenset({"audio.delta", "transcript.delta", "audio.done", "transcript.done"})
# What shows that the conversation went on without an event that is missing.
_GOES_ON = ("conversation.item.added", "response.done")
# Fields that the grammar binds, by role: where they are, and what becomes of them.
_BOUND: dict[str, tuple[str, ...]] = {
    "session.created": ("event_id",),
    "item.added": ("item.id", "previous_item_id", "event_id"),
    "item.done": ("item.id", "previous_item_id", "event_id"),
    "item.created": ("previous_item_id", "event_id"),
    "item.retrieved": ("item.id",),
    "item.truncated": ("item_id",),
    "item.deleted": ("item_id",),
    "audio.committed": ("item_id", "previous_item_id"),
    "speech.started": ("item_id", "audio_start_ms"),
    "speech.stopped": ("item_id", "audio_end_ms"),
    "transcription.delta": ("delta",),
    "transcription.completed": ("item_id",),
    "response.created": ("response.id", "response.status"),
    "response.done": ("response.id", "response.output.0.id", "response.usage.total_tokens"),
    "output_item.added": ("response_id", "output_index", "item.id", "item.status"),
    "output_item.done": ("response_id", "output_index", "item.id", "item.call_id"),
    "part.added": ("response_id", "output_index", "item_id", "content_index"),
    "part.done": ("item_id", "content_index", "part.text", "part.transcript", "part.type"),
    "text.delta": ("response_id", "item_id", "content_index", "delta"),
    "text.done": ("response_id", "output_index", "item_id", "content_index", "text"),
    "audio.delta": ("response_id", "item_id", "content_index"),
    "audio.done": ("response_id", "output_index", "item_id", "content_index"),
    "transcript.delta": ("response_id", "item_id", "content_index", "delta"),
    "transcript.done": ("response_id", "item_id", "content_index", "transcript"),
    "arguments.delta": ("response_id", "item_id", "call_id", "delta"),
    "arguments.done": ("response_id", "item_id", "call_id", "name", "arguments"),
    "mcp_arguments.delta": ("response_id", "item_id", "delta"),
    "mcp_arguments.done": ("response_id", "item_id", "arguments"),
    "error": ("error.event_id",),
}


class Mutation(NamedTuple):
    """A session with one fault. ``marks`` are the words by which a finding may name the fault;
    ``seqs`` the events it may name as evidence."""

    kind: str
    what: str
    records: list[Record]
    marks: frozenset[str]
    seqs: frozenset[int]


def mutate(records: Sequence[Record], pack: Pack, seed: int) -> Mutation | None:
    """One mutation that changes something that can be seen; None where it would not."""
    choose = Seeded(seed)
    kind = choose.pick(("drop", "duplicate", "swap", "alter", "cut"))
    places = [index for index, one in enumerate(records) if _by_server(one)]
    index = choose.pick(places)
    role = _role(records[index], pack)
    match kind:
        case "drop":
            return _drop(records, index, role)
        case "duplicate":
            return _duplicate(records, index, role)
        case "swap":
            return _swap(records, index, pack)
        case "alter":
            return _alter(records, index, role, choose)
    return _cut(records, index, pack)


def _by_server(record: Record) -> bool:
    return isinstance(record, Event) and record.sender is Sender.SERVER


def _role(record: Record, pack: Pack) -> str:
    assert isinstance(record, Event)
    return pack.role(record.sender, record.type) or ""


def _drop(records: Sequence[Record], index: int, role: str) -> Mutation | None:
    gone = records[index]
    assert isinstance(gone, Event)
    if role in _UNSEEN or role == "audio.delta" or _blank(gone, role):
        return None
    kept = [*records[:index], *records[index + 1 :]]
    if _is_forgotten(gone, role, kept[index:]):
        return None
    return _mutation("drop", gone, _renumbered(kept), gone.seq)


def _is_forgotten(gone: Event, role: str, rest: Sequence[Record]) -> bool:
    """Whether what it was about leaves no trace after it: speech that the client throws away, an
    item that is deleted or the last of all, a text in which nothing was said."""
    id_ = gone.payload.get("item_id") or (gone.payload.get("item") or {}).get("id")
    later = [one for one in rest if isinstance(one, Event) and _names(one, id_)]
    if role == "speech.started":
        return not later
    if role == "item.done":
        on = [one for one in rest if isinstance(one, Event) and one.type in _GOES_ON]
        return not on or any("deleted" in one.type for one in later)
    return role.endswith(".done") and "" in (
        gone.payload.get("text"),
        gone.payload.get("transcript"),
    )


def _names(event_: Event, id_: object) -> bool:
    item = event_.payload.get("item")
    return event_.payload.get("item_id") == id_ or (
        isinstance(item, dict) and item.get("id") == id_
    )


def _duplicate(records: Sequence[Record], index: int, role: str) -> Mutation | None:
    twice = records[index]
    assert isinstance(twice, Event)
    if role == "" or _blank(twice, role):
        return None
    kept = [*records[: index + 1], twice, *records[index + 1 :]]
    return _mutation("duplicate", twice, _renumbered(kept), twice.seq, twice.seq + 1)


def _swap(records: Sequence[Record], index: int, pack: Pack) -> Mutation | None:
    """Two events of one response that follow each other directly."""
    if index + 1 >= len(records) or not _by_server(records[index + 1]):
        return None
    one, two = records[index], records[index + 1]
    assert isinstance(one, Event)
    assert isinstance(two, Event)
    roles = {_role(one, pack), _role(two, pack)}
    if _response(one) is None or _response(one) != _response(two):
        return None
    if roles <= _SOUND and roles not in (
        {"transcript.delta"},
        {"transcript.delta", "transcript.done"},
    ):
        return None  # sound and words run side by side
    if one.payload.get("delta") is not None and one.payload["delta"] == two.payload.get("delta"):
        return None
    if roles == {"output_item.done", "output_item.added"}:
        return None  # that items follow one another is not promised
    kept = [*records[:index], two, one, *records[index + 2 :]]
    mutation = _mutation("swap", one, _renumbered(kept), one.seq, two.seq)
    return mutation._replace(marks=mutation.marks | _marks(two))


def _alter(records: Sequence[Record], index: int, role: str, choose: Seeded) -> Mutation | None:
    old = records[index]
    assert isinstance(old, Event)
    fields = [path for path in _BOUND.get(role, ()) if _get(old.payload, path) is not None]
    if not fields or _blank(old, role):
        return None
    path = choose.pick(fields)
    payload = deepcopy(old.payload)
    value = _other(path, _get(payload, path), records)
    _set(payload, path, value)
    new = event(old.seq, old.at, old.sender.value, payload)
    mutation = _mutation(
        f"alter {path}", old, [*records[:index], new, *records[index + 1 :]], old.seq
    )
    return mutation._replace(marks=mutation.marks | {str(value)})


def _cut(records: Sequence[Record], index: int, pack: Pack) -> Mutation | None:
    """The record ends where something is under way."""
    kept = list(records[: index + 1])
    begun = {_response(one) for one in kept if isinstance(one, Event)} - {None}
    done = {
        _response(one)
        for one in kept
        if isinstance(one, Event) and _role(one, pack) == "response.done"
    }
    open_ = begun - done
    last = kept[-1]
    assert isinstance(last, Event)
    if not open_ or _calls_mcp(kept):
        return None
    mutation = _mutation("cut", last, kept, last.seq)
    return mutation._replace(marks=mutation.marks | {str(one) for one in open_})


def _calls_mcp(records: Sequence[Record]) -> bool:
    """Whether the server calls a tool just now, which may take it any time."""
    calls = [
        one for one in records
        if isinstance(one, Event) and (one.payload.get("item") or {}).get("type") == "mcp_call"
    ]  # fmt: skip
    return bool(calls) and calls[-1].type != "response.output_item.done"


def _mutation(kind: str, event_: Event, records: list[Record], *seqs: int) -> Mutation:
    return Mutation(kind, event_.type, records, _marks(event_), frozenset(seqs))


def _marks(event_: Event) -> frozenset[str]:
    payload = event_.payload
    found = {event_.type, _response(event_), payload.get("item_id"), payload.get("event_id")}
    item = payload.get("item")
    if isinstance(item, dict):
        found |= {item.get("id"), item.get("call_id")}
    found |= {payload.get("call_id"), payload.get("previous_item_id")}
    return frozenset(str(one) for one in found if one)


def _response(event_: Event) -> str | None:
    body = event_.payload.get("response")
    named = event_.payload.get("response_id") or (
        body.get("id") if isinstance(body, dict) else None
    )
    return named if isinstance(named, str) else None


def _blank(event_: Event, role: str) -> bool:
    """Blanks at the ends of a transcript are free."""
    return role == "transcription.delta" and not event_.payload["delta"].strip()


def _renumbered(records: Sequence[Record]) -> list[Record]:
    renumbered: list[Record] = []
    seq = 0
    for one in records:
        if isinstance(one, Event):
            seq += 1
            one = one._replace(seq=seq)  # noqa: PLW2901 - the same record under its new number
        renumbered.append(one)
    return renumbered


def _get(payload: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(payload, list):
            payload = payload[int(part)] if int(part) < len(payload) else None
        else:
            payload = payload.get(part) if isinstance(payload, dict) else None
    return payload


def _set(payload: Any, path: str, value: Any) -> None:
    *way, last = path.split(".")
    for part in way:
        payload = payload[int(part)] if isinstance(payload, list) else payload[part]
    payload[last] = value


def _other(path: str, value: Any, records: Sequence[Record]) -> Any:
    """Another value of the same kind, one that is wrong here."""
    name = path.rpartition(".")[2]
    if name == "event_id" and path == "event_id":
        others = [one.payload["event_id"] for one in records if _by_server(one)]  # type: ignore[union-attr]
        return next(one for one in others if one != value)
    if name == "audio_start_ms":
        return value + 3500
    if name == "audio_end_ms":
        return 0
    if name == "status":
        return "completed"
    if name == "type":
        return "audio" if value == "text" else "text"
    if isinstance(value, int):
        return value + 1
    return f"{value}~"
