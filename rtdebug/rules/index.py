"""The index of all rules: what each looks at, so that a session loads those it needs.

``python -m rtdebug.rules.index`` writes index.json anew from the registry; a test holds the two
together.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from rtdebug.engine.rule import NeutralRule
from rtdebug.engine.rulebook import Entry

_PATH = Path(__file__).with_name("index.json")
_PACKAGE = "rtdebug.rules."
_LISTS = ("roles", "breaches", "moments", "begins")


@cache
def entries() -> tuple[Entry, ...]:
    """All rules in the order of the registry, none of them loaded."""
    return tuple(map(_entry, orjson.loads(_PATH.read_bytes())))


def _entry(row: dict[str, Any]) -> Entry:
    module, name = row["rule"].split(":")
    return Entry(
        roles=tuple(row.get("roles", ())),
        breaches=tuple(row.get("breaches", ())),
        moments=tuple(row.get("moments", ())),
        begins=tuple(row.get("begins", ())),
        load=_loader(module, name),
        serves=row.get("serves", "grammar"),
    )


def _loader(module: str, name: str) -> Callable[[], type[NeutralRule]]:
    def load() -> type[NeutralRule]:
        rule: type[NeutralRule] = getattr(import_module(_PACKAGE + module), name)
        return rule

    return load


def rows() -> list[dict[str, Any]]:
    """The index as the registry has it; what is empty is left out."""
    from rtdebug.rules.registry import RULES

    return [_row(rule) for rule in RULES]


def _row(rule: type[NeutralRule]) -> dict[str, Any]:
    entry = Entry.of(rule)
    module = rule.__module__.removeprefix(_PACKAGE)
    listed = entry._asdict()
    looks = {name: list(listed[name]) for name in _LISTS if listed[name]}
    serves = {} if entry.serves == "grammar" else {"serves": entry.serves}
    return {"rule": f"{module}:{rule.__name__}", **looks, **serves}


def written() -> bytes:
    """The index as a file: one rule a line."""
    return b"[\n" + b",\n".join(map(orjson.dumps, rows())) + b"\n]\n"


if __name__ == "__main__":
    _PATH.write_bytes(written())
