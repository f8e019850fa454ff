"""``run``: what a SCENARIO may be, several at once, several times, and where captures go."""

from __future__ import annotations

import json
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from calling import CREATED, Call, peer, say
from websockets.sync.server import ServerConnection

GOOD = "rtdebug: 1\nname: Say hello\nsteps:\n  - expect: session.created\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def report_of(call: Call, *arguments: object) -> dict:
    return json.loads(call(*arguments, "--report", "json").out)


@pytest.mark.parametrize(
    "name",
    [
        "text-turn",
        "text-turn.yaml",
        "openai-realtime/text-turn",
        "openai-realtime/text-turn.yaml",
        "scenarios/openai-realtime/text-turn.yaml",
    ],
)
def test_a_shipped_scenario_is_found_from_any_folder(call: Call, folder: Path, name: str) -> None:
    assert call("run", name).code == 0


def test_a_file_goes_before_a_shipped_name(call: Call, folder: Path) -> None:
    (folder / "text-turn").write_text(GOOD)
    assert "Say hello" in call("run", "text-turn").out


def test_a_shipped_name_stays_in_its_folder(call: Call, folder: Path) -> None:
    assert call("run", "../pyproject.toml").code == 2


def test_a_folder_is_all_scenarios_in_it_and_nothing_else(call: Call, folder: Path) -> None:
    (folder / "all" / "deep").mkdir(parents=True)
    (folder / "all" / "b.yaml").write_text(GOOD)
    (folder / "all" / "deep" / "a.yml").write_text(GOOD)
    (folder / "all" / "script.yaml").write_text("reply: {text: hi}\n")
    (folder / "all" / "notes.txt").write_text("rtdebug: 1\n")
    report = report_of(call, "run", "all")
    paths = [Path(run["source"]["path"]) for run in report["runs"]]
    assert paths == [Path("all/b.yaml"), Path("all/deep/a.yml")]


