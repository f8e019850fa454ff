"""Every command line of the documentation is run, in the order it stands there, in a folder with the
files it names. Left out are those that need a server of somebody else or that serve until they are ended."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from test_docs import MARKED, PAGES, ROOT, blocks, calls

from rtdebug.cli import init
from rtdebug.cli.app import run

ELSEWHERE = (
    (r"wss?://|\$RTDEBUG_URL", "a server of somebody else"),
    (r"^rtdebug (?:mock$|tail mock$|tail .*--follow)", "goes on until it is ended"),
    (r"^rtdebug spy (?:--tls )?-- ", "a real server"),
    (r" eleven\b| order\.yaml", "a document of somebody else; drafts of packs have tests of their own"),
    (r"^rtdebug run gallery|^rtdebug probe mock$", "takes long; the scenarios and the probe have tests of their own"),
)  # fmt: skip
APP = """\
import asyncio, os
from websockets.asyncio.client import connect

async def main():
    async with connect(os.environ["OPENAI_REALTIME_URL"], proxy=None) as socket:
        await socket.recv()

asyncio.run(main())
"""
SCENARIO = """\
rtdebug: 1
name: A turn
tags: [smoke]
vars: {topic: sockets}
mock: {reply: {text: "About ${topic}"}}
steps:
  - expect: session.created
  - send: {type: session.update, session: {type: realtime, output_modalities: [text]}}
  - send: {type: conversation.item.create, item: {type: message, role: user, content: [{type: input_text, text: Hi}]}}
  - send: {type: response.create}
  - expect: {type: response.done, response: {status: completed}}
"""
BROKEN = SCENARIO.replace("mock: {", "timeout: 500ms\nmock: {stall: {after: response.created}, ")
SAYS = "reply: {text: Hi}\n"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that commands name: scenarios, logs, captures, an app."""
    place = tmp_path_factory.mktemp("workspace")
    log = next(text for page in PAGES if page.name == "captures.md"
               for name, _, text in MARKED.findall(page.read_text("utf-8")) if name == "pasted.log")  # fmt: skip
    files = {f"{name}.log": log for name in ("app", "pasted", "yesterday", "today")}
    files |= {
        f"{name}.yaml": SCENARIO for name in ("hello", "turn", "joke", "flows/hello", "flows/again")
    }
    files |= {f"scenarios/{number}.yaml": SCENARIO for number in range(4)}
    files |= {"broken.yaml": BROKEN, "app.py": APP, "script.yaml": SAYS, "my-server.yaml": SAYS}
    for name, text in files.items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    (place / "captures").mkdir()
    for source, target in (("hello", "capture"), ("hello", "healthy"), ("broken", "broken"), ("hello", "turn"),
                           ("hello", "captures/conn-0001")):  # fmt: skip
        run(
            [
                "run",
                str(place / f"{source}.yaml"),
                "--capture",
                str(place / f"{target}.jsonl"),
                "--no-keep",
            ]
        )
    run(
        [
            "run",
            str(place / "hello.yaml"),
            "--baseline",
            str(place / "rtdebug-baseline.yaml"),
            "--write-baseline",
        ]
    )
    return place


def called(arguments: list[str]) -> int:
    """The exit code; commands that read stdin or start others are processes of their own."""
    if arguments[0] != "spy" and "-" not in arguments:
        return run(arguments)
    with open("pasted.log", encoding="utf-8") as log:
        done = subprocess.run(
            [sys.executable, "-m", "rtdebug", *arguments], stdin=log, timeout=60, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT),
                 "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        )  # fmt: skip
    return done.returncode


def offline(page: Path) -> list[list[str]]:
    lines = [line[2:] for _, text in blocks("console", [page])
             for line in text.replace("\\\n", " ").splitlines() if line.startswith("$ ")]  # fmt: skip
    found = [words for line in lines for words in calls(line)]
    return [
        words for words in found if not any(re.search(one, " ".join(words)) for one, _ in ELSEWHERE)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in PAGES if offline(page)], ids=lambda page: page.name
)
def test_the_commands_of_a_page_do_what_they_say(
    page: Path,
    prepared: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    workspace = shutil.copytree(prepared, tmp_path / "workspace")
    monkeypatch.chdir(workspace)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for name in ("RTDEBUG_URL", "RTDEBUG_KEEP", "OPENAI_API_KEY", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    for words in offline(page):
        for old in re.findall(r"(?:--capture|-o) (\S+\.\w+)", " ".join(words)):
            (workspace / old).unlink(missing_ok=True)  # a capture never overwrites one
        code, told = called(words[1:]), capfd.readouterr()
        assert code in (0, 1), f"{shlex.join(words)}: {code}\n{told.err}{told.out}"
        assert "Traceback" not in told.err


def _recipes() -> list[dict[str, object]]:
    return [yaml.safe_load(text) for _, text in blocks("yaml", [ROOT / "docs" / "ci.md"])]


def test_the_recipes_for_ci_are_what_init_writes() -> None:
    github, gitlab = (
        yaml.safe_load(text.replace("{folder}", "scenarios")) for _, text in init.WORKFLOWS.values()
    )
    assert github in [{**one, True: one[True]} for one in _recipes() if "jobs" in one]
    assert gitlab in _recipes()


def test_a_job_turns_red_and_green_again_by_that_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    job = ["run", "scenarios", "--report", "github", "--timeout", "1s"]
    assert (run(["init"]), run(job)) == (0, 0)
    (stall,) = [
        text for _, text in blocks("yaml", [ROOT / "docs" / "ci.md"]) if text.startswith("mock:")
    ]
    path = tmp_path / "scenarios" / "first-turn.yaml"
    good = path.read_text("utf-8")
    path.write_text(re.sub(r"(?m)^mock: .*\n", stall, good), encoding="utf-8")
    capsys.readouterr()
    assert run(job) == 1
    assert capsys.readouterr().out.startswith(
        "::error file=scenarios/first-turn.yaml,line=19,col=5,title=response-stalled-after-created::"
    )
    path.write_text(good, encoding="utf-8")
    assert run(job) == 0
