"""Environment variables by which clients are pointed at another server: tables beside the packs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rtdebug import resources
from rtdebug.model.value import Value
from rtdebug.packs.load import DEFAULT_PACK
from rtdebug.packs.yaml_data import read_yaml

_FILE = "environment.yaml"


class Variable(Value):
    """One variable: the template of its value, the end of the host it is for ("" is any), who
    reads it, and beside which others it is not set."""

    name: str
    value: str
    host: str = ""
    read_by: str = ""
    unless: tuple[str, ...] = ()


class Table(Value):
    """The variables of a protocol; ``upstream`` is its provider, ``keys`` are what its clients
    insist on."""

    variables: tuple[Variable, ...]
    keys: tuple[str, ...] = ()
    upstream: str = ""


def table_of(pack: str) -> Table:
    """The table of a pack; one without a table is reached as the default pack is."""
    own = resources.schemas(pack, _FILE)
    return _table(read_yaml(own if own.is_file() else resources.schemas(DEFAULT_PACK, _FILE)))


def all_tables() -> tuple[Table, ...]:
    """Those of all packs that ship, the default one first."""
    found = sorted(resources.schemas().glob(f"*/{_FILE}"), key=lambda path: path.parent.name)
    found.sort(key=lambda path: path.parent.name != DEFAULT_PACK)
    return tuple(_table(read_yaml(path)) for path in found)


def common_table() -> Table:
    """The variables that are set whatever the protocol is."""
    return _table(read_yaml(resources.schemas(_FILE)))


def trust_variables() -> tuple[Variable, ...]:
    """The variables that make clients trust an authority."""
    return _variables(read_yaml(resources.schemas(_FILE))["trust"])


def _table(data: Mapping[str, Any]) -> Table:
    keys = tuple(data.get("keys", ()))
    return Table(_variables(data["variables"]), keys, data.get("upstream", ""))


def _variables(rows: Iterable[Mapping[str, Any]]) -> tuple[Variable, ...]:
    return tuple(Variable(**{**row, "unless": tuple(row.get("unless", ()))}) for row in rows)
