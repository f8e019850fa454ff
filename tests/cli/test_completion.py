"""Completion in shells: each is given a script, and values where they are known."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from calling import Call, command, environment


def offers(words: str, incomplete: str) -> list[str]:
    """What zsh would be offered behind these words."""
    env = environment(
        _RTDEBUG_COMPLETE="zsh_complete", COMP_WORDS=f"{words} {incomplete}", COMP_CWORD=str(len(words.split()))
    )  # fmt: skip
    done = subprocess.run(command(), capture_output=True, check=False, env=env, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().splitlines()[1::3]


@pytest.mark.parametrize(
    ("words", "incomplete", "expected"),
    [
        ("rtdebug", "conv", ["convert"]),
        ("rtdebug explain", "response-stalled", ["response-stalled-after-created", "response-stalled-mid-stream"]),
        ("rtdebug run", "text-tu", ["text-turn", "text-tu"]),
        ("rtdebug run --report", "gi", ["github", "gitlab"]),
        ("rtdebug run --pack", "openai-realtime-", ["openai-realtime-beta", "openai-realtime-"]),
        ("rtdebug convert --to", "sc", ["scenario"]),
        ("rtdebug tail --only", "response.output_text.", ["response.output_text.delta", "response.output_text.done"]),
    ],
)  # fmt: skip
def test_values_are_offered(words: str, incomplete: str, expected: list[str]) -> None:
    found = offers(words, incomplete)
    assert found[: len(expected)] == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script_it_can_read(call: Call, tmp_path: Path, shell: str) -> None:
    called = call("completion", shell)
    assert called.code == 0
    assert "_RTDEBUG_COMPLETE" in called.out
    if shutil.which(shell):
        script = tmp_path / "script"
        script.write_text(called.out)
        subprocess.run([shell, "-n", str(script)], check=True, timeout=20)
