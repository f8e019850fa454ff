"""``rtdebug mock --judge``: each thing that clients do wrong fails its own case, and no other."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from calling import Call, Called, process

FOLDER = Path(__file__).parent / "graded"
CLIENT = (sys.executable, FOLDER / "client.py")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="commands run on POSIX systems")


def graded(wrong: str, *options: object) -> tuple[int, dict[str, Any]]:
    called = process("mock", "--judge", "--report", "json", *options, "--", *CLIENT, *wrong.split())
    return called.code, json.loads(called.out)


def verdicts(matrix: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["verdict"] for one in matrix["cases"]}


def test_a_client_that_does_all_well() -> None:
    code, matrix = graded("")
    assert (code, matrix["outcome"]) == (0, "passed")
    shown = verdicts(matrix)
    assert shown.pop("truncated-where-it-was-heard") == "not shown"
    assert set(shown.values()) == {"ok"}


@pytest.mark.parametrize(
    ("wrong", "case", "told"),
    [
        ("knows-all", "unknown-event", "it raised KeyError: 'response.novelty.delta'"),
        ("asks-twice", "one-response-at-a-time", "active-response-conflict: the server said"),
        ("forgets-to-go-on", "tool-answered", "it did not send response.create"),
        ("speaks cuts-too-late", "truncated-where-it-was-heard", "truncate-beyond-audio: "),
        ("storms", "no-reconnect-storm", "it connected 30 times"),
        ("storms", "no-reconnect-storm-refused", "it connected 30 times"),
        ("asks-again", "rate-limit-kept", "it sent response.create"),
    ],
)
def test_what_a_client_does_wrong_fails_its_case(wrong: str, case: str, told: str) -> None:
    code, matrix = graded(wrong, "--only", case, "--timeout", "4s")
    (last,) = (one for one in matrix["cases"] if one["name"] == case)
    assert (code, last["verdict"]) == (1, "failed"), last
    assert told in last["deviations"][0]["text"]


@pytest.mark.parametrize(
    ("wrong", "verdict", "told"),
    [
        ("waits-on", "failed", "it did nothing for 0.5 s: it neither sent, nor closed, nor ended"),
        ("stays waits-on", "not shown", "the command does not end by itself without a fault"),
    ],
)
def test_who_waits_for_ever(wrong: str, verdict: str, told: str) -> None:
    _, matrix = graded(wrong, "--suite", FOLDER / "quick.yaml", "--timeout", "2s")
    last = matrix["cases"][-1]
    assert last["verdict"] == verdict
    assert told in "".join((last["why"], *(one["text"] for one in last["deviations"])))


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ((*CLIENT, "says-nothing"), "the command sent nothing; the server's URL was in OPENAI_"),
        ((sys.executable, "-c", "raise SystemExit(3)"),
         "the command ended with exit code 3 and never connected; the server's URL was in"),
    ],
)  # fmt: skip
def test_who_says_nothing_is_not_judged(command: tuple[object, ...], told: str) -> None:
    called = process("mock", "--judge", "--", *command)
    assert called.code == 4
    assert told in " ".join(called.out.split())
    assert "1 case: 1 not shown" in called.out


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (["--judge"], "--judge needs the command of a client", "write it last"),
        (["--", "python"], "a command is for --judge", "add --judge"),
        (["--suite", "client"], "--suite is for --judge", "add --judge"),
        (["--judge", "--script", "a", "--", "x"], "--judge and --script both say", "--suite FILE"),
        (["--judge", "--suite", "clien", "--", "x"], "there is no such suite", "one of client"),
        (["--judge", "--suite", "no.yaml", "--", "x"], "no.yaml: no such file", "check the path"),
        (["--judge", "--only", "ordinry", "--", "x"], "no such case", "did you mean 'ordinary'"),
        (["--judge", "--", "no-such-program"], "no-such-program: no such command", "on your PATH"),
    ],
)
def test_bad_input_is_told_in_a_line(
    call: Call, arguments: list[str], said: str, hint: str
) -> None:
    called: Called = call("mock", *arguments)
    assert (called.code, called.out) == (2, "")
    message, help_ = called.err.splitlines()
    assert said in message
    assert hint in help_


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ("name: a", "a case needs asks"),
        ("name: a\n  asks: b\n  after: {never: true}\n  checks: [{well: true}]", "unknown key"),
        ("name: a\n  asks: b\n  after: {closed: true}\n  checks: [{connects: {most: 3}}]", "least"),
        ("name: a\n  asks: b\n  mock: {repl: 1}\n  after: {closed: true}\n  checks: [{well: true}]",
         "unknown key 'repl'"),
    ],
)  # fmt: skip
def test_a_suite_that_is_wrong_is_told_by_its_place(
    call: Call, tmp_path: Path, case: str, told: str
) -> None:
    suite = tmp_path / "own.yaml"
    suite.write_text(f"- {case}\n")
    called = call("mock", "--judge", "--suite", suite, "--", "true")
    assert called.code == 2
    assert told in called.err
    assert f"{suite}:" in called.err
