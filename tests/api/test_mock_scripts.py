"""Scripts in files: read, and checked against the functions the session has."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtdebug.api.checking import check_files
from rtdebug.api.mock_scripts import script_in
from rtdebug.errors import DocumentError
from rtdebug.scenario.mock_script import Reply, Say

SCENARIO = """\
rtdebug: 1
vars: {name: get_time}
mock: {reply: {tool: {name: CALLED}}}
steps:
  - expect: session.created
  - send: {type: session.update, session: {type: realtime, tools: [TOOL]}}
"""
TOOL = "{type: function, name: NAME, parameters: {type: object, properties: {}}}"


def test_a_scenario_lends_its_mock_section(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    head = "rtdebug: 1\nvars: {who: you}\nmock: {reply: {TEXT: 'Hello ${who}, ${heard.text}'}}\n"
    path.write_text(head.replace("TEXT", "text") + "steps: [expect: session.created]\n")
    assert script_in(path).replies == (Reply((Say("Hello you, ${heard.text}"),)),)
    path.write_text(head.replace("TEXT", "txt") + "steps: [expect: session.created]\n")
    with pytest.raises(DocumentError) as caught:
        script_in(path)
    assert (caught.value.location.line, caught.value.location.column) == (3, 21)


@pytest.mark.parametrize(
    ("called", "declared", "said"),
    [
        ("get_time", "get_time", []),
        ("get_tme", "get_time", ["the session has no function 'get_tme' (did you mean 'get_time'?)"]),
        ("other", "", ["the session has no function 'other' (no tools are ever sent)"]),
        ("other", '"${name}"', []),
    ],
)  # fmt: skip
def test_a_call_of_a_function_that_no_session_has(
    tmp_path: Path, called: str, declared: str, said: list[str]
) -> None:
    tool = TOOL.replace("NAME", declared) if declared else ""
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO.replace("CALLED", called).replace("TOOL", tool))
    (errors,) = check_files([str(path)]).values()
    assert [f"{error.message} ({error.hint})" for error in errors] == said
    assert [error.location.line for error in errors] == [3] * len(said)


def test_a_mock_script_is_checked_as_one(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text("session: {tools: [{type: function, name: a}]}\nreply: {tool: {name: b}}\n")
    (errors,) = check_files([str(path)]).values()
    assert [(error.message, error.location.line) for error in errors] == [
        ("the session has no function 'b'", 2)
    ]
