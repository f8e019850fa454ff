"""Help: every command has one, none needs more than 80 columns, and misspelt names are told."""

from __future__ import annotations

import pytest
from calling import Call

from rtdebug import __version__
from rtdebug.cli import help_text
from rtdebug.cli.app import COMMANDS

NEEDING = ("run", "tail", "diagnose", "check", "convert", "explain")


def test_the_kept_help_is_what_click_would_say() -> None:
    kept = help_text.PATH.read_text(encoding="utf-8")
    assert kept == help_text.text(), "python -m rtdebug.cli.help_text writes it anew"


def test_the_help_names_every_command_and_every_exit_code(call: Call) -> None:
    called = call("--help")
    assert called.code == 0
    assert called.err == ""
    for name in COMMANDS:
        assert f"\n  {name} " in called.out
    for code in ("0 good", "1 judged", "2 wrong", "3 no session", "4 nothing", "70 ", "130 "):
        assert code in called.out.replace("\n  ", " ")


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("name", [None, *COMMANDS])
def test_every_help_fits_80_columns(call: Call, name: str | None, option: str) -> None:
    called = call(*([name] if name else []), option)
    assert called.code == 0
    assert called.err == ""
    assert called.out.startswith(f"Usage: rtdebug{f' {name}' if name else ''}")
    assert [line for line in called.out.splitlines() if len(line) > 80] == []


def test_the_version_is_one_line(call: Call) -> None:
    assert call("--version") == (0, f"rtdebug {__version__}\n", "")


@pytest.mark.parametrize("name", [None, *NEEDING])
def test_a_call_without_arguments_shows_the_help_and_is_wrong_usage(
    call: Call, name: str | None
) -> None:
    called = call(*([name] if name else []))
    assert called.code == 2
    assert called.out == ""
    assert called.err.startswith("Usage: rtdebug")
    assert "-h, --help" in called.err


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["rnu"], "did you mean 'run'?"),
        (["dignose", "x"], "did you mean 'diagnose'?"),
        (["play"], "known: check, "),
        (["text-turn"], "rtdebug run text-turn"),
        (["run", "--jbos", "3"], "'--jobs'"),
        (["run", "--hedaer", "a: b"], "'--header'"),
        (["diagnose", "--fail-no"], "'--fail-on'"),
        (["run", "text-trun"], "text-turn"),
        (["explain", "response-stalled-after-create"], "response-stalled-after-created"),
        (["explain", "stalled"], "response-stalled-mid-stream"),
        (["run", "text-turn", "--report", "jnuit"], "did you mean 'junit'?"),
        (["run", "text-turn", "--var", "greting=Hi"], "did you mean 'greeting'?"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_one_that_was_meant(
    call: Call, arguments: list[str], hint: str
) -> None:
    called = call(*arguments)
    assert called.code == 2
    assert hint in called.err
    assert called.out == ""


def test_a_file_in_place_of_a_command_is_told_what_to_do_with_it(
    call: Call, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pasted.log").write_text("hello")
    (tmp_path / "turn.yaml").write_text("rtdebug: 1")
    assert "rtdebug diagnose pasted.log" in call("pasted.log").err
    assert "rtdebug run turn.yaml" in call("turn.yaml").err
