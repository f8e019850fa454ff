"""rtdebug spy, as a person starts it: small apps in a process behind it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from calling import Called, command, environment, findings, process

APP = Path(__file__).parent / "spied" / "app.py"
REFUSING = """
refuse:
  status: 401
  body: '{"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}'
"""
pytestmark = pytest.mark.skipif(os.name != "posix", reason="spy needs a POSIX system")


def spied(how: str, *options: object, **env: str) -> Called:
    return process("spy", "--upstream", "mock", *options, "--", sys.executable, APP, how, **env)


def report_of(how: str, *options: object, **env: str) -> tuple[int, dict[str, Any]]:
    called = spied(how, "--report", "json", *options, **env)
    return called.code, json.loads(called.out)


def test_an_app_that_works_is_clean_and_keeps_its_streams() -> None:
    called = spied("works")
    assert called.code == 0
    assert called.out == "done, works\n"
    assert "a word on stderr\n" in called.err
    assert "OPENAI_API_KEY is not set; the command is given a stand-in" in called.err
    assert "1 clean" in called.err.splitlines()[-1]


def test_what_an_app_raises_stands_beside_the_event_before_it(tmp_path: Path) -> None:
    code, report = report_of("raises", "--capture", f"{tmp_path}/kept/")
    (run,) = report["runs"]
    (root,) = [one for one in run["findings"] if one["under"] is None]
    assert (code, root["name"], root["severity"]) == (1, "client-exception", "error")
    seen = next(row for row in run["timeline"] if row["seq"] == root["evidence"][-1])
    assert "raised KeyError: 'text' (app.py:37, in main)" in root["message"]
    assert f"ms after {seen['type']}, event {seen['seq']}" in root["message"]
    assert "the command ended with exit code 1" in run["notes"]
    again = process("diagnose", "--report", "json", *(tmp_path / "kept").iterdir())
    (replayed,) = json.loads(again.out)["runs"]
    assert [one["message"] for one in replayed["findings"]] == [
        one["message"] for one in run["findings"]
    ]


def test_a_client_that_insists_on_tls_trusts_the_authority_of_the_run() -> None:
    called = spied("works", "--tls")
    assert (called.code, called.out) == (0, "done, works\n"), called.err


def test_tls_on_a_plain_port_is_turned_away_with_what_to_do() -> None:
    code = (
        "import os, socket, ssl; port = int(os.environ['RTDEBUG_URL'].split(':')[2].split('/')[0])\n"
        "ssl.create_default_context().wrap_socket(socket.create_connection(('127.0.0.1', port)),"
        " server_hostname='localhost')"
    )
    called = process("spy", "--upstream", "mock", "--", sys.executable, "-c", code)
    assert called.code == 1
    assert "got the first bytes of TLS" in called.err
    assert "--tls" in called.err


def test_a_key_that_is_refused_is_named_and_not_the_traceback_of_it(tmp_path: Path) -> None:
    (tmp_path / "script.yaml").write_text(REFUSING)
    called = process("spy", "--upstream", f"mock:{tmp_path / 'script.yaml'}", "--report", "json",
                     "--", sys.executable, APP, "works")  # fmt: skip
    assert called.code == 1
    assert findings(json.loads(called.out)) == ["handshake-401-unauthorized"]


@pytest.mark.slow
def test_an_app_that_never_asks_for_a_response_is_told_so() -> None:
    code, report = report_of("never-asks")
    assert (code, findings(report)) == (1, ["no-response-create"])


@pytest.mark.slow
def test_a_muted_microphone_is_named() -> None:
    _, report = report_of("muted")
    assert {"vad-never-triggered", "audio-all-zero"} & set(findings(report))


def test_a_command_that_fails_by_itself_decides_too() -> None:
    code, report = report_of("fails")
    connection, own = report["runs"]
    assert (code, connection["outcome"], own["outcome"]) == (1, "clean", "failed")
    assert findings(report) == ["command-failed"]
    assert own["findings"][0]["message"] == "the command ended with exit code 3"
    assert own["notes"][0].endswith("s: a word on stderr")
    assert report_of("fails", "--ignore", "command-failed")[0] == 0


def test_a_command_that_never_connects_hears_which_variables_it_could_have_read() -> None:
    called = process("spy", "--upstream", "mock", "--", sys.executable, "-c", "pass")
    assert called.code == 4
    assert "never connected" in called.err
    assert "OPENAI_BASE_URL" in called.err
    assert "RTDEBUG_URL" in called.err


def test_a_traceback_before_any_connection_is_a_failure() -> None:
    called = process("spy", "--upstream", "mock", "--", sys.executable, "-c", "1/0")
    assert called.code == 1
    assert "ZeroDivisionError: division by zero" in called.err
    assert "command-failed" in called.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--", "no-such-command"), "no-such-command: no such command"),
        (("--", __file__), "cannot be executed"),
        (("--env", "A={port}", "--", "true"), "{port} is nothing that can be filled in"),
        (("--env", "A", "--", "true"), "expected NAME=TEMPLATE"),
        (("--upstream", "mock:nowhere.yaml", "--", "true"), "nowhere.yaml"),
        (("--upstream", "ftp://host", "--", "true"), "expected a ws:// or wss:// URL"),
        ((), "COMMAND"),
    ],
)
def test_what_is_wrong_with_a_command_line_is_one_error(
    arguments: tuple[str, ...], said: str
) -> None:
    called = process("spy", *arguments)
    assert called.code == 2
    assert said in called.err
    assert called.err.count("error:") == 1
    assert "Traceback" not in called.err


def test_a_report_on_stdout_stands_there_alone() -> None:
    called = spied("works", "--report", "json")
    assert json.loads(called.out)["outcome"] == "clean"
    assert "done, works\n" in called.err


def test_live_rows_are_lines_on_stderr() -> None:
    called = spied("works", "--live", "--hide", "rate_limits.*")
    assert "< response.done" in called.err
    assert "rate_limits.updated" not in called.err
    assert "\x1b" not in called.err
    assert called.out == "done, works\n"


def test_secrets_of_the_environment_are_in_no_report() -> None:
    code = "import os, sys; sys.exit(os.environ['BOT_SECRET_KEY'])"
    called = process("spy", "--upstream", "mock", "--report", "json", "--", sys.executable, "-c",
                     code, BOT_SECRET_KEY="planted-canary-0123456789")  # fmt: skip
    assert called.code == 1
    assert "planted-canary" not in called.out


# -- ends ------------------------------------------------------------------------------------


def started(how: str, *options: str) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        command("spy", "--upstream", "mock", "--live", *options, "--", "/bin/sh", "-c",
                f"sleep 300 & echo $$ >&2; '{sys.executable}' '{APP}' {how}"),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env=environment(), text=True,
    )  # fmt: skip
    return child


def until(child: subprocess.Popen[str], said: str) -> int:
    """Reads its stderr up to a line; the process group that the command told on the way."""
    assert child.stderr is not None
    group = 0
    for line in child.stderr:
        group = int(line) if line.strip().isdecimal() else group
        if said in line:
            return group
    raise AssertionError(f"it never said {said}")


def lives(group: int) -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, own = path.read_text().rpartition(")")[2].split()[:3]
            if int(own) == group and state != "Z":
                yield path.parent.name


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
def test_nothing_is_left_running_after_five_kills(number: str) -> None:
    children = [started("stays") for _ in range(5)]
    try:
        groups = [until(child, "response.done") for child in children]
        for child in children:
            child.send_signal(getattr(signal, number))
        codes = {child.wait(10) for child in children}
        assert codes == {-9 if number == "SIGKILL" else 0}
        until_gone = time.monotonic() + 10
        while any(list(lives(one)) for one in groups) and time.monotonic() < until_gone:
            time.sleep(0.02)
        assert [list(lives(one)) for one in groups] == [[]] * 5
    finally:
        for child in children:
            child.kill()
            child.communicate()


def test_what_is_owed_when_a_signal_is_passed_on_was_interrupted(tmp_path: Path) -> None:
    (tmp_path / "silent.yaml").write_text("silent: true\n")
    child = started("works", "--upstream", f"mock:{tmp_path / 'silent.yaml'}")
    try:
        until(child, "response.create")
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == 130
    finally:
        child.kill()
        child.communicate()


@pytest.mark.real
def test_the_quickstart_of_the_official_library_is_judged_unchanged(tmp_path: Path) -> None:
    pytest.importorskip("openai")
    app = tmp_path / "app.py"
    app.write_text(QUICKSTART)
    called = process("spy", "--upstream", "mock", "--report", "json", "--", sys.executable, app)
    assert called.code == 0, called.err
    (run,) = json.loads(called.out)["runs"]
    assert (run["outcome"], run["findings"], len(run["responses"])) == ("clean", [], 1)


QUICKSTART = """
import asyncio
from openai import AsyncOpenAI


async def main():
    client = AsyncOpenAI()

    async with client.realtime.connect(model="gpt-realtime") as connection:
        await connection.session.update(
            session={"type": "realtime", "output_modalities": ["text"]}
        )

        await connection.conversation.item.create(
            item={
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": "Say hello!"}],
            }
        )
        await connection.response.create()

        async for event in connection:
            if event.type == "response.output_text.delta":
                print(event.delta, flush=True, end="")

            elif event.type == "response.output_text.done":
                print()

            elif event.type == "response.done":
                break


asyncio.run(main())
"""
