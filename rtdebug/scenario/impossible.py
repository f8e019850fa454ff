"""Finds what an expectation can wait for in vain: fields and values that no event can have."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from rtdebug.documents import JsonPath
from rtdebug.packs.violations import describe
from rtdebug.safe import one_line
from rtdebug.scenario.shapes import EventShape
from rtdebug.spelling import did_you_mean

_FEW = 16


class Impossible(NamedTuple):
    """One thing that cannot be, at ``path`` inside the expectation, or at the key that ends it."""

    path: JsonPath
    message: str
    hint: str
    at_key: bool


class PlaceOfEvent(NamedTuple):
    """Where in which event an expectation is about."""

    type: str
    tokens: tuple[str, ...] = ()

    def dotted(self, path: JsonPath) -> str:
        """A path from here, as fields are named."""
        return ".".join((*self.tokens, *_names(path)))


def impossible(
    spec: Any, shape: EventShape, place: PlaceOfEvent, open_: Collection[JsonPath]
) -> list[Impossible]:
    """What cannot be where this is the shape; the parts of ``spec`` at ``open_`` are not known
    yet."""
    return [one for one in _found(spec, shape, place, ()) if not _inside(one.path, open_)]


def at_place(place: PlaceOfEvent, shape: EventShape) -> tuple[EventShape | None, str, str]:
    """What an event of this shape has at a place, with a message and a hint where it can have no
    such place."""
    so_far: list[str] = []
    here: EventShape | None = shape
    for token in place.tokens:
        if here is None:
            break
        inner = here.items() if token.lstrip("-").isdecimal() else None
        if inner is None:
            message = _unknown_field(here, place.type, ".".join((*so_far, token)), token)
            if message is not None:
                return None, *message
            inner = here.field(token)
        so_far.append(token)
        here = inner
    return here, "", ""


def _found(
    spec: Any, shape: EventShape, place: PlaceOfEvent, path: JsonPath
) -> Iterator[Impossible]:
    if isinstance(spec, list):
        inner = shape.items()
        for index, one in enumerate(spec if inner is not None else ()):
            assert inner is not None
            yield from _found(one, inner, place, (*path, index))
    elif isinstance(spec, dict):
        if any(_is_matcher(key) for key in spec):
            yield from _matchers(spec, shape, place, path)
        else:
            yield from _fields(spec, shape, place, path)
    else:
        yield from _value(spec, shape, place, path)


def _fields(
    spec: Mapping[str, Any], shape: EventShape, place: PlaceOfEvent, path: JsonPath
) -> Iterator[Impossible]:
    here = shape.narrowed(spec)
    for key, wanted in spec.items():
        if isinstance(wanted, dict) and "$absent" in wanted:
            continue
        field = key.removeprefix("$") if key.startswith("$$") else key
        message = _unknown_field(here, place.type, place.dotted((*path, field)), field)
        if message is not None:
            yield Impossible((*path, key), *message, True)
            continue
        inner = here.field(field)
        if inner is not None:
            yield from _found(wanted, inner, place, (*path, key))


def _matchers(
    spec: Mapping[str, Any], shape: EventShape, place: PlaceOfEvent, path: JsonPath
) -> Iterator[Impossible]:
    """The values that matchers name: none of them may be a misspelt one."""
    choices = spec.get("$one_of")
    for index, one in enumerate(choices if isinstance(choices, list) else ()):
        yield from _found(one, shape, place, (*path, "$one_of", index))
    if "$not" in spec:
        yield from _found(spec["$not"], shape, place, (*path, "$not"))
    items = shape.items()
    if "$contains" in spec and items is not None:
        yield from _found(spec["$contains"], items, place, (*path, "$contains"))


def _value(
    spec: Any, shape: EventShape, place: PlaceOfEvent, path: JsonPath
) -> Iterator[Impossible]:
    known = None if spec is None else shape.values(spec)
    if known is None or any(type(one) is type(spec) and one == spec for one in known):
        return
    words = [str(one) for one in known]
    hint = did_you_mean(str(spec), words, limit=_FEW)
    where = f"{one_line(place.type, 60)}: {one_line(place.dotted(path), 80)}"
    message = f"{where} is never {describe(spec)}"
    yield Impossible(path, message, hint, False)


def _unknown_field(
    shape: EventShape, type_: str, dotted: str, field: str
) -> tuple[str, str] | None:
    known = shape.fields()
    if known is None or field in known:
        return None
    hint = did_you_mean(field, known, limit=0) or f"it has {', '.join(sorted(known))}"
    return f"{one_line(type_, 60)} has no field '{one_line(dotted, 80)}'", hint


def _names(path: JsonPath) -> Iterator[str]:
    """The path as fields are named: without the matchers on the way."""
    after = ""
    for one in path:
        matcher = isinstance(one, str) and _is_matcher(one)
        if not matcher and after != "$one_of":
            yield str(one)
        after = str(one)


def _is_matcher(key: str) -> bool:
    return key.startswith("$") and not key.startswith("$$")


def _inside(path: JsonPath, open_: Collection[JsonPath]) -> bool:
    return any(path[: len(one)] == one for one in open_)
