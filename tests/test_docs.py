"""The documentation is true: scenarios in it load, commands exist, links lead somewhere, and the
output it shows is what the tool prints."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import click
import jsonschema
import pytest

from rtdebug.api.checking import check_files
from rtdebug.cli.app import COMMANDS, run
from rtdebug.packs.checking import TABLES, faults
from rtdebug.reports.document_error import render
from rtdebug.resources import scenarios, schemas

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OTHERS = [*ROOT.glob("*.md"), ROOT / "docs" / "findings" / "README.md"]
BLOCK = re.compile(r"^```([a-z]*)[^\n]*\n(.*?)^```$", re.M | re.S)


def blocks(language: str, pages: list[Path]) -> list[tuple[str, str]]:
    """Name of the page and number of the line -> text of each block in a language."""
    found = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            if match[1] == language:
                line = text[: match.start()].count("\n") + 1
                found.append((f"{page.relative_to(ROOT)}:{line}", match[2]))
    return found


def named(pairs: list[tuple[str, str]]) -> list[object]:
    return [pytest.param(text, id=name) for name, text in pairs]


# Mock scripts, packs and workflows have tests of their own.
SCENARIOS = blocks(
    "yaml", [page for page in PAGES if page.name not in ("mock.md", "packs.md", "ci.md")]
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that examples name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "audio").mkdir()
    sound = scenarios("openai-realtime", "audio", "hello.wav").read_bytes()
    (tmp_path / "audio" / "hello.wav").write_bytes(sound)
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "greet.yaml").write_text("- expect: session.created\n")
    return tmp_path


@pytest.mark.parametrize("text", named(SCENARIOS))
def test_every_scenario_in_the_docs_is_one(folder: Path, text: str) -> None:
    """Steps, and other parts of a scenario, are put into the smallest one."""
    if not re.search(r"^rtdebug:", text, re.M):
        begins = "rtdebug: 1\n"
        if text.startswith("- "):
            text = f"{begins}steps:\n{text}- expect: session.created\n"
        else:
            text = begins + text + ("" if "\nsteps:" in text else "steps: [{expect: error}]\n")
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    (errors,) = check_files(["a.yaml"], env={"OPENAI_API_KEY": "none"}).values()
    assert not errors, "\n".join(render(error) for error in errors)


PLAYABLE = [(name, text) for name, text in SCENARIOS if re.search(r"^mock:", text, re.M)
            and re.search(r"^rtdebug:", text, re.M)]  # fmt: skip


@pytest.mark.parametrize("text", named(PLAYABLE))
def test_a_whole_scenario_in_the_docs_passes(
    folder: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    assert run(["run", "a.yaml"]) == 0, capsys.readouterr().out


def _examples() -> Iterator[tuple[str, str]]:
    """The command lines in the help of each command; a comment stands behind two blanks."""
    for name, (module, _) in COMMANDS.items():
        epilog = import_module(module).command.epilog.replace("\\\n", " ")
        for line in re.findall(
            r"^  (rtdebug .*|kubectl .*)", re.sub(r" {4,}--", " --", epilog), re.M
        ):
            yield f"{name} --help", line.partition("  ")[0]


def _command_lines() -> list[tuple[str, str]]:
    found = [*_examples()]
    for name, text in blocks("console", PAGES):
        lines = text.replace("\\\n", " ").splitlines()
        found += [(name, line[2:]) for line in lines if line.startswith("$ ")]
    return found


@pytest.mark.parametrize("line", named(_command_lines()))
def test_every_command_in_the_docs_exists(line: str) -> None:
    """Its options and arguments are taken apart as click would; nothing is called."""
    for words in calls(line):
        if words[1] in ("--help", "--version", "-h"):
            continue
        assert words[1] in COMMANDS, f"there is no command {words[1]}"
        command: click.Command = import_module(COMMANDS[words[1]][0]).command
        arguments = words[2:]
        if {"...", "…", "--help"} & set(arguments) or not arguments:
            continue
        with suppress(click.exceptions.Exit):  # options that print something and are done
            # A command keeps the help option it is first called with.
            command.make_context(words[1], arguments, help_option_names=["-h", "--help"])


MENTIONS = [
    pytest.param(match[1], id=f"{page.relative_to(ROOT)} {match[1][:40]}")
    for page in [*PAGES, *OTHERS]
    for match in re.finditer(r"`(rtdebug [^`\n]+)`", page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("mention", MENTIONS)
def test_every_command_that_is_mentioned_exists(mention: str) -> None:
    name, *rest = mention.partition(" -- ")[0].split()[1:]  # what follows is another program's
    if name.startswith("-"):
        return
    assert name in COMMANDS, f"there is no command {name}"
    command: click.Command = import_module(COMMANDS[name][0]).command
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert {word.partition("=")[0] for word in rest if word.startswith("--")} - known == set()


def calls(line: str) -> Iterator[list[str]]:
    """The calls of rtdebug in a line for a shell, each as its words."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.commenters = "#"
    lexer.whitespace_split = True
    words: list[str] = []
    for word in (*lexer, ";"):
        if not set(word) <= set("|&;<>"):
            words.append(word)
            continue
        while words and re.match(r"[A-Z_]+=", words[0]):
            words = words[1:]
        if len(words) > 1 and Path(words[0]).name == "rtdebug":
            yield words
        words = []


