"""``run`` for suites: what is chosen, what is tried again, what all plays come to, and what is known
to be bad."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Event, Timer

import pytest
from calling import CREATED, Call, command, environment, peer, say
from websockets.sync.server import ServerConnection, serve

GOOD = "rtdebug: 1\nname: {name}\ntags: [{tags}]\nsteps:\n  - expect: session.created\n"
BAD = "rtdebug: 1\nname: Bad\nsteps:\n  - expect: session.created\n    within: 100ms\n  - expect: error\n    within: 100ms\n"
TURN = """\
rtdebug: 1
name: Turn
mock: {{reply: {{text: Hello}}}}
steps:
  - expect: session.created
  - send: {{type: response.create}}
  - expect: response.done
limits: {limits}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, tags in (("a", "smoke"), ("b", "smoke, slow"), ("c", "")):
        (tmp_path / f"{name}.yaml").write_text(GOOD.format(name=f"Scenario {name}", tags=tags))
    return tmp_path


def played(call: Call, *arguments: object) -> list[str]:
    report = json.loads(call("run", *arguments, "--report", "json").out)
    return [Path(run["source"]["path"]).stem for run in report["runs"]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--tag", "smoke"], ["a", "b"]),
        (["--tag", "smoke", "--tag", "!slow"], ["a"]),
        (["--tag", "!smoke"], ["c"]),
        (["--name", "scenario [bc]"], ["b", "c"]),
        (["--name", "c"], ["c"]),
        (["--shard", "1/2"], ["a", "c"]),
        (["--shard", "2/2"], ["b"]),
        (["--shard", "3/3", "--jobs", "2"], ["c"]),
    ],
)
def test_what_is_chosen(call: Call, folder: Path, options: list[str], expected: list[str]) -> None:
    assert played(call, ".", *options) == expected


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--tag", "smok"], "their tags: slow, smoke"),
        (["--shard", "1/4"], "3 chosen scenarios cannot fill 4"),
        (["--shard", "5/4"], "write --shard 1/4"),
        (["--max-flaky", "5%"], "add --repeat 20"),
        (["--repeat", "2", "--max-flaky", "5"], "write 5%"),
        (["--write-baseline"], "add --baseline FILE"),
        (["--baseline", "none.yaml"], "add --write-baseline once"),
    ],
)
def test_nothing_is_played_for_a_choice_that_is_none(
    call: Call, folder: Path, options: list[str], words: str
) -> None:
    called = call("run", ".", *options)
    assert (called.code, called.out) == (2, "")
    assert words in called.err


def test_only_what_failed_last(call: Call, folder: Path) -> None:
    (folder / "bad.yaml").write_text(BAD)
    assert call("run", ".").code == 1
    assert played(call, ".", "--last-failed") == ["bad"]
    (folder / "bad.yaml").write_text(BAD.replace("error", "{type: {$any: true}}"))
    (folder / "bad.yaml").write_text(GOOD.format(name="Mended", tags=""))
    assert played(call, ".", "--last-failed") == ["bad"]
    assert played(call, ".", "--last-failed") == ["a", "b", "bad", "c"]


def moody(good: Iterator[bool]):  # type: ignore[no-untyped-def]
    """A server that sometimes says nothing but an error."""

    def talk(connection: ServerConnection) -> None:
        say(connection, CREATED)
        if next(good):
            say(connection, {"type": "error", "event_id": "event_2", "error": {
                "type": "invalid_request_error", "code": "x", "message": "no", "param": None,
                "event_id": None}})  # fmt: skip
        connection.recv()

    return talk


ASKS = "rtdebug: 1\nname: Asks\nignore: ['*']\nsteps:\n  - expect: session.created\n  - expect: error\n    within: 200ms\n"


def test_a_retry_is_told(call: Call, folder: Path) -> None:
    (folder / "ask.yaml").write_text(ASKS)
    with peer(moody(iter([False, True, True]))) as url:
        called = call("run", "ask.yaml", "--url", url, "--retries", "2", "--capture", "c.jsonl")
    assert called.code == 0
    assert called.out.startswith("! Asks")
    assert "good at try 2" in called.out
    assert "note: try 1 of 3: failed, step-failed, kept in c.jsonl" in called.out
    assert (folder / "c-try2.jsonl").exists()


