"""Checks a pack.yaml that a person wrote: every row is one that something reads.

What a pack says is obeyed by readers, engine and reports, so a word that nobody knows would be a
fault that nobody hears of. Each is an error at its place, with what was expected there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rtdebug import resources
from rtdebug.catalogue import book
from rtdebug.documents import Document, load_document
from rtdebug.errors import DocumentError
from rtdebug.packs import wrong_values as values
from rtdebug.packs.checking_errors import error_faults
from rtdebug.packs.checking_schemas import schema_faults
from rtdebug.packs.errors import ErrorTable
from rtdebug.packs.extending import is_pack_name, merged
from rtdebug.packs.life_rows import listed
from rtdebug.packs.lifecycle import BUILT_IN
from rtdebug.packs.wrong_values import SIDES, near, nearest, pointers, shown
from rtdebug.packs.yaml_data import base_folder, read_yaml

Path_ = tuple[str | int, ...]

# What a row may have and of which kind it is; "!" marks what it must have.
_PACK = {
    "pack": "text!", "title": "text!", "extends": "pack", "grammar": "grammar", "name": "any",
    "type_of": "text", "opens": "any", "opens_within": "duration", "patience": "duration!",
    "binary": "any", "docs": "text", "urls": "patterns", "facts": "any", "calls": "rows",
    "scopes": "rows by name", "keepalive": "rows", "reports": "rows", "findings": "texts by name",
    "error": "any", "ends": "facts", "audio": "rows by name", "signs": "pointers by name",
    "roles": "any", "answers": "rows", "settings": "pointers by name", "not_echoed": "pointers",
    "retired": "any", "media_only": "texts", "dispensable": "texts", "mirrors": "texts",
    "audio_rates": "numbers by name", "loosens": "rows by name", "without_turns": "texts",
}  # fmt: skip
_ANSWER = {"ask": "text!", "by": "texts!", "within": "duration!"}
_RETIRED = {"events": "texts by name", "fields": "rows by name"}
_NAME = {"field": "text", "path": "pointer", "keys": "texts", "batch": "text", "spelling": "proto"}
_OPENS = {"first": "side!", "begins": "fact!", "within": "duration"}
_FACT = {"is": "text!", "if": "pointer", "value": "any", "unless": "any", "each": "pointer",
         "id": "pointer"}  # fmt: skip
_CALL = {
    "ask": "fact!", "from": "side!", "by": "facts!", "within": "duration!", "finding": "finding!",
    "owed_by": "side", "id": "flag", "latest": "flag", "must_have": "needs", "lacking": "finding",
    "not_while": "asks", "too_early": "finding", "refused": "finding", "played": "flag",
}  # fmt: skip
_SCOPE = {
    "opens": "facts!", "grows": "facts", "closes": "facts!", "silence": "duration!",
    "finding": "finding!", "unended": "finding", "owed_by": "side", "nearly": "facts",
    "breaks": "facts", "resets": "facts", "id": "flag", "empty": "finding", "overlap": "finding",
    "played": "flag",
}  # fmt: skip
_BEAT = {"from": "side!", "by": "facts!", "within": "duration!", "finding": "finding!",
         "after": "facts"}  # fmt: skip
_AUDIO = {"rate": "number!", "data": "pointer"}
_REPORT = {"fact": "fact!", "finding": "finding!", "because": "pointers"}
_ERROR = dict.fromkeys(("code", "type", "message", "param", "id"), "pointers")
TABLES = (_PACK, _NAME, _OPENS, _FACT, _CALL, _SCOPE, _BEAT, _AUDIO, _REPORT, _ERROR)


def faults(folder: Path) -> list[DocumentError]:
    """Everything wrong with the tables of a pack: with its errors.yaml first, which the pack.yaml
    builds on; in the order of the file."""
    document = load_document(folder / "pack.yaml")
    wrong_errors = error_faults(folder)
    if wrong_errors:
        return wrong_errors
    data = document.value if isinstance(document.value, dict) else {}
    wrong = _wrong_base(folder, data)
    if wrong is not None:
        return [document.error(("extends",), *wrong)]
    below = base_folder(folder, data["extends"]) if "extends" in data else None
    base = merged(below, read_yaml(below / "pack.yaml")) if below is not None else {}
    errors = folder if below is None or (folder / "errors.yaml").is_file() else below
    found = PackCheck(document, ErrorTable.load(errors), base).faults()
    return found or list(schema_faults(folder, data, base))


def _wrong_base(folder: Path, data: dict[str, Any]) -> tuple[str, str] | None:
    """What is wrong with the pack that a pack extends, or with those which that one extends."""
    seen = {folder.resolve()}
    while "extends" in data:
        name = data["extends"]
        if not isinstance(name, str) or not is_pack_name(name):
            return (
                f"expected the name of a pack, found {shown(name)}",
                "one that ships or lies beside",
            )
        folder = base_folder(folder, name)
        if not (folder / "pack.yaml").is_file():
            hint = near(name, resources.pack_names())
            return f"no pack is named {shown(name)}", hint or "see rtdebug packs"
        if folder.resolve() in seen:
            return f"{name} extends this pack, so neither has a beginning", "extend one of the two"
        seen.add(folder.resolve())
        read = read_yaml(folder / "pack.yaml")
        data = read if isinstance(read, dict) else {}
    return None


class PackCheck:
    """One pack.yaml, and what its rows may refer to."""

    def __init__(self, document: Document, table: ErrorTable, base: dict[str, Any]) -> None:
        self._document = document
        self._table = table
        self._found: list[DocumentError] = []
        self._data: dict[str, Any] = document.value if isinstance(document.value, dict) else {}
        self._below = base
        facts = (*self._fact_rows(), *_fact_rows(base))
        self._declared = {str(row["is"]) for _, row in facts if "is" in row}
        self._asks = {
            str(row.get("ask")) for _, row in (*self._rows("calls"), *_rows(base, "calls"))
        }
        self._read = {word for name in _READERS for word in _words(base.get(name))}

    def faults(self) -> list[DocumentError]:
        """Everything wrong with it, in the order of the file."""
        if not isinstance(self._document.value, dict):
            hint = "compare it with a pack that ships"
            return [self._document.error((), "expected the rows of a pack, as a mapping", hint)]
        required = () if "extends" in self._data else None
        self._row((), _PACK, self._data, required)
        self._naming()
        self._roles()
        self._facts()
        if {"facts"} & {*self._data, *self._below}:
            self._lifecycle()
        elif not ({"grammar", "extends"} & set(self._data)):
            self._without_facts()
        self._found.sort(key=lambda one: (one.location.line, one.location.column))
        return self._found

    # -- sections ----------------------------------------------------------------------------

    def _naming(self) -> None:
        naming = self._data.get("name")
        if "name" not in self._data:
            if not {"type_of", "extends"} & set(self._data):
                self._say((), "expected how messages are named", "write name: {field: type}")
        elif not isinstance(naming, dict) or not {"field", "path", "keys"} & set(naming):
            self._say(("name",), "expected field, path or keys", "write name: {field: type}")
        else:
            self._row(("name",), _NAME, naming)

    def _roles(self) -> None:
        roles = self._data.get("roles", {})
        if not isinstance(roles, dict) or set(roles) - set(SIDES):
            self._say(("roles",), "expected client and server", "name the side that sends them")
            return
        for side, types in roles.items():
            self._kind(("roles", side), "texts by name", types)
        for path, row in self._rows("answers"):
            self._row(path, _ANSWER, row)
        self._row(("retired",), _RETIRED, self._data.get("retired", {}))

    def _facts(self) -> None:
        facts = self._data.get("facts")
        if facts is None:
            return
        if not isinstance(facts, dict) or set(facts) - set(SIDES):
            self._say(("facts",), "expected client and server", "name the side that sends them")
            return
        for path, row in self._fact_rows():
            self._row(path, _FACT, row)
        for side, types in facts.items():
            if not isinstance(types, dict):
                self._say(("facts", side), "expected types, each with what it says", "Hello: note")
                continue
            for type_, rows in types.items():
                if rows == []:
                    self._say(("facts", side, type_), "expected what it says", "write note")
                self._doubled(("facts", side, type_), listed(rows))

    def _lifecycle(self) -> None:
        opens = self._data.get("opens")
        if isinstance(opens, dict):
            self._row(("opens",), _OPENS, opens)
        elif opens is not None:
            self._say(("opens",), "expected who is first and what begins it",
                      "write opens: {first: client, begins: FACT}")  # fmt: skip
        tables = (("calls", _CALL), ("scopes", _SCOPE), ("keepalive", _BEAT), ("reports", _REPORT))
        for name, table in tables:
            for path, row in self._rows(name):
                self._row(path, table, row)
            if isinstance(self._data.get(name), list):
                self._doubled((name,), self._data[name])
        self._binary()
        for path, row in self._rows("audio"):
            self._kind(path, "fact", path[-1], at_key=True)
            self._row(path, _AUDIO, row)
        self._row(("error",), _ERROR, self._data.get("error", {}))
        self._aliases()
        self._circles()
        self._unread()

    def _without_facts(self) -> None:
        for name in ("calls", "scopes", "keepalive", "reports", "ends", "error"):
            if name in self._data:
                self._say((name,), f"{name} read facts, and the pack has none", "add facts:")

    def _binary(self) -> None:
        binary = self._data.get("binary")
        if isinstance(binary, dict):
            self._row(("binary",), {"client": "fact", "server": "fact"}, binary)
        elif binary not in (None, "json", "forbidden"):
            self._say(("binary",), "expected json, forbidden, or what each side's say",
                      "write binary: {client: audio.in}")  # fmt: skip

    def _aliases(self) -> None:
        names = self._data.get("findings", {})
        for general, own in names.items() if isinstance(names, dict) else ():
            self._kind(("findings", general), "finding", general, at_key=True)
            self._kind(("findings", general), "finding", own)

    def _circles(self) -> None:
        for path, row in self._rows("calls"):
            if row.get("ask") in _named(row, "by"):
                self._say((*path, "by"), f"{row['ask']} would answer itself",
                          "name the fact of the answer")  # fmt: skip
            if row.get("ask") in _named(row, "not_while"):
                self._say((*path, "not_while"), f"{row['ask']} would wait for itself",
                          "name another ask")  # fmt: skip
        for path, row in self._rows("scopes"):
            for fact in {*_named(row, "opens")} & {*_named(row, "closes")}:
                self._say((*path, "closes"), f"{fact} both opens and closes it",
                          "let another fact close it")  # fmt: skip

    def _unread(self) -> None:
        for path, row in self._fact_rows():
            fact = row.get("is")
            if isinstance(fact, str) and fact not in self._read | BUILT_IN:
                hint = near(fact, self._read) or "write note, or a row"
                self._say(path, f"no row reads the fact {fact}", hint)

    # -- rows --------------------------------------------------------------------------------

    def _fact_rows(self) -> Iterator[tuple[Path_, dict[str, Any]]]:
        return _fact_rows(self._data)

    def _rows(self, name: str) -> Iterator[tuple[Path_, dict[str, Any]]]:
        return _rows(self._data, name)

    def _row(
        self,
        path: Path_,
        table: Mapping[str, str],
        row: Any,
        required: Iterable[str] | None = None,
    ) -> None:
        if not isinstance(row, dict):
            self._say(
                path, f"expected a row, found {shown(row)}", f"write {{{next(iter(table))}: ...}}"
            )
            return
        for key, value in row.items():
            if key not in table:
                hint = near(key, table) or f"expected one of: {', '.join(table)}"
                self._say((*path, key), f"nothing reads {key}", hint, at_key=True)
            else:
                self._kind((*path, key), table[key].rstrip("!"), value)
        must = [key for key, kind in table.items() if kind.endswith("!")]
        misspelt = {name for key in set(row) - set(table) for name in nearest(key, table)}
        for key in must if required is None else required:
            if key not in row and key not in misspelt:
                self._say(path, f"{key} is missing", f"expected {table[key].rstrip('!')}")

    def _kind(self, path: Path_, kind: str, value: Any, *, at_key: bool = False) -> None:
        if self._below and kind in values.KINDS:
            value = _without_null(value)  # which takes away what the pack below has
        if kind in _OF_THE_PACK:
            wrong = _OF_THE_PACK[kind](self, value)
        else:
            wrong = values.KINDS[kind](value) if kind in values.KINDS else None
        if wrong is not None:
            self._say(path, *wrong, at_key=at_key)

    def _doubled(self, path: Path_, rows: list[Any]) -> None:
        counts = Counter(repr(row) for row in rows)
        seen: set[str] = set()
        for number, row in enumerate(rows):
            if counts[repr(row)] > 1 and repr(row) in seen:
                self._say((*path, number), "this row stands here twice", "keep one")
            seen.add(repr(row))

    def _say(self, path: Path_, message: str, hint: str = "", *, at_key: bool = False) -> None:
        self._found.append(self._document.error(path, message, hint, at_key=at_key))

    # -- kinds: each says what is wrong with a value, None where nothing is ------------------

    def fact(self, value: Any) -> tuple[str, str] | None:
        """A fact that some message says."""
        if not isinstance(value, str):
            return f"expected a fact, found {shown(value)}", "write its name"
        self._read.add(value)
        if value in self._declared | BUILT_IN:
            return None
        return f"no message says the fact {value}", near(value, self._declared) or "add it"

    def facts(self, value: Any) -> tuple[str, str] | None:
        """Some of them, at least one and each once."""
        if value == []:
            return "expected at least one fact, found none", "name it, or leave the row out"
        wrong = next((bad for one in listed(value) if (bad := self.fact(one))), None)
        return wrong or values.twice(listed(value))

    def asks(self, value: Any) -> tuple[str, str] | None:
        """Facts that calls ask with."""
        for one in listed(value):
            if str(one) not in self._asks:
                hint = near(str(one), self._asks) or "add the call"
                return f"no call asks with {shown(one)}", hint
        return None

    def needs(self, value: Any) -> tuple[str, str] | None:
        """What answers must have, by their fact."""
        if not isinstance(value, dict):
            return f"expected pointers by fact, found {shown(value)}", "{tool.result: /name}"
        wrong = self.facts(list(value))
        return wrong or next((bad for one in value.values() if (bad := pointers(one))), None)

    def finding(self, value: Any) -> tuple[str, str] | None:
        """A finding that has its text."""
        if self._table.text(str(value)) is not None:
            return None
        hint = near(str(value), (*self._table.own, *book.names()))
        return f"no finding is named {shown(value)}", hint or "add it to errors.yaml: findings"


# What reads facts; what a pack below reads may be said by the pack that extends it.
_READERS = ("calls", "scopes", "keepalive", "reports", "ends", "opens", "binary")


def _fact_rows(data: dict[str, Any]) -> Iterator[tuple[Path_, dict[str, Any]]]:
    """Each fact with its place; one that is only a word as if it were a row."""
    facts = data.get("facts")
    for side, types in facts.items() if isinstance(facts, dict) else ():
        for type_, rows in types.items() if isinstance(types, dict) else ():
            if rows is None and "extends" in data:
                continue  # takes away what the pack below has
            for number, row in enumerate(listed(rows)):
                path = ("facts", side, type_, *((number,) if isinstance(rows, list) else ()))
                yield path, row if isinstance(row, dict) else {"is": row}


def _rows(data: dict[str, Any], name: str) -> Iterator[tuple[Path_, dict[str, Any]]]:
    """Each row of a section with its place."""
    rows = data.get(name) or ()
    pairs: Iterable[tuple[str | int, Any]] = ()
    if isinstance(rows, dict):
        pairs = rows.items()
    elif isinstance(rows, list):
        pairs = enumerate(rows)
    for key, row in pairs:
        if isinstance(row, dict):
            yield (name, key), row


def _without_null(value: Any) -> Any:
    """A mapping without its members that are null."""
    if not isinstance(value, dict):
        return value
    return {key: one for key, one in value.items() if one is not None}


def _named(row: dict[str, Any], key: str) -> list[str]:
    """The facts that a row names under a key."""
    return [one for one in listed(row.get(key, [])) if isinstance(one, str)]


def _words(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    for one in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from _words(one)


_OF_THE_PACK = {
    "fact": PackCheck.fact,
    "facts": PackCheck.facts,
    "asks": PackCheck.asks,
    "needs": PackCheck.needs,
    "finding": PackCheck.finding,
}
