"""A pack of 40 lines that somebody wrote: run, tail, diagnose and check obey it, and say each
silence, close and refusal, without a line of Python."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from calling import Call, findings, peer, say
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection

from rtdebug.resources import scenarios

HERE = Path(__file__).with_name("stranger")
ANSWERS = {
    "hello": [{"kind": "ready"}],
    "rename": [{"kind": "renamed"}],
    "say": [{"kind": "call", "call": "c1", "tool": "count"}],
    "result": [{"kind": "part", "text": "It is twelve."}, {"kind": "end"}],
}


def talking(without: str = "") -> Callable[[ServerConnection], None]:
    """A server that keeps one kind of message to itself."""

    def talk(connection: ServerConnection) -> None:
        try:
            for text in connection:
                for answer in ANSWERS[json.loads(text)["kind"]]:
                    if answer["kind"] != without:
                        say(connection, answer)
        except ConnectionClosed:
            pass

    return talk


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(HERE, tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "mine"


@pytest.mark.parametrize("given", [[], ["--pack", "mine"], ["--pack", "./mine"]])
def test_a_scenario_passes_and_its_capture_is_judged_the_same(
    call: Call, folder: Path, given: list[str]
) -> None:
    with peer(talking()) as url:
        done = call(
            "run",
            folder / "round.yaml",
            "--url",
            url,
            *given,
            "--capture",
            "c.jsonl",
            "--report",
            "json",
        )
    assert done.code == 0, done.out
    (run,) = json.loads(done.out)["runs"]
    assert run["outcome"] == "passed"
    again = json.loads(call("diagnose", "c.jsonl", "--report", "json").out)["runs"][0]
    assert (again["outcome"], again["findings"], again["events"]) == ("clean", [], run["events"])
    assert call("tail", "c.jsonl").code == 0


@pytest.mark.parametrize(
    ("without", "name"),
    [
        ("ready", "setup-unanswered"),
        ("renamed", "request-unanswered"),
        ("call", "turn-unanswered"),
        ("end", "turn-stalled"),
    ],
)
def test_each_silence_has_its_name_live_and_read_again(
    call: Call, folder: Path, without: str, name: str
) -> None:
    with peer(talking(without)) as url:
        done = call(
            "run", folder / "round.yaml", "--url", url, "--capture", "c.jsonl", "--report", "json"
        )
    assert done.code == (4 if without == "ready" else 1)  # a peer that never said a word
    found = findings(json.loads(done.out))
    assert name in found
    again = json.loads(call("diagnose", "c.jsonl", "--report", "json").out)
    assert findings(again) == found


def test_a_turn_that_ends_with_nothing_is_told(call: Call, folder: Path) -> None:
    def empty(connection: ServerConnection) -> None:
        for answer in ({"kind": "ready"}, {"kind": "renamed"}, {"kind": "end"}):
            connection.recv()
            say(connection, answer)

    with peer(empty) as url:
        done = call("run", folder / "round.yaml", "--url", url, "--report", "json")
    assert "turn-empty" in findings(json.loads(done.out))


def test_a_tool_call_that_the_app_leaves_alone_is_told(call: Call, folder: Path) -> None:
    steps = (folder / "round.yaml").read_text().split("  - send: {kind: result")[0]
    (folder / "no-result.yaml").write_text(steps + "  - absent: end\n    for: 600ms\n")
    with peer(talking()) as url:
        done = call("run", folder / "no-result.yaml", "--url", url, "--report", "json")
    assert findings(json.loads(done.out)) == ["tool-output-missing"]


def test_a_refused_setup_and_the_words_of_an_error_are_told(call: Call, folder: Path) -> None:
    def refuse(connection: ServerConnection) -> None:
        connection.recv()
        say(connection, {"kind": "oops", "code": "no-money", "text": "You have run out of credit"})

    with peer(refuse) as url:
        done = call("run", folder / "round.yaml", "--url", url)
    assert done.code == 1
    assert "setup-refused" in done.out
    assert "You have run out of credit" in done.out


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("websockets.exceptions.InvalidStatus: server rejected WebSocket connection: HTTP 401", "handshake-401-unauthorized"),
        ("received 1011 (internal error) boom; then sent 1011 (internal error) boom", "close-1011-server-error"),
    ],
)  # fmt: skip
def test_what_any_server_may_say_lies_below_every_pack(
    call: Call, folder: Path, line: str, name: str
) -> None:
    Path("app.log").write_text(line + "\n")
    done = call("diagnose", "app.log", "--pack", "mine", "--report", "json")
    assert done.code != 0
    assert name in findings(json.loads(done.out))


def test_check_reads_the_pack_and_what_speaks_it(call: Call, folder: Path) -> None:
    done = call("check", folder, folder / "round.yaml")
    assert (done.code, done.out.splitlines()[-1]) == (
        0,
        "1 pack and 1 file checked, nothing wrong",
    )
    text = (folder / "round.yaml").read_text()
    (folder / "wrong.yaml").write_text(
        text.replace("turn.end", "turn.edn").replace("hello", "helo")
    )
    done = call("check", folder / "wrong.yaml")
    assert done.code == 2
    assert "wrong.yaml:14:20: error: no message of" in done.out
    assert "did you mean 'turn.end'?" in done.out
    assert "unknown client event 'helo'" in done.out


def test_a_pack_outside_the_folder_of_the_scenario_is_not_taken(call: Call, folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "a.yaml").write_text(
        (folder / "round.yaml").read_text().replace("pack: .", "pack: ..")
    )
    done = call("check", folder / "deep" / "a.yaml")
    assert done.code == 2
    assert "is outside the folder of the scenario" in done.out


SHIPPED = sorted(
    path.with_suffix(".yaml")
    for path in scenarios().glob("*/*.jsonl")
    if path.with_suffix(".yaml").is_file()
)


@pytest.mark.parametrize("scenario", SHIPPED, ids=lambda path: path.stem)
def test_a_scenario_of_each_pack_passes_on_the_server_that_has_its_recording(
    call: Call, scenario: Path
) -> None:
    done = call("run", scenario, "--timeout", "3s", "--report", "json")
    (run,) = json.loads(done.out)["runs"]
    assert (done.code, run["outcome"], run["findings"]) == (0, "passed", [])
    assert run["pack"] == scenario.stem


def test_a_recording_that_is_not_there_is_told_at_its_place(call: Call, folder: Path) -> None:
    text = (
        (folder / "round.yaml")
        .read_text()
        .replace("steps:", "mock: {from: none.jsonl, reply: 1s}\nsteps:")
    )
    (folder / "a.yaml").write_text(text)
    done = call("check", folder / "a.yaml")
    assert done.code == 2
    assert "a.yaml:5:26: error: unknown key 'reply'" in done.out
    (folder / "a.yaml").write_text(text.replace(", reply: 1s", ""))
    assert "'none.jsonl': no such file" in call("check", folder / "a.yaml").out
