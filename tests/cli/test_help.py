"""Help: every command has one, none needs more than 80 columns, and misspelt names are told."""

from __future__ import annotations

import pytest
from calling import Call

from rtdebug import __version__
from rtdebug.cli import help_text
from rtdebug.cli.app import COMMANDS


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
    assert f"\n  Examples:\n    rtdebug {name or 'run'} " in called.out.partition("\nOptions:")[0]


def test_the_version_is_one_line(call: Call) -> None:
    assert call("--version") == (0, f"rtdebug {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "missing", "example"),
    [
        (["run"], "rtdebug run needs SCENARIO, and got none", "rtdebug run text-turn;"),
        (["run", "--jobs", "3"], "rtdebug run needs SCENARIO", "rtdebug run --help"),
        (["diagnose"], "rtdebug diagnose needs FILE, and got none", "rtdebug diagnose capture"),
        (["check"], "rtdebug check needs FILE, and got none", "rtdebug check turn.yaml"),
        (["convert"], "rtdebug convert needs CAPTURE, and got none", "--to jsonl -o capture"),
        (["explain"], "rtdebug explain needs NAME, and got none", "explain response-stalled"),
        (["tail"], "expected something to watch: a URL, a file", "rtdebug tail mock;"),
    ],
)
def test_a_call_without_arguments_says_what_is_missing_and_what_to_type(
    call: Call, arguments: list[str], missing: str, example: str
) -> None:
    called = call(*arguments)
    assert called.code == 2
    assert called.out == ""
    assert called.err.startswith(f"error: {missing}")
    assert example in called.err.partition("= help: ")[2]


def test_a_call_without_a_command_shows_the_help_and_is_wrong_usage(call: Call) -> None:
    called = call()
    assert called.code == 2
    assert called.out == ""
    assert called.err.startswith("Usage: rtdebug")
    assert "\nerror: expected a command, got none\n   = help: type rtdebug run" in called.err


def test_the_help_of_tail_names_the_report_that_only_it_has(call: Call) -> None:
    assert "ndjson as it goes" in " ".join(call("tail", "--help").out.split())
    assert "ndjson" not in call("run", "--help").out


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
        (["explain", "stalled"], "response-stalled-after-created"),
        (["explain", "Stalled created"], "response-stalled-after-created"),
        (["explain", "response_stal"], "response-stalled-after-created, response-stalled-mid"),
        (["explain", "close-10O6-abnormal"], "close-1006-abnormal"),
        (["run", "text-turn", "--pack", "nope"], "see rtdebug packs"),
        (["run", "text-turn", "--report", "ndjson"], "rtdebug tail"),
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
