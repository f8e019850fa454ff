"""Packs that people write: each row is read by something, and what is wrong is told at its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rtdebug import resources
from rtdebug.errors import DocumentError
from rtdebug.packs.checking import faults
from rtdebug.packs.load import load_pack

WHOLE = """\
pack: p
title: P
name: {field: type}
patience: 10s
facts:
  client:
    Hello: setup
    Say: user.turn
    Done: {is: tool.result, id: /id}
    Chunk: audio.in
  server:
    Ready: ready
    Part: turn.part
    End: turn.end
    Call: {is: tool.call, id: /id}
    No: refused
    Error: error
opens: {first: client, begins: ready}
calls:
  - {ask: setup, from: client, by: [ready], within: 3s, finding: setup-unanswered}
  - {ask: user.turn, from: client, by: [turn.part], within: 10s, finding: turn-unanswered}
  - {ask: tool.call, from: server, by: [tool.result], id: true, within: 20s, finding: tool-output-missing}
scopes:
  turn:
    opens: [turn.part]
    grows: [turn.part]
    closes: [turn.end]
    silence: 10s
    finding: turn-stalled
    empty: turn-empty
keepalive:
  - {from: client, by: [audio.in], within: 10s, finding: client-audio-missing}
reports:
  - {fact: refused, finding: turn-rejected}
findings: {turn-empty: turn-stalled}
error: {code: /code}
"""
BROKEN = yaml.safe_load(Path(__file__).with_name("broken_packs.yaml").read_text("utf-8"))


def written(folder: Path, text: str) -> list[DocumentError]:
    (folder / "pack.yaml").write_text(text)
    return faults(folder)


@pytest.mark.parametrize("name", resources.pack_names())
def test_every_pack_that_ships_is_read_whole(name: str) -> None:
    assert [str(one) for one in faults(resources.schemas(name))] == []
    assert load_pack(name).name == name


def test_a_whole_pack_is_taken(tmp_path: Path) -> None:
    assert [str(one) for one in written(tmp_path, WHOLE)] == []


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["put"][:40] or case["find"][:40])
def test_a_broken_pack_is_told_at_its_place(tmp_path: Path, case: dict[str, Any]) -> None:
    assert case["find"] in WHOLE
    text = WHOLE.replace(case["find"], case["put"], 1)
    try:
        found = written(tmp_path, text)
    except DocumentError as error:
        found = [error]
    fitting = [one for one in found if case["says"] in one.message]
    assert fitting, [one.message for one in found]
    assert case.get("hint", "") in fitting[0].hint
    assert case["line"] in text.splitlines()[fitting[0].location.line - 1]
    assert fitting[0].location.column >= 1


def test_a_pack_by_path_is_refused_at_its_first_fault(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(WHOLE.replace("title", "titel"))
    with pytest.raises(DocumentError, match="nothing reads titel"):
        load_pack(str(tmp_path))


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("match: 7\n", (1, 8), "expected a list of rows"),
        ("macth: []\n", (1, 1), "nothing reads macth"),
        ("extends: nosuch\n", (1, 10), "no pack is named"),
        ("match:\n  - {where: [error], code: X}\n", (2, 5), "no finding is named"),
        ("match:\n  - {where: [errors], finding: error-event}\n", (2, 13), "expected who said it"),
        ("match:\n  - {where: [error], message: '(', finding: error-event}\n", (2, 31), "expected a pattern"),
        ("match:\n  - {where: [error], kode: X, finding: error-event}\n", (2, 22), "nothing reads kode"),
        ("findings: {my-fault: {title: T}}\n", (1, 22), "severity is missing"),
        ("[]\n", (1, 1), "expected match"),
    ],
)  # fmt: skip
def test_a_broken_error_table_is_told_at_its_place(
    tmp_path: Path, text: str, place: tuple[int, int], says: str
) -> None:
    (tmp_path / "pack.yaml").write_text(WHOLE)
    (tmp_path / "errors.yaml").write_text(text)
    first = faults(tmp_path)[0]
    assert says in first.message
    assert (first.location.line, first.location.column) == place
    assert first.location.path.endswith("errors.yaml")
    assert first.hint
