"""Makes cases of requests that are wrong in one field: left out, of another type, null, too large.

They are made of valid requests and the closed schemas of the pack: a change that the schema takes
is no fault, so it is never sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from rtdebug.model.records import Sender
from rtdebug.packs.pack import Pack
from rtdebug.probe.case import Case, Check
from rtdebug.scenario.document import Count, Expect, Head, Scenario, SendStep, Step, Target
from rtdebug.scenario.parts import Part

AREA = "negative"
_GONE = object()
_LONG = "x" * 600
_LARGE = 10**9

Path = tuple[str | int, ...]


def negative_cases(
    pack: Pack, valid: Part, ground: tuple[Step, ...], before: int, timeout: float
) -> list[Case]:
    """A case for each field of the valid requests that can be wrong. ``ground`` proves that the
    server answers a request, and proves it again after the wrong ones."""
    cases: list[Case] = []
    for label in valid.mapping():
        part = valid.child(label)
        type_ = part.value["type"]
        for path in _paths(part.value):
            wrong = dict(_refusable(pack, type_, part.value, path))
            if wrong:
                number = before + len(cases) + 1
                cases.append(_case(pack.name, part, label, path, wrong, ground, number, timeout))
    return cases


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every field, the outer ones first; what names the request is another case."""
    for key in value if isinstance(value, dict) else _indexes(value):
        here = (*path, key)
        if here != ("type",):
            if isinstance(key, str):
                yield here
            yield from _paths(value[key], here)


def _indexes(value: Any) -> range:
    return range(len(value)) if isinstance(value, list) else range(0)


def _refusable(
    pack: Pack, type_: str, event: dict[str, Any], path: Path
) -> Iterator[tuple[str, dict[str, Any]]]:
    kind = pack.kind(Sender.CLIENT, type_)
    for name, new in _changes(_at(event, path)):
        wrong = _changed(event, path, new)
        if kind is not None and not kind.passes(wrong):
            yield name, wrong


def _changes(value: Any) -> Iterator[tuple[str, Any]]:
    yield "missing", _GONE
    yield "wrong type", 42 if isinstance(value, str) else "x"
    yield "null", None
    if isinstance(value, str):
        yield "too long", _LONG
    elif isinstance(value, bool):
        return
    elif isinstance(value, int | float):
        yield "too large", _LARGE
        yield "too small", -_LARGE
    elif isinstance(value, dict):
        yield "too many fields", {**value, **{f"key_{number}": "x" for number in range(17)}}
    elif isinstance(value, list):
        yield "too many", value * 3


def _case(
    pack: str,
    part: Part,
    label: str,
    path: Path,
    wrong: dict[str, dict[str, Any]],
    ground: tuple[Step, ...],
    number: int,
    timeout: float,
) -> Case:
    source = part.document.location(part.path)
    type_, dotted = part.value["type"], ".".join(map(str, path))
    index = len(ground)
    steps: list[Step] = []
    for name, event in wrong.items():
        index += 1
        head = Head(index, f"send {type_} with {dotted} {name}", source)
        steps.append(SendStep(head, {**event, "event_id": name}, raw=True))
    steps += _again(ground, index)
    title = f"{type_} with a wrong {dotted} is refused ({', '.join(wrong)})"
    scenario = Scenario(
        name=f"{label}/{dotted}",
        source=source,
        pack=pack,
        target=Target(),
        timeout=timeout,
        steps=(*ground, *steps),
        mock={},
        mock_document=part.document,
    )
    check = Check("refused", names=tuple(wrong))
    return Case(number, scenario.name, AREA, title, scenario, len(ground), (check,))


def _again(ground: tuple[Step, ...], index: int) -> Iterator[Step]:
    """What proved that the server answers, once more: its last request and the answer to it."""
    send = next(step for step in reversed(ground) if isinstance(step, SendStep))
    expect = next(step for step in reversed(ground) if isinstance(step, Expect))
    yield SendStep(Head(index + 1, send.head.label, send.head.source), send.event, raw=True)
    yield Expect(
        Head(index + 2, expect.head.label, expect.head.source),
        expect.wanted, Count(), expect.within,
    )  # fmt: skip


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def _changed(event: dict[str, Any], path: Path, new: Any) -> dict[str, Any]:
    result = deepcopy(event)
    holder = _at(result, path[:-1])
    if new is _GONE:
        del holder[path[-1]]
    else:
        holder[path[-1]] = new
    return result