def test_a_share_of_the_plays_may_be_bad(call: Call, folder: Path) -> None:
    (folder / "ask.yaml").write_text(ASKS)
    bad = "3 passed, 1 failed"
    for options, code in ((["--max-flaky", "20%"], 1), (["--max-flaky", "25%"], 0)):
        with peer(moody(number != 2 for number in count())) as url:
            called = call("run", "ask.yaml", "--url", url, "--repeat", "4", *options)
        assert called.code == code, called.out
        assert bad in called.out
        assert "Asks: 4 plays, 1 bad, 25.0%" in called.out
    assert "(1 of 4 plays are bad, and 25.0% may be)" in called.out


def test_limits_over_all_plays(call: Call, folder: Path) -> None:
    (folder / "t.yaml").write_text(TURN.format(limits="{response: {max: 5s, p95: 4s}}"))
    report = json.loads(call("run", "t.yaml", "--repeat", "3", "--report", "json").out)
    assert (report["exit_code"], report["problems"]) == (0, [])
    (row,) = report["repeats"]
    assert 0 < row["response"]["p50"] <= row["response"]["p95"] < 4
    (folder / "t.yaml").write_text(TURN.format(limits="{first_delta: {p50: 0.001ms}}"))
    called = call("run", "t.yaml", "--repeat", "3", "--report", "github")
    assert called.code == 1
    assert "title=limit-exceeded::rtdebug: Turn: p50 of first_delta took" in called.out
    assert "file=t.yaml,line=8," in called.out


def test_a_baseline_excuses_what_it_knows_and_nothing_else(call: Call, folder: Path) -> None:
    (folder / "bad.yaml").write_text(BAD)
    known = ("--baseline", "known.yaml")
    assert call("run", ".", *known, "--write-baseline").code == 0
    assert '"bad.yaml":\n  - "step expect error"\n' in (folder / "known.yaml").read_text()
    called = call("run", ".", *known, "--report", "junit=out.xml", "--report", "github")
    assert called.code == 0
    assert called.out.startswith("::warning file=bad.yaml")
    assert (
        '<skipped type="expect error" message="known by known.yaml'
        in (folder / "out.xml").read_text()
    )
    (folder / "new.yaml").write_text(BAD)
    assert call("run", ".", *known).code == 1
    (folder / "new.yaml").unlink()
    (folder / "bad.yaml").write_text(GOOD.format(name="Mended", tags=""))
    called = call("run", ".", *known)
    assert called.code == 1
    assert "baseline-stale: bad.yaml: step expect error is in the baseline" in called.out
    assert "(known.yaml:4:5)" in called.out
    assert call("run", "a.yaml", *known).code == 0  # what was not played is not stale


def test_a_baseline_holds_for_logs(call: Call, folder: Path) -> None:
    (folder / "log.jsonl").write_text(
        '{"type": "response.creat"}\n'
        '{"type": "error", "error": {"type": "x", "code": "y", "message": "z"}}\n'
    )
    code = call("diagnose", "log.jsonl").code
    assert code == 1
    assert call("diagnose", "log.jsonl", "--baseline", "known.yaml", "--write-baseline").code == 0
    assert call("diagnose", "log.jsonl", "--baseline", "known.yaml").code == 0


def test_each_run_has_its_line_as_it_ends_also_in_a_pipe(folder: Path) -> None:
    """The server lets the second session begin when the line of the first has been read."""
    (folder / "two.yaml").write_text(GOOD.format(name="Second", tags=""))
    read, turns = Event(), count()

    def talk(connection: ServerConnection) -> None:
        if next(turns):
            assert read.wait(20)
        say(connection, CREATED)
        connection.recv()

    with peer(talk) as url, Popen(command("run", "a.yaml", "two.yaml", "--url", url), stdout=PIPE,
                                  env=environment()) as process:  # fmt: skip
        assert process.stdout is not None
        first = process.stdout.readline().decode()
        read.set()
        rest = process.stdout.read().decode()
    assert first.startswith("✓ Scenario a")
    assert "Second" in rest
    assert "Scenario a" not in rest


def test_a_server_that_still_starts_is_waited_for(call: Call, folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    servers = []

    def start() -> None:
        server = serve(moody(iter([True])), "127.0.0.1", port)
        servers.append(server)
        server.serve_forever()

    (folder / "ask.yaml").write_text(ASKS)
    timer = Timer(0.3, start)
    timer.start()
    try:
        called = call(
            "run", "ask.yaml", "--url", f"ws://127.0.0.1:{port}/", "--wait-for-server", "10s"
        )
        assert called.code == 0, called.out
    finally:
        timer.join(0)
        for server in servers:
            server.shutdown()
        timer.join()
