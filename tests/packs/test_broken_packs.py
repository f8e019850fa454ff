"""Packs broken in every way that one can be: told at its place with what to do, or sound after all,
and then it judges; nothing crashes."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_checking import WHOLE

from rtdebug.documents import parse_document
from rtdebug.engine.session import Session
from rtdebug.errors import RtdebugError
from rtdebug.model.records import Closed, Event, Opened, Sender
from rtdebug.packs.checking import faults
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

MORE = """\
audio: {audio.out: {data: /audio, rate: 48}}
signs: {Ready: [/id]}
ends: [turn.end]
urls: ['^wss://p']
"""
WRONG: tuple[Any, ...] = (
    7,
    -1,
    True,
    None,
    "",
    "nosuch",
    [],
    [7],
    {},
    {"nosuch": 7},
    [[["x"]]],
    "x" * 5000,
)
Path_ = tuple[Any, ...]


def places(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    members = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, member in members:
        yield (*path, key)
        yield from places(member, (*path, key))


def changed(whole: Any, path: Path_, change: Any) -> Any:
    new = copy.deepcopy(whole)
    at = new
    for key in path[:-1]:
        at = at[key]
    change(at, path[-1])
    return new


def renamed(at: Any, key: Any) -> None:
    if isinstance(at, dict):
        at[f"{key}x"] = at.pop(key)
    else:
        at.append(at[key])


def mutants() -> Iterator[tuple[str, str]]:
    whole = parse_document(WHOLE + MORE, "whole").value
    for path in places(whole):
        name = "/".join(map(str, path))
        yield f"without {name}", dumped(changed(whole, path, lambda at, key: at.pop(key)))
        yield f"{name} renamed", dumped(changed(whole, path, renamed))
        for wrong in WRONG:

            def put(at: Any, key: Any, wrong: Any = wrong) -> None:
                at[key] = wrong

            yield f"{name} = {str(wrong)[:20]}", dumped(changed(whole, path, put))
    for section in whole:
        yield f"{section} twice", f"{WHOLE}{section}: 1\n"
    yield (
        "huge",
        "pack: p\nfacts:\n  client:\n" + "".join(f"    T{n}: note\n" for n in range(60_000)),
    )
    yield "deep", f"pack: {'[' * 200}"
    yield "binary", "pack: \x00\x01\n"
    yield "empty", ""


def dumped(value: Any) -> str:
    return json.dumps(value, indent=1)


def judged(folder: Path) -> None:
    """A short session by that pack: whatever it says, nothing crashes."""
    session = Session(load_pack(str(folder)), RULES)
    session.observe(Opened(0.0, "wss://peer.example/"))
    sent = [(Sender.CLIENT, "Hello"), (Sender.SERVER, "Ready"), (Sender.CLIENT, "Say"),
            (Sender.SERVER, "Part"), (Sender.SERVER, "Call"), (Sender.SERVER, "Error")]  # fmt: skip
    for seq, (sender, type_) in enumerate(sent, 1):
        session.observe(Event(seq, seq * 0.1, sender, type_, {"type": type_, "id": "c"}, 20))
    session.advance(100.0)
    session.observe(Closed(100.0, 1000, "", Sender.CLIENT))
    session.finish()


def test_each_broken_pack_is_told_at_its_place(tmp_path: Path) -> None:
    told = 0
    for number, (name, text) in enumerate(mutants()):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "pack.yaml").write_text(text)
        try:
            found = faults(folder)
        except RtdebugError as error:
            found = [error]  # type: ignore[list-item]
        for one in found:
            assert one.message, name
            assert one.hint, f"{name}: {one.message}"
            if hasattr(one, "location"):
                assert min(one.location.line, one.location.column) >= 1, name
        told += bool(found)
        if not found:
            judged(folder)
            continue
        with pytest.raises(RtdebugError):
            load_pack(str(folder))
    assert told >= 200
