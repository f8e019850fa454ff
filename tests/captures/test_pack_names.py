"""Logs of packs whose messages are named otherwise, also of packs that people wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rtdebug.api.diagnosing import diagnose_files
from rtdebug.model.results import Run

PACK = """\
pack: mine
title: Mine
name: NAME
patience: 10s
facts:
  client: {ask: ask}
  server: {answer: answer}
calls:
  - {ask: ask, from: client, by: [answer], within: 5s, finding: request-unanswered}
"""
FORMS = {
    "{field: event}": ({"event": "ask", "n": 1}, {"event": "answer"}),
    "{path: /header/event}": ({"header": {"event": "ask"}}, {"header": {"event": "answer"}}),
    "{keys: [ask, answer]}": ({"ask": {}}, {"answer": {}}),
    "{field: kind, keys: [ask]}": ({"ask": "x"}, {"kind": "answer"}),
}


def judged(folder: Path, name: str, lines: list[object], *, given: bool = True) -> Run:
    (folder / "pack.yaml").write_text(PACK.replace("NAME", name))
    log = folder / "log.jsonl"
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    (run,) = diagnose_files([str(log)], pack=str(folder) if given else None).runs
    return run


def own(folder: Path, *messages: tuple[float, str, object]) -> list[object]:
    rows = [
        {"seq": seq, "at": at, "from": sender, "event": event}
        for seq, (at, sender, event) in enumerate(messages, 1)
    ]
    header = {"rtdebug_capture": 1, "started": "2026-01-01T00:00:00.000Z", "pack": str(folder)}
    opened = {"url": "ws://x/", "subprotocol": None, "headers": [], "status": 101}
    begun = {"at": 0.0, "opened": opened}  # without it nobody knows what was before
    return [
        header,
        begun,
        *rows,
        {"at": 20.0, "closed": {"code": 1000, "reason": "", "by": "client"}},
    ]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("given", [True, False], ids=["given", "by its header"])
def test_a_capture_is_read_back_by_the_pack_that_wrote_it(
    tmp_path: Path, name: str, given: bool
) -> None:
    ask, answer = FORMS[name]
    lines = own(tmp_path, (0.5, "client", ask), (1.0, "server", answer))
    run = judged(tmp_path, name, lines, given=given)
    assert (run.client, run.server, run.findings) == (1, 1, ())
    lines = own(tmp_path, (0.5, "client", ask), (19.0, "server", answer))
    assert [one.name for one in judged(tmp_path, name, lines, given=given).findings] == [
        "request-unanswered"
    ]


@pytest.mark.parametrize("name", FORMS)
def test_lines_of_another_tool_are_named_by_the_pack(tmp_path: Path, name: str) -> None:
    ask, answer = FORMS[name]
    lines: list[object] = [
        {"ts": "2026-01-01T00:00:00.100Z", "dir": "send", "event": ask},
        {"ts": "2026-01-01T00:00:01.100Z", "dir": "recv", "event": answer},
    ]
    run = judged(tmp_path, name, lines)
    assert (run.client, run.server) == (1, 1)
