"""Writes a draft as the folder of a pack, each proposal marked as one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rtdebug.errors import UnreadableError
from rtdebug.model.records import Sender
from rtdebug.model.value import Value
from rtdebug.packs.checking_schemas import wrong_schema
from rtdebug.packs.drafting.draft import Draft, Message
from rtdebug.packs.drafting.proposals import Proposals
from rtdebug.packs.drafting.wording import spoken
from rtdebug.safe import one_line

_FILE_NAME = re.compile(r"[\w][\w .\-]{0,99}")
_PLAIN = re.compile(r"[A-Za-z_/][\w./*-]*")
_NO_TEXT = spoken("y n yes no on off true false null")


class Made(Value):
    """What was written: how many types of each side, how many rows, and what could not be taken."""

    client: int
    server: int
    rows: int
    notes: tuple[str, ...]


def write(draft: Draft, folder: Path) -> Made:
    """Writes the folder."""
    notes = list(draft.notes)
    proposals = Proposals(draft)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for one in draft.messages:
            notes += _schema(one, folder)
        (folder / "errors.yaml").write_text(_errors(draft), encoding="utf-8")
        (folder / "pack.yaml").write_text(_pack(draft, proposals, folder), encoding="utf-8")
    except OSError as error:
        raise UnreadableError(f"{folder}: cannot be written: {error.strerror}",
                              "choose another -o") from None  # fmt: skip
    rows = len(proposals.calls) + len(proposals.scopes) + len(proposals.beats)
    client, server = (len(draft.of(sender)) for sender in Sender)
    return Made(client, server, rows, tuple(notes))


def _schema(one: Message, folder: Path) -> list[str]:
    if not one.schema or draft_only(one):
        return []
    if not _FILE_NAME.fullmatch(one.type):
        return [f"{one.type}: no file can have this name, so it has no schema"]
    if wrong_schema(dict(one.schema), {}):
        return [f"{one.type}: its schema is none in JSON Schema 2020-12, and is left out"]
    place = folder / one.sender.value / f"{one.type}.json"
    place.parent.mkdir(exist_ok=True)
    text = json.dumps(one.schema, indent=1, ensure_ascii=False)
    place.write_text(text + "\n", encoding="utf-8")
    return []


def draft_only(one: Message) -> bool:
    """Whether a schema is of what was seen, which is too little to judge by."""
    return bool(one.schema.get("x-seen"))


def _pack(draft: Draft, proposals: Proposals, folder: Path) -> str:
    return "\n".join(_lines(draft, proposals, folder)) + "\n"


def _lines(draft: Draft, made: Proposals, folder: Path) -> Iterator[str]:
    yield f"# Made by `rtdebug packs new` from {one_line(draft.source, 200)}."
    yield "# What is marked so is proposed by the names of messages and by what followed what:"
    yield "# confirm or correct each row, and say in one what a note leaves out. docs/packs.md"
    name = re.sub(r"[^a-z0-9-]+", "-", folder.resolve().name.lower()).strip("-")
    yield f"pack: {_text(name or 'mine')}"
    yield f"title: {_text(one_line(draft.title, 80))}"
    field = {"field": draft.field} if draft.field else {}
    yield f"name: {_flow({**field, **({'keys': list(draft.keys)} if draft.keys else {})})}"
    yield "patience: 10s"
    if made.binary:
        yield f"binary: {_flow(made.binary)}"
    if draft.urls:
        yield f"urls: {_flow(list(draft.urls))}"
    yield ""
    yield "facts: # proposed"
    for sender in Sender:
        rows = made.facts[sender]
        yield f"  {sender.value}:" if rows else f"  {sender.value}: {{}}"
        yield from (f"    {_text(type_)}: {_flow(row)}" for type_, row in rows.items())
    yield from _section("opens", _members(made.opens))
    yield from _section("calls", (f"  - {_flow(row)}" for row in made.calls))
    for name, row in made.scopes.items():
        yield from _section("scopes", [f"  {name}:", *(f"  {one}" for one in _members(row))])
    yield from _section("keepalive", (f"  - {_flow(row)}" for row in made.beats))
    yield from _section("error", _members(made.error))
    yield from _section("signs", _members(made.signs))
    if made.ends:
        yield f"\nends: {_flow(made.ends)} # proposed"


def _section(name: str, lines: Iterable[str]) -> Iterator[str]:
    there = list(lines)
    if there:
        yield f"\n{name}: # proposed"
        yield from there


def _members(row: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"  {_text(key)}: {_flow(value)}" for key, value in row.items())


def _errors(draft: Draft) -> str:
    head = ("# Which words of the server are which finding; rtdebug rules lists all.\n"
            "#   - {where: [error], code: no_credit, finding: insufficient-quota}\n"
            "#   - {where: [close], close: 1008, finding: close-provider-code}\n")  # fmt: skip
    told = "".join(f"#   {one_line(one, 160)}\n" for one in draft.closes)
    return head + (f"# The document says of codes:\n{told}" if told else "") + "match: []\n"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key)}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(value: str) -> str:
    """A text as YAML has it, in quotes where it might be something else."""
    plain = _PLAIN.fullmatch(value) and value.lower() not in _NO_TEXT
    return (
        value
        if plain or re.fullmatch(r"\d+(ms|s|m)", value)
        else json.dumps(value, ensure_ascii=True)
    )
