"""Reads the cases that a client is graded by: ``judge/NAME.yaml`` of a pack, or any other file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rtdebug.documents import load_document
from rtdebug.errors import UsageError
from rtdebug.packs.pack import Pack
from rtdebug.probe.client_case import After, ClientCase, Demand
from rtdebug.probe.client_demands import DEMANDS
from rtdebug.scenario.matchers import compile_pattern
from rtdebug.scenario.mock_reader import read_mock_script
from rtdebug.scenario.parts import Part
from rtdebug.scenario.substitution import Names

FOLDER = "judge"
_NEEDED = ("name", "asks", "after", "checks")
_AFTER = ("server", "client", "closed", "refused")


def read_client_cases(pack: Pack, name: str) -> tuple[ClientCase, ...]:
    """The cases of a suite, by the name of one that ships or by its file. Raises UsageError,
    UnreadableError and DocumentError."""
    shipped = {path.stem: path for path in (pack.folder / FOLDER).glob("*.yaml")}
    if name not in shipped and not name.endswith((".yaml", ".yml")):
        raise UsageError(
            f"--suite {name[:60]}: there is no such suite for {pack.name}",
            f"one of {', '.join(sorted(shipped)) or '(none)'}, or a file that ends in .yaml",
        )
    document = load_document(shipped.get(name, Path(name)))
    whole = Part(document, (), document.value, Names())
    parts = whole.items("a list of cases")
    if not parts:
        raise whole.expected("at least one case")
    return tuple(_case(part, number) for number, part in enumerate(parts, 1))


def _case(part: Part, number: int) -> ClientCase:
    part.only(("mock", *_NEEDED), "in a case")
    for key in _NEEDED:
        if key not in part.value:
            raise part.error(f"a case needs {key}", f"it has {', '.join(_NEEDED)}")
    document, value = part.document, part.value
    script = read_mock_script(
        value.get("mock", {}), document.error, path=(*part.path, "mock"),
        folder=Path(document.path).parent,
    )  # fmt: skip
    demands = tuple(_demand(one) for one in part.child("checks").items("a list of checks"))
    name, title = part.child("name").text(), part.child("asks").text()
    return ClientCase(number, name, title, script, _after(part.child("after")), demands)


def _after(part: Part) -> After:
    kind, inner = _only(part, _AFTER, "in after")
    if kind == "server":
        type_ = inner.text()
        return After(server=type_, words=f"the server had no cause for {type_}")
    if kind == "client":
        words, pattern = _pattern(inner)
        return After(client=pattern, words=f"the client never sent {words}")
    if not inner.flag():
        raise inner.expected("true")
    if kind == "closed":
        return After(closed=True, words="the server had no cause to hang up")
    return After(refused=True, words="the client never connected")


def _only(part: Part, names: Iterable[str], where: str) -> tuple[str, Part]:
    """The one key of a mapping, and what stands there."""
    part.only(names, where)
    if len(part.value) != 1:
        raise part.error(f"expected one of {', '.join(names)}, and no more")
    (kind,) = part.value
    return kind, part.child(kind)


def _demand(part: Part) -> Demand:
    kind, inner = _only(part, DEMANDS, "in a check")
    return Demand(kind, _wanted(kind, inner))


def _wanted(kind: str, part: Part) -> Any:
    if kind in ("well", "clean"):
        return part.flag()
    if kind == "findings":
        return frozenset(one.text() for one in part.items("a list of findings"))
    if kind == "moves":
        return part.duration()
    if kind == "follows":
        return tuple(_pattern(one) for one in part.items("a list of events"))
    one, other = _both(part, *(("type", "for") if kind == "holds_back" else ("least", "most")))
    if kind == "connects":
        return one.duration(), other.whole(1, 1000)
    return one.text(), compile_pattern({"type": one.value}), other.duration()


def _both(part: Part, one: str, other: str) -> tuple[Part, Part]:
    part.only((one, other), "here")
    if len(part.value) != 2:
        raise part.error(f"expected {one} and {other}")
    return part.child(one), part.child(other)


def _pattern(part: Part) -> tuple[str, Any]:
    """An event as people are told it, and its pattern."""
    value = part.mapping("an event")
    inner = value.get("item")
    more = f" with a {inner['type']}" if isinstance(inner, dict) and "type" in inner else ""
    return f"{value.get('type')}{more}", compile_pattern(value)