def test_the_pack_in_the_docs_is_whole_and_the_reference_has_every_row(tmp_path: Path) -> None:
    page = ROOT / "docs" / "packs.md"
    ((_, text),) = blocks("yaml", [page])
    (tmp_path / "pack.yaml").write_text(text)
    assert faults(tmp_path) == []
    rows = {key for table in TABLES for key in table}
    assert rows <= set(re.findall(r"\w+", page.read_text("utf-8")))


@pytest.mark.parametrize("text", named(blocks("json", PAGES)))
def test_every_json_in_the_docs_is_json(text: str) -> None:
    for value in [json.loads(line) for line in text.splitlines()] if "\n{" in text else [
        json.loads(text)
    ]:  # fmt: skip
        if "report" in value:
            schema = json.loads(schemas("rtdebug", "report.schema.json").read_text())
            jsonschema.Draft202012Validator(schema).validate(value)


@pytest.mark.parametrize("text", named(blocks("python", [ROOT / "docs" / "python-api.md"])))
def test_every_program_in_the_docs_runs(text: str) -> None:
    """Tests of an app that is not there are only read."""
    program = compile(text, "docs/python-api.md", "exec")
    if "def test_" not in text:
        exec(program, {})


# What varies from call to call, and what stands for it.
VARYING = (
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"\b\d+(?:\.\d+)? m?s\b"), "TIME"),
    (re.compile(r"\d+ms\b"), "TIME"),
    (re.compile(r" {2,}"), "  "),
    (re.compile(r" +TIME"), " TIME"),
)
MARKED = re.compile(
    r"^<!-- (?:file: (?P<file>\S+)|(?P<output>output)) -->\n```[a-z]*\n(?P<text>.*?)^```$",
    re.M | re.S,
)


def varied(text: str) -> str:
    for pattern, replacement in VARYING:
        text = pattern.sub(replacement, text)
    return text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_output_in_the_docs_is_what_is_printed(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comment before a block says that it is a file, or what a command prints in a pipe."""
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "RTDEBUG_URL", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    for match in MARKED.finditer(page.read_text(encoding="utf-8")):
        if match["file"]:
            (tmp_path / match["file"]).write_text(match["text"], encoding="utf-8")
            continue
        line, _, shown = match["text"].partition("\n")
        words = shlex.split(line.removeprefix("$ "))
        named = [word.rpartition(":")[2] for word in words]  # mock:SCRIPT names a file too
        at = tmp_path if any((tmp_path / word).exists() for word in named) else ROOT
        monkeypatch.chdir(at)
        run(words[1:])
        printed = capsys.readouterr()
        assert varied(shown) == varied(printed.out), printed.out
        assert printed.err == ""


@pytest.mark.parametrize("page", ["README.md", "docs/commands.md"])
def test_every_command_is_named_with_a_link(page: str) -> None:
    links = re.findall(r"\[([^\]]*)\]\([^)]+\)", (ROOT / page).read_text("utf-8"))
    assert set(COMMANDS) <= set(re.findall(r"\w+", " ".join(text for text in links if "`" in text)))


def test_every_page_has_its_place_on_the_site() -> None:
    site = (ROOT / "mkdocs.yml").read_text("utf-8")
    assert {page.name for page in PAGES[1:]} <= set(re.findall(r": ([\w-]+\.md)$", site, re.M))


LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", [*PAGES, *OTHERS], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{page.name}: {target}"
        assert there.is_relative_to(ROOT)
        if anchor:
            headings = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.M)
            assert anchor in {_anchor(heading) for heading in headings}, f"{page.name}: {target}"


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
