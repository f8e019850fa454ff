"""What a scenario needs to know of a protocol: its event types, their roles, and a checker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from rtdebug.model.records import Event, Sender
from rtdebug.model.value import EMPTY, Value
from rtdebug.packs.facts import Fact, facts_of
from rtdebug.packs.load import load_pack
from rtdebug.packs.pack import ONE_KEY, Pack
from rtdebug.packs.violations import SchemaViolation, describe
from rtdebug.scenario.shapes import EventShape, shape_of
from rtdebug.scenario.substitution import MISSING


class Vocabulary(Value):
    """One protocol as a scenario sees it. ``roles`` map role -> event type; ``retired`` maps old
    event types, ``retired_fields`` (by client event type and JSON pointer) old fields to what
    replaced them; ``input_format`` is the JSON pointer of the input format in a session;
    ``check_event`` says what is wrong with a client event (of kind ``event`` where its very type
    is), ``name_of`` its type; ``shape_of`` is what a server event can hold, None where that is not
    known; ``facts`` are what its server's messages say, ``facts_of`` what one of them does."""

    pack: str
    check_event: Callable[[dict[str, Any]], Sequence[SchemaViolation]]
    client_types: frozenset[str] = frozenset()
    server_types: frozenset[str] = frozenset()
    roles: Mapping[str, str] = EMPTY
    retired: Mapping[str, str] = EMPTY
    retired_fields: Mapping[str, Mapping[str, str]] = EMPTY
    input_format: str = ""
    name_of: Callable[[Mapping[str, Any]], str | None] = lambda payload: payload.get("type")
    shape_of: Callable[[str], EventShape | None] = lambda type_: None
    facts: frozenset[str] = frozenset()
    facts_of: Callable[[Event], Iterable[Fact]] = lambda event: ()


@cache
def vocabulary_of(name: str) -> Vocabulary:
    """The vocabulary of a pack that ships; UsageError for an unknown name."""
    pack = load_pack(name)
    client, server = (
        frozenset((*pack.schemas.types(sender), *pack.roles[sender].values()))
        for sender in (Sender.CLIENT, Sender.SERVER)
    )

    def check_event(payload: dict[str, Any]) -> Sequence[SchemaViolation]:
        return _check(pack, client, payload)

    return Vocabulary(
        pack=pack.name,
        check_event=check_event,
        client_types=client,
        server_types=server,
        roles={**pack.roles[Sender.SERVER], **pack.roles[Sender.CLIENT]},
        retired=pack.retired_events,
        retired_fields=pack.retired_fields,
        input_format=pack.settings.get("input_format", ""),
        name_of=pack.name_of,
        shape_of=lambda type_: _shape(pack, type_),
        facts=_facts(pack),
        facts_of=lambda event: facts_of(pack.life, pack.naming, event) if pack.life else (),
    )


def _facts(pack: Pack) -> frozenset[str]:
    """What messages of the server say."""
    types = pack.life.facts[Sender.SERVER].values() if pack.life is not None else ()
    return frozenset(row.fact for rows in types for row in rows)


def _shape(pack: Pack, type_: str) -> EventShape | None:
    kind = pack.kind(Sender.SERVER, type_)
    if kind is None:
        return None
    return shape_of(kind.schema, pack.schemas.documents(closed=False).values())


def _check(pack: Pack, known: frozenset[str], payload: dict[str, Any]) -> Sequence[SchemaViolation]:
    type_ = pack.name_of(payload)
    kind = pack.kind(Sender.CLIENT, type_) if type_ is not None else None
    if kind is not None:
        return [] if kind.passes(payload) else kind.faults(payload)
    if type_ in known:
        return []
    pointer = "" if pack.type_of == ONE_KEY else f"/{pack.type_of}"
    if type_ is not None:
        return [SchemaViolation(pointer, "event", "a client event", describe(type_))]
    there = payload.get(pack.type_of, MISSING)
    found = "nothing" if there is MISSING else describe(there)
    return [SchemaViolation(pointer, "missing", "the type of a client event", found)]
