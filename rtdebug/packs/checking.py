"""Checks a pack.yaml that a person wrote: every row is one that something reads.

What a pack says is obeyed by readers, engine and reports, so a word that nobody knows would be a
fault that nobody hears of. Each is an error at its place, with what was expected there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rtdebug.catalogue import book
from rtdebug.documents import Document, load_document
from rtdebug.errors import DocumentError
from rtdebug.packs.errors import ErrorTable
from rtdebug.packs.life_rows import listed
from rtdebug.packs.lifecycle import BUILT_IN
from rtdebug.protocols import PROTOCOLS

Path_ = tuple[str | int, ...]

# What a row may have and of which kind it is; "!" marks what it must have.
_PACK = {
    "pack": "text!", "title": "text!", "extends": "text", "grammar": "grammar", "name": "any",
    "type_of": "text", "opens": "any", "opens_within": "duration", "patience": "duration!",
    "binary": "any", "docs": "text", "urls": "patterns", "facts": "any", "calls": "any",
    "scopes": "any", "keepalive": "any", "reports": "any", "findings": "any", "error": "any",
    "ends": "facts", "signs": "any", "roles": "any", "answers": "any", "settings": "any",
    "not_echoed": "any", "retired": "any", "media_only": "any", "dispensable": "any",
    "mirrors": "any", "audio_rates": "any", "without_turns": "texts",
}  # fmt: skip
_NAME = {"field": "text", "path": "pointer", "keys": "texts", "batch": "text", "spelling": "proto"}
_OPENS = {"first": "side!", "begins": "fact!", "within": "duration"}
_FACT = {"is": "text!", "if": "pointer", "value": "any", "unless": "any", "each": "pointer",
         "id": "pointer"}  # fmt: skip
_CALL = {
    "ask": "fact!", "from": "side!", "by": "facts!", "within": "duration!", "finding": "finding!",
    "owed_by": "side", "id": "flag", "latest": "flag", "must_have": "needs", "lacking": "finding",
    "not_while": "asks", "too_early": "finding", "refused": "finding",
}  # fmt: skip
_SCOPE = {
    "opens": "facts!", "grows": "facts", "closes": "facts!", "silence": "duration!",
    "finding": "finding!", "unended": "finding", "owed_by": "side", "nearly": "facts",
    "breaks": "facts", "resets": "facts", "id": "flag", "empty": "finding", "overlap": "finding",
}  # fmt: skip
_BEAT = {"from": "side!", "by": "facts!", "within": "duration!", "finding": "finding!"}
_REPORT = {"fact": "fact!", "finding": "finding!", "because": "pointers"}
_ERROR = dict.fromkeys(("code", "type", "message", "param", "id"), "pointers")
_SIDES = ("client", "server")


def faults(folder: Path) -> list[DocumentError]:
    """Everything wrong with the pack.yaml of a folder, in the order of the file."""
    document = load_document(folder / "pack.yaml")
    return PackCheck(document, ErrorTable.load(folder)).faults()


class PackCheck:
    """One pack.yaml, and what its rows may refer to."""

    def __init__(self, document: Document, table: ErrorTable) -> None:
        self._document = document
        self._table = table
        self._found: list[DocumentError] = []
        self._data: dict[str, Any] = document.value if isinstance(document.value, dict) else {}
        self._declared = {str(row["is"]) for _, row in self._fact_rows() if "is" in row}
        self._asks = {row.get("ask") for _, row in self._rows("calls")}
        self._read: set[str] = set()

    def faults(self) -> list[DocumentError]:
        """Everything wrong with it, in the order of the file."""
        if not isinstance(self._document.value, dict):
            hint = "compare it with a pack that ships"
            return [self._document.error((), "expected the rows of a pack, as a mapping", hint)]
        required = () if "extends" in self._data else None
        self._row((), _PACK, self._data, required)
        self._naming()
        self._facts()
        if "facts" in self._data:
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

    def _facts(self) -> None:
        facts = self._data.get("facts")
        if facts is None:
            return
        if not isinstance(facts, dict) or set(facts) - set(_SIDES):
            self._say(("facts",), "expected client and server", "name the side that sends them")
            return
        for path, row in self._fact_rows():
            self._row(path, _FACT, row)
        for side, types in facts.items():
            for type_, rows in (types or {}).items():
                self._doubled(("facts", side, type_), listed(rows))

    def _lifecycle(self) -> None:
        opens = self._data.get("opens")
        if isinstance(opens, dict):
            self._row(("opens",), _OPENS, opens)
        elif opens is not None:
            self._say(("opens",), "expected {first: SIDE, begins: FACT}")
        tables = (("calls", _CALL), ("scopes", _SCOPE), ("keepalive", _BEAT), ("reports", _REPORT))
        for name, table in tables:
            for path, row in self._rows(name):
                self._row(path, table, row)
            if isinstance(self._data.get(name), list):
                self._doubled((name,), self._data[name])
        self._binary()
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
            if row.get("ask") in listed(row.get("by", [])):
                self._say((*path, "by"), f"{row['ask']} would answer itself",
                          "name the fact of the answer")  # fmt: skip
            if row.get("ask") in listed(row.get("not_while", [])):
                self._say((*path, "not_while"), f"{row['ask']} would wait for itself",
                          "name another ask")  # fmt: skip
        for path, row in self._rows("scopes"):
            for fact in set(listed(row.get("opens", []))) & set(listed(row.get("closes", []))):
                self._say((*path, "closes"), f"{fact} both opens and closes it",
                          "let another fact close it")  # fmt: skip

    def _unread(self) -> None:
        for path, row in self._fact_rows():
            fact = row.get("is")
            if isinstance(fact, str) and fact not in self._read | BUILT_IN:
                near = _near(fact, self._read)
                self._say(path, f"no row reads the fact {fact}", near or "write note, or a row")

    # -- rows --------------------------------------------------------------------------------

    def _fact_rows(self) -> Iterator[tuple[Path_, dict[str, Any]]]:
        """Each fact with its place; one that is only a word as if it were a row."""
        facts = self._data.get("facts")
        for side, types in facts.items() if isinstance(facts, dict) else ():
            for type_, rows in types.items() if isinstance(types, dict) else ():
                for number, row in enumerate(listed(rows)):
                    path = ("facts", side, type_, *((number,) if isinstance(rows, list) else ()))
                    yield path, row if isinstance(row, dict) else {"is": row}

    def _rows(self, name: str) -> Iterator[tuple[Path_, dict[str, Any]]]:
        rows = self._data.get(name, ())
        pairs: Iterable[tuple[str | int, Any]]
        pairs = rows.items() if isinstance(rows, dict) else enumerate(rows or ())
        if (name == "scopes") != isinstance(rows, dict) and rows:
            return
        for key, row in pairs:
            if isinstance(row, dict):
                yield (name, key), row

    def _row(
        self,
        path: Path_,
        table: Mapping[str, str],
        row: Any,
        required: Iterable[str] | None = None,
    ) -> None:
        if not isinstance(row, dict):
            self._say(path, f"expected {', '.join(table)}")
            return
        for key, value in row.items():
            if key not in table:
                hint = _near(key, table) or f"expected one of: {', '.join(table)}"
                self._say((*path, key), f"nothing reads {key}", hint, at_key=True)
            else:
                self._kind((*path, key), table[key].rstrip("!"), value)
        must = [key for key, kind in table.items() if kind.endswith("!")]
        misspelt = {name for key in set(row) - set(table) for name in _nearest(key, table)}
        for key in must if required is None else required:
            if key not in row and key not in misspelt:
                self._say(path, f"{key} is missing", f"expected {table[key].rstrip('!')}")

    def _kind(self, path: Path_, kind: str, value: Any, *, at_key: bool = False) -> None:
        wrong = _KINDS[kind](self, value) if kind in _KINDS else None
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
            return f"expected a fact, found {_shown(value)}", "write its name"
        self._read.add(value)
        if value in self._declared | BUILT_IN:
            return None
        return f"no message says the fact {value}", _near(value, self._declared) or "add it"

    def facts(self, value: Any) -> tuple[str, str] | None:
        """Some of them."""
        return next((wrong for one in listed(value) if (wrong := self.fact(one))), None)

    def asks(self, value: Any) -> tuple[str, str] | None:
        """Facts that calls ask with."""
        for one in listed(value):
            if one not in self._asks:
                known = {str(ask) for ask in self._asks}
                return f"no call asks with {_shown(one)}", _near(str(one), known) or "add the call"
        return None

    def needs(self, value: Any) -> tuple[str, str] | None:
        """What answers must have, by their fact."""
        if not isinstance(value, dict):
            return f"expected pointers by fact, found {_shown(value)}", "{tool.result: /name}"
        wrong = self.facts(list(value))
        return wrong or next((bad for one in value.values() if (bad := _pointers(one))), None)

    def finding(self, value: Any) -> tuple[str, str] | None:
        """A finding that has its text."""
        if self._table.text(str(value)) is not None:
            return None
        near = _near(str(value), (*self._table.own, *book.names()))
        return f"no finding is named {_shown(value)}", near or "add it to errors.yaml: findings"


def _text(value: Any) -> tuple[str, str] | None:
    return None if isinstance(value, str) else (f"expected text, found {_shown(value)}", "quote it")


def _texts(value: Any) -> tuple[str, str] | None:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return None
    return f"expected a list of names, found {_shown(value)}", "write [name, name]"


def _flag(value: Any) -> tuple[str, str] | None:
    if isinstance(value, bool):
        return None
    return f"expected true or false, found {_shown(value)}", "leave it out for false"


def _side(value: Any) -> tuple[str, str] | None:
    if value in _SIDES:
        return None
    near = _near(str(value), _SIDES)
    return f"expected client or server, found {_shown(value)}", near or "name who sends it"


def _duration(value: Any) -> tuple[str, str] | None:
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?(ms|s|m)", value):
        return None
    return f"expected a duration, found {_shown(value)}", "write a unit: 250ms, 5s, 2m"


def _pointer(value: Any) -> tuple[str, str] | None:
    if isinstance(value, str) and (not value or value.startswith("/")):
        return None
    return f"expected a JSON pointer, found {_shown(value)}", "begin it with /"


def _pointers(value: Any) -> tuple[str, str] | None:
    return next((wrong for one in listed(value) if (wrong := _pointer(one))), None)


def _patterns(value: Any) -> tuple[str, str] | None:
    for one in listed(value):
        try:
            re.compile(one)
        except (re.error, TypeError) as error:
            return f"expected a pattern, found {_shown(one)}: {error}", "see Python's re"
    return None


def _proto(value: Any) -> tuple[str, str] | None:
    return None if value == "proto" else (f"expected proto, found {_shown(value)}", "or leave it")


def _grammar(value: Any) -> tuple[str, str] | None:
    known = [one.grammar for one in PROTOCOLS if one.grammar]
    if value in known:
        return None
    return f"no grammar is named {_shown(value)}", f"expected one of: {', '.join(known)}"


def _shown(value: Any) -> str:
    return repr(value)[:60]


def _near(word: str, known: Iterable[str]) -> str:
    near = _nearest(word, known)
    return f"did you mean {near[0]}?" if near else ""


def _nearest(word: str, known: Iterable[str]) -> list[str]:
    return get_close_matches(word[:80], list(known), 1, 0.6)


_KINDS: dict[str, Any] = {
    "fact": PackCheck.fact,
    "facts": PackCheck.facts,
    "asks": PackCheck.asks,
    "needs": PackCheck.needs,
    "finding": PackCheck.finding,
    "text": lambda _, value: _text(value),
    "texts": lambda _, value: _texts(value),
    "flag": lambda _, value: _flag(value),
    "side": lambda _, value: _side(value),
    "duration": lambda _, value: _duration(value),
    "pointer": lambda _, value: _pointer(value),
    "pointers": lambda _, value: _pointers(value),
    "patterns": lambda _, value: _patterns(value),
    "proto": lambda _, value: _proto(value),
    "grammar": lambda _, value: _grammar(value),
}
