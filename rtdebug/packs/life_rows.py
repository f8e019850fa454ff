"""Turns the rows of a pack.yaml, already checked, into what the engine follows."""

from __future__ import annotations

from typing import Any

from rtdebug.model.records import Sender
from rtdebug.packs.lifecycle import Audio, Beat, Call, FactRow, Lifecycle, Pointer, Report, Scope
from rtdebug.packs.naming import Naming
from rtdebug.packs.pointers import snake, taken_apart
from rtdebug.packs.yaml_data import seconds

_OTHER = {Sender.CLIENT: Sender.SERVER, Sender.SERVER: Sender.CLIENT}


def naming_of(data: dict[str, Any]) -> Naming:
    """How the pack names messages: ``name``, or the older ``type_of``."""
    given = data.get("name") or _older(data["type_of"])
    keys = tuple(given.get("keys", ()))
    spellings = {key: key for key in keys} | data.get("aliases", {})
    if given.get("spelling") == "proto":
        spellings |= {snake(key): key for key in keys}
    return Naming(
        field=given.get("field", ""),
        path=taken_apart(given.get("path", "")),
        keys=keys,
        batch=given.get("batch", ""),
        spellings=spellings,
        proto=given.get("spelling") == "proto",
    )


def _older(type_of: str) -> dict[str, Any]:
    return {"field": type_of}


def lifecycle_of(data: dict[str, Any]) -> Lifecycle | None:
    """What a pack says of its sessions; None for a pack without facts."""
    if "facts" not in data:
        return None
    opens = data.get("opens", {})
    return Lifecycle(
        facts={sender: _facts(data["facts"].get(sender.value, {})) for sender in Sender},
        begins=opens.get("begins", "") if isinstance(opens, dict) else "",
        calls=tuple(map(_call, data.get("calls", ()))),
        scopes=tuple(_scope(name, row) for name, row in data.get("scopes", {}).items()),
        beats=tuple(map(_beat, data.get("keepalive", ()))),
        reports=tuple(map(_report, data.get("reports", ()))),
        error={name: _pointers(value) for name, value in data.get("error", {}).items()},
        names=data.get("findings", {}),
        ends=tuple(data.get("ends", ())),
        audio={fact: _audio(row) for fact, row in data.get("audio", {}).items()},
    )


def _facts(types: dict[str, Any]) -> dict[str, tuple[FactRow, ...]]:
    return {type_: tuple(map(_fact, listed(rows))) for type_, rows in types.items()}


def _fact(row: str | dict[str, Any]) -> FactRow:
    if isinstance(row, str):
        return FactRow(row)
    return FactRow(
        fact=row["is"],
        test=_pointer(row.get("if")),
        values=tuple(listed(row["value"])) if "value" in row else (),
        unless=tuple(listed(row.get("unless", []))),
        each=_pointer(row.get("each")),
        id=_pointer(row.get("id")),
    )


def _call(row: dict[str, Any]) -> Call:
    sender = Sender(row["from"])
    return Call(
        ask=row["ask"],
        sender=sender,
        by=tuple(listed(row["by"])),
        within=seconds(row["within"]),
        finding=row["finding"],
        owed_by=Sender(row["owed_by"]) if "owed_by" in row else _OTHER[sender],
        keyed=row.get("id", False),
        latest=row.get("latest", False),
        must_have={fact: _pointers(value) for fact, value in row.get("must_have", {}).items()},
        lacking=row.get("lacking", ""),
        not_while=tuple(listed(row.get("not_while", []))),
        too_early=row.get("too_early", ""),
        refused=row.get("refused", ""),
        played=row.get("played", False),
    )


def _scope(name: str, row: dict[str, Any]) -> Scope:
    return Scope(
        name=name,
        opens=tuple(listed(row["opens"])),
        grows=tuple(listed(row.get("grows", []))),
        closes=tuple(listed(row["closes"])),
        silence=seconds(row["silence"]),
        finding=row["finding"],
        unended=row.get("unended", row["finding"]),
        owed_by=Sender(row.get("owed_by", "server")),
        nearly=tuple(listed(row.get("nearly", []))),
        breaks=tuple(listed(row.get("breaks", []))),
        resets=tuple(listed(row.get("resets", []))),
        keyed=row.get("id", False),
        empty=row.get("empty", ""),
        overlap=row.get("overlap", ""),
        played=row.get("played", False),
    )


def _beat(row: dict[str, Any]) -> Beat:
    return Beat(
        Sender(row["from"]), tuple(listed(row["by"])), seconds(row["within"]), row["finding"],
        tuple(listed(row.get("after", []))),
    )  # fmt: skip


def _audio(row: dict[str, Any]) -> Audio:
    return Audio(row["rate"], _pointer(row.get("data")))


def _report(row: dict[str, Any]) -> Report:
    return Report(row["fact"], row["finding"], _pointers(row.get("because", [])))


def _pointer(text: str | None) -> Pointer | None:
    return taken_apart(text) if text is not None else None


def _pointers(value: str | list[str]) -> tuple[Pointer, ...]:
    return tuple(map(taken_apart, listed(value)))


def listed(value: Any) -> list[Any]:
    """A list as it is, anything else as a list of one."""
    return value if isinstance(value, list) else [value]