def test_a_path_under_this_folder_is_shown_as_seen_from_here(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rtdebug import resources

    monkeypatch.chdir(resources.data_folder())
    report = report_of(call, "run", "text-turn")
    assert report["runs"][0]["source"]["path"] == "scenarios/openai-realtime/text-turn.yaml"


def test_repeat_numbers_its_runs_and_their_captures(call: Call, folder: Path) -> None:
    (folder / "a.yaml").write_text(GOOD)
    report = report_of(call, "run", "a.yaml", "--repeat", 3, "--jobs", 2, "--capture", "kept")
    names = [f"Say hello ({turn} of 3)" for turn in (1, 2, 3)]
    assert [run["name"] for run in report["runs"]] == names
    assert sorted(path.name for path in (folder / "kept").iterdir()) == [
        "a-1.jsonl", "a-2.jsonl", "a-3.jsonl",
    ]  # fmt: skip


def test_jobs_play_at_once_and_report_in_order(call: Call, folder: Path) -> None:
    waiting = GOOD + "  - wait: 400ms\n"
    for name in "abcdef":
        (folder / f"{name}.yaml").write_text(waiting.replace("Say hello", name))
    report = report_of(call, "run", ".", "--jobs", 6)
    assert [run["name"] for run in report["runs"]] == list("abcdef")
    begun = [datetime.fromisoformat(run["started"]) for run in report["runs"]]
    over = [
        start + timedelta(seconds=run["duration"])
        for start, run in zip(begun, report["runs"], strict=True)
    ]
    assert max(begun) < min(over), "all begin before the first is over"


def test_a_capture_file_is_for_its_owner_only(call: Call, folder: Path) -> None:
    assert call("run", "text-turn", "--capture", "one.jsonl").code == 0
    assert stat.S_IMODE((folder / "one.jsonl").stat().st_mode) == 0o600


def test_a_slash_says_that_a_folder_is_meant_and_has_it_made(call: Call, folder: Path) -> None:
    assert call("run", "text-turn", "--capture", "new/inner/").code == 0
    assert [path.name for path in (folder / "new" / "inner").iterdir()] == ["text-turn.jsonl"]
    assert stat.S_IMODE((folder / "new" / "inner").stat().st_mode) == 0o700


@pytest.mark.parametrize("capture", ["kept", "kept/"])
def test_a_folder_of_captures_has_one_for_each_scenario(
    call: Call, folder: Path, capture: str
) -> None:
    assert call("run", "text-turn", "cancel", "--jobs", 2, "--capture", capture).code == 0
    assert sorted(path.name for path in (folder / "kept").iterdir()) == [
        "cancel.jsonl", "text-turn.jsonl",
    ]  # fmt: skip


def test_a_capture_is_never_overwritten(call: Call, folder: Path) -> None:
    (folder / "kept").mkdir()
    (folder / "kept" / "cancel.jsonl").write_text("mine")
    called = call("run", "text-turn", "cancel", "--capture", "kept")
    assert called.code == 2
    assert "kept/cancel.jsonl: a file is already there" in called.err
    assert (folder / "kept" / "cancel.jsonl").read_text() == "mine"
    assert not (folder / "kept" / "text-turn.jsonl").exists(), "nothing was sent"


def test_no_audio_keeps_length_and_hash(call: Call, folder: Path) -> None:
    assert call("run", "audio-turn-vad", "--capture", "a.jsonl", "--no-audio").code == 0
    lines = [json.loads(line) for line in (folder / "a.jsonl").read_text().splitlines()]
    silenced = [line for line in lines if "audio" in line]
    assert {line["from"] for line in silenced} == {"client", "server"}
    assert all(line["event"][line["audio"]["field"]] == "" for line in silenced)
    assert all(line["audio"]["chars"] and line["audio"]["sha256"] for line in silenced)
    assert call("diagnose", "a.jsonl").code == 0


def test_a_variable_takes_the_type_it_has_in_the_file(call: Call, folder: Path) -> None:
    (folder / "a.yaml").write_text(
        "rtdebug: 1\ntimeout: 400ms\nvars: {words: Hello}\n"
        "mock: {reply: {text: '${words}'}}\nsteps:\n"
        "  - send: {type: response.create, response: {output_modalities: [text]}}\n"
        "  - expect: {type: response.output_text.done, text: Moin}\n"
    )
    assert call("run", "a.yaml").code == 1
    assert call("run", "a.yaml", "--var", "words=Moin").code == 0


def test_a_target_of_the_command_line_goes_before_the_files_own(call: Call, folder: Path) -> None:
    seen: list[dict[str, str]] = []

    def talk(connection: ServerConnection) -> None:
        assert connection.request is not None
        seen.append(dict(connection.request.headers.raw_items()))
        say(connection, CREATED)

    (folder / "a.yaml").write_text(
        GOOD + "target: {url: mock, headers: {X-One: file, X-Two: file}}\n"
    )
    with peer(talk) as url:
        assert call("run", "a.yaml", "--url", url, "--header", "x-one: line").code == 0
    assert seen[0]["x-one"] == "line"
    assert seen[0]["X-Two"] == "file"
    assert "X-One" not in seen[0]


def test_a_timeout_of_the_command_line_goes_before_the_files_own(call: Call, folder: Path) -> None:
    (folder / "a.yaml").write_text(
        "rtdebug: 1\ntimeout: 60s\nsteps:\n  - expect: response.created\n"
    )
    called = call("run", "a.yaml", "--timeout", "150ms")
    assert called.code == 1
    assert "within 150ms" in called.out


def test_nothing_is_asked_of_an_empty_environment(call: Call, folder: Path) -> None:
    assert call("run", "openai-realtime", "--jobs", 7, "--quiet") == (0, "", "")


CALLS = """rtdebug: 1
timeout: 300ms
steps:
  - send: {type: response.create, response: {output_modalities: [text]}}
  - expect: {type: response.output_item.done, item: {type: function_call}}
"""


def test_a_failed_expectation_points_at_the_script_of_the_embedded_server(
    call: Call, folder: Path
) -> None:
    (folder / "a.yaml").write_text(CALLS)
    called = call("run", "a.yaml")
    assert called.code == 1
    assert "write under mock: what it is to say here" in " ".join(called.out.split())
    (folder / "a.yaml").write_text(CALLS + "mock: {reply: {tool: {name: f, arguments: {}}}}\n")
    assert call("run", "a.yaml").code == 0


@pytest.mark.parametrize(
    "more",
    [
        "mock: {drop: [response.output_item.done]}\n",
        "  - send: {type: nonsense}\n    raw: true\n",
    ],
)
def test_where_something_else_is_wrong_the_script_is_not_named(
    call: Call, folder: Path, more: str
) -> None:
    head, _, rest = CALLS.partition("steps:\n")
    text = CALLS + more if more.startswith("mock") else f"{head}steps:\n{more}{rest}"
    (folder / "a.yaml").write_text(text)
    called = call("run", "a.yaml")
    assert "under mock:" not in called.out


def test_a_real_server_is_not_told_about_scripts(call: Call, folder: Path) -> None:
    (folder / "a.yaml").write_text(GOOD + "  - expect: response.done\n    within: 100ms\n")
    with peer(lambda connection: say(connection, CREATED)) as url:
        called = call("run", "a.yaml", "--url", url)
    assert called.code == 1
    assert "mock" not in called.out
