"""Start-up is lean: what a command does not need is not imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from calling import Call, environment

PROGRAM = """
import json, sys
sys.argv[1:] = json.loads(sys.argv[1])
from rtdebug.__main__ import main
try:
    main()
except SystemExit as end:
    assert end.code in (None, 0, 1), end.code
print("\\n" + json.dumps(sorted(sys.modules)))
"""


def imported(*arguments: object) -> set[str]:
    """The modules that are there when a command has done its work."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps([str(one) for one in arguments])],
        capture_output=True, text=True, env=environment(), timeout=30, check=True,
    )  # fmt: skip
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("option", ["--help", "-h", "--version"])
def test_help_waits_for_nothing(option: str) -> None:
    modules = imported(option)
    assert not modules & {"click", "yaml", "asyncio", "rtdebug.cli.app", "rtdebug.packs"}


def test_a_run_that_passes_draws_and_words_nothing() -> None:
    modules = imported("run", "text-turn")
    assert "websockets" in modules
    assert not modules & {
        "rich", "jsonschema", "openai", "pydantic", "trustme", "rtdebug.captures.formats",
        # What websockets imports and this never touches, and what that would bring along.
        "http.client", "zipfile", "tempfile", "shutil", "bz2", "lzma",
    }  # fmt: skip


@pytest.fixture
def capture(call: Call, tmp_path: Path) -> Path:
    assert call("run", "text-turn", "--capture", tmp_path / "a.jsonl").code == 0
    return tmp_path / "a.jsonl"


def test_a_diagnosis_needs_no_socket(capture: Path) -> None:
    modules = imported("diagnose", capture)
    assert not modules & {
        "asyncio", "websockets", "ssl", "rich", "rich.live", "jsonschema", "openai", "pydantic",
        "mitmproxy", "rtdebug.wire.dial", "rtdebug.scenario.load",
    }  # fmt: skip


@pytest.mark.parametrize("arguments", [["rules"], ["packs"], ["explain", "item-not-found"],
                                       ["check", "text-turn"]])  # fmt: skip
def test_what_only_reads_needs_no_socket_either(arguments: list[str]) -> None:
    modules = imported(*arguments)
    assert not modules & {"websockets", "ssl", "rich", "jsonschema", "openai"}
