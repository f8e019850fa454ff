"""What recordings show of a protocol that nobody has described: names, senders, ids, pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rtdebug.model.records import Event, Record, Sender, Undecodable
from rtdebug.packs.drafting.draft import Draft, Message, Pair

_LIKELY = ("type", "message_type", "event", "kind", "event_type", "message", "method", "action")
_MOST_TYPES = 200
_MOST_KEPT = 50  # messages of one type that are looked at for what it has


def naming_of(payloads: Sequence[Mapping[str, Any]]) -> tuple[str, tuple[str, ...]]:
    """The member that names most messages, and the keys that name the others."""
    counts: Counter[str] = Counter()
    values: dict[str, set[str]] = {}
    for payload in payloads:
        for key, value in payload.items():
            if isinstance(value, str) and len(value) <= 80:
                counts[key] += 1
                values.setdefault(key, set()).add(value)
    likely = [key for key in _LIKELY if counts[key] * 2 > len(payloads)]
    often = [key for key in counts if counts[key] * 2 > len(payloads)
             and len(values[key]) * 2 <= max(4, counts[key])]  # fmt: skip
    field = next(iter((*likely, *often)), "")
    rest = [one for one in payloads if not isinstance(one.get(field), str)]
    keys = dict.fromkeys(key for one in rest for key in list(one)[:1] if isinstance(key, str))
    return field, tuple(keys)[:_MOST_TYPES]


def draft_of(
    connections: Iterable[Sequence[Record]], source: str, field: str, keys: tuple[str, ...],
    urls: tuple[str, ...],
) -> Draft:  # fmt: skip
    """The draft of what the records of some connections show."""
    seen: dict[tuple[Sender, str], list[Mapping[str, Any]]] = {}
    binary: dict[Sender, None] = {}
    firsts: set[Sender] = set()
    watched = [_spoken(one) for one in connections]
    for records in watched:
        firsts |= {one.sender for one in records[:1] if one.sender is not None}
        for one in records:
            if isinstance(one, Undecodable):
                binary[one.sender] = None
            elif len(seen) < _MOST_TYPES or (one.sender, one.type) in seen:
                seen.setdefault((one.sender, one.type), []).append(one.payload)
    return Draft(
        title="A protocol",
        source=source,
        field=field,
        keys=keys,
        messages=tuple(
            Message(sender, type_, {"x-seen": True, **schema_of(payloads[:_MOST_KEPT])})
            for (sender, type_), payloads in seen.items()
        ),
        binary=tuple(binary),
        urls=urls,
        first=firsts.pop() if len(firsts) == 1 else None,
        pairs=tuple(_pairs(watched)),
        is_seen=True,
    )


def _spoken(records: Iterable[Record]) -> list[Event | Undecodable]:
    return [
        one for one in records
        if isinstance(one, Event) or (isinstance(one, Undecodable) and isinstance(one.data, bytes))
    ]  # fmt: skip


def schema_of(values: Sequence[Any]) -> dict[str, Any]:
    """The shape of some values: enough to find where ids and words of an error are."""
    objects = [one for one in values if isinstance(one, Mapping)]
    parts = [part for one in values if isinstance(one, list) for part in one]
    keys = dict.fromkeys(key for one in objects for key in one)
    found: dict[str, Any] = {}
    if keys:
        found["properties"] = {
            key: schema_of([one[key] for one in objects if key in one]) for key in keys
        }
    if parts:
        found["items"] = schema_of(parts[:_MOST_KEPT])
    return found


def _pairs(connections: Iterable[Sequence[Event | Undecodable]]) -> list[Pair]:
    """Each type of the client with the type of the server that came once after each, before the
    next. Once is chance."""
    followers: dict[str, list[dict[str, float]]] = {}
    for records in connections:
        events = [one for one in records if isinstance(one, Event)]
        for index, ask in enumerate(events):
            if ask.sender is not Sender.CLIENT:
                continue
            came: dict[str, float] = {}
            for other in events[index + 1 :]:
                if (other.sender, other.type) == (Sender.CLIENT, ask.type):
                    break
                if other.sender is Sender.SERVER:
                    came.setdefault(other.type, other.at - ask.at)
            followers.setdefault(ask.type, []).append(came)
    totals = Counter(one.type for records in connections for one in records
                     if isinstance(one, Event) and one.sender is Sender.SERVER)  # fmt: skip
    found = []
    for asked, all_came in followers.items():
        if len(all_came) < 2:
            continue
        always = [type_ for type_ in all_came[0] if all(type_ in one for one in all_came)
                  and totals[type_] == len(all_came)]  # fmt: skip
        if always:
            slowest = {type_: max(one[type_] for one in all_came) for type_ in always}
            answer = min(always, key=lambda type_: slowest[type_])
            found.append(Pair(asked, answer, slowest[answer]))
    return found
