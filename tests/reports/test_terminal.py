"""What a person reads: the golden screens, and the promises they stand on."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from report_samples import (
    GOLDEN,
    PASSED,
    REFUSED,
    SAMPLES,
    SEVERAL,
    STALLED,
    STALLED_FINDING,
    STEP_FAILED,
    report,
)

from rtdebug.model.findings import Cause, Finding, Severity
from rtdebug.model.results import Location, Outcome, ResponseSummary, Run, TimelineRow
from rtdebug.reports.signs import signs
from rtdebug.reports.terminal import render

FOLDER = Path(__file__).parent / "golden"
SGR = re.compile(r"\x1b\[[\d;]*m")


def screen(*runs: Run, width: int = 80, exit_code: int = 1, **look: bool) -> str:
    return render(report(*runs, exit_code=exit_code), **{"width": width, "color": False, **look})


@pytest.mark.parametrize("name", GOLDEN)
def test_a_screen_is_as_it_was_read_and_approved(name: str) -> None:
    sample, look = GOLDEN[name]
    assert render(SAMPLES[sample], **look) == (FOLDER / name).read_text(encoding="utf-8")


def test_no_approved_screen_is_left_over() -> None:
    assert {path.name for path in FOLDER.glob("*")} == set(GOLDEN)


def test_a_good_run_takes_a_second_line_where_one_is_too_narrow() -> None:
    run = replace(PASSED, name="n" * 50, findings=())
    lines = screen(run, exit_code=0, width=80).splitlines()
    assert lines[0] == f"✓ {'n' * 50}"
    assert lines[1].startswith("  ")
    assert "received" in lines[1]
    assert screen(run, exit_code=0, width=200).splitlines()[0].endswith(lines[1].strip())


def test_a_record_without_times_is_told_without() -> None:
    response = ResponseSummary("resp_1", "completed", first_delta=0.0, duration=0.0)
    run = replace(PASSED, duration=0.0, responses=(response, response))
    for verbose in (False, True):
        told = screen(run, exit_code=0, verbose=verbose)
        assert "first delta" not in told
        assert "0 ms" not in told
        assert "duration" not in told


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (replace(PASSED, outcome=Outcome.EMPTY, source=None), "the server never sent an event"),
        (replace(STEP_FAILED, outcome=Outcome.EMPTY), "the server never sent an event"),
        (replace(PASSED, outcome=Outcome.EMPTY, steps=()), "that the log holds the messages"),
    ],
)
def test_nothing_to_judge_says_what_to_do(run: Run, words: str) -> None:
    assert words in " ".join(screen(run, exit_code=4).split())


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("look", [{}, {"verbose": True}, {"quiet": True}])
def test_colours_add_nothing_but_colours(sample: str, look: dict[str, bool]) -> None:
    plain = render(SAMPLES[sample], width=80, color=False, **look)
    coloured = render(SAMPLES[sample], width=80, color=True, **look)
    bare = [line.rstrip() for line in SGR.sub("", coloured).splitlines()]
    assert bare == plain.splitlines()


def test_only_colours_for_light_and_dark_grounds_are_used() -> None:
    text = "".join(render(one, width=80, color=True, verbose=True) for one in SAMPLES.values())
    codes = {code for found in re.findall(r"\x1b\[([\d;]*)m", text) for code in found.split(";")}
    assert codes <= {"0", "1", "2", "31", "32", "33", "36"}


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("sample", ["stalled", "several", "refused", "hostile"])
def test_a_screen_keeps_to_its_width(sample: str, width: int) -> None:
    drawn = render(SAMPLES[sample], width=width, color=False).splitlines()
    wide = [line.strip() for line in drawn[:-2] if len(line) > width + 2]
    # Paths, commands and words are never broken.
    paths = {signs(True).line(run.source.path) for run in SAMPLES[sample].runs if run.source}
    assert [
        line
        for line in wide
        if " " in line and not any(path in line for path in paths) and "rtdebug explain" not in line
    ] == []


def test_paths_addresses_and_commands_are_never_broken() -> None:
    path = f"/srv/my tests/{'deep/' * 30}turn.yaml"
    url = f"wss://host/v1/realtime?{'x=1&' * 40}"
    steps = [replace(one, source=Location(path, 3, 5)) for one in STEP_FAILED.steps]
    opened = TimelineRow(None, 0.0, None, "opened", 0, url)
    run = replace(
        STEP_FAILED,
        source=Location(path),
        steps=tuple(steps),
        timeline=(opened, *STEP_FAILED.timeline),
        notes=(f"captured in {path}",),
        findings=(replace(STALLED_FINDING, name="n" * 70),),
    )
    lines = [line.strip() for line in screen(run, width=60).splitlines()]
    assert {url, path, f"{path}:3:5"} <= set(lines)
    assert f"tests/{'deep/' * 30}turn.yaml" in lines  # in a note, which is broken at blanks
    assert f"more       rtdebug explain {'n' * 70}" in lines


def test_a_good_run_imports_no_rich() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from report_samples import SAMPLES\n"
        "from rtdebug.reports.formats import FORMATS, Look\n"
        "FORMATS['terminal'](SAMPLES['passed'], Look())\n"
        "heavy = {'rich', 'json', 'xml', 'asyncio', 'jsonschema'} & set(sys.modules)\n"
        "print(*heavy)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_a_good_run_is_one_line_and_the_sum() -> None:
    assert screen(PASSED, exit_code=0).count("\n") == 2


def test_the_root_cause_is_told_before_all_else() -> None:
    text = screen(STALLED)
    order = [
        "failed",
        "response-stalled-after-created",
        "seen",
        "causes",
        "do now",
        "Steps",
        "What crossed",
    ]
    places = [text.index(word) for word in order]
    assert places == sorted(places)


def test_the_evidence_is_told_with_its_type_and_time() -> None:
    assert "#9 < rate_limits.updated at 1.241 s" in screen(STALLED)
    assert "then nothing from the server for 8.9 s" in screen(STALLED)


def test_a_missing_step_is_drawn_where_it_should_have_come() -> None:
    lines = screen(STALLED).splitlines()
    missing = next(at for at, line in enumerate(lines) if "never came (waited 10.0 s)" in line)
    assert "rate_limits.updated" in lines[missing - 2]
    assert "response-stalled-after-created" in lines[missing - 1]
    assert "ended" in lines[missing + 1]


def test_what_a_stall_cannot_be_is_told_from_the_record() -> None:
    assert "a close: the connection was still open then" in screen(STALLED)


def test_a_close_is_not_ruled_out_where_the_record_does_not_show_the_opening() -> None:
    assert "a close:" not in screen(replace(STALLED, timeline=STALLED.timeline[1:]))


def test_other_faults_are_not_ruled_out_where_some_were_ignored() -> None:
    text = render(report(STALLED, ignored=("rate-limit-low",)), width=80, color=False)
    assert "another known fault" not in text
    assert "ignored: rate-limit-low" in text


def test_an_excluded_cause_stands_apart_from_the_likely_ones() -> None:
    causes = (*STALLED_FINDING.causes, Cause("The key", "excluded", "the session was created"))
    text = screen(replace(STALLED, findings=(replace(STALLED_FINDING, causes=causes),)))
    assert "ruled out  The key (the session was created)" in text


def test_a_consequence_hangs_under_its_cause() -> None:
    text = screen(SEVERAL)
    assert "led to     error-event: The server sent an error" in text
    assert text.count("rtdebug explain") == 2


def test_a_failed_step_says_where_it_stands() -> None:
    assert "scenarios/openai-realtime/text-turn.yaml:19:5" in screen(STEP_FAILED)


def test_many_findings_are_named_and_not_all_told() -> None:
    findings = tuple(replace(STALLED_FINDING, name=f"fault-{at}") for at in range(9))
    text = screen(replace(STALLED, findings=findings))
    assert text.count("do now") == 4
    assert "fault-8" in text
    assert screen(replace(STALLED, findings=findings), verbose=True).count("do now") == 9


@pytest.mark.parametrize(
    ("outcome", "exit_code", "words"),
    [
        (Outcome.EMPTY, 4, "silence is never a pass"),
        (Outcome.ERROR, 3, "no session came about"),
        (Outcome.INTERRUPTED, 130, "Stopped before the end"),
    ],
)
def test_every_end_says_what_it_means(outcome: Outcome, exit_code: int, words: str) -> None:
    run = replace(PASSED, outcome=outcome)
    text = screen(run, exit_code=exit_code)
    assert words in text
    assert f"exit code {exit_code}" in text


def test_a_good_exit_needs_no_words() -> None:
    assert "exit code" not in screen(PASSED, exit_code=0)


def test_quiet_is_silent_about_what_passed() -> None:
    assert screen(PASSED, exit_code=0, quiet=True) == ""
    text = screen(PASSED, REFUSED, exit_code=3, quiet=True)
    assert "handshake-401-unauthorized: The server refused the key" in text
    assert len(text.splitlines()) == 4


def test_a_warning_of_a_good_run_is_told() -> None:
    text = render(SAMPLES["warned"], width=80, color=False)
    assert "! slow-first-delta: The first delta took long" in text
    assert "do now: Use a region nearer by." in text


@pytest.mark.parametrize(
    "line",
    [
        "::error file=a::b",
        "  ::stop-commands::x",
        "##[error]x",
        "##vso[task.setvariable variable=a]b",
        "x ##teamcity[y]",
    ],
)
def test_no_line_is_a_command_to_the_runner_of_a_pipeline(line: str) -> None:
    finding = Finding(
        "a-fault", Severity.ERROR, STALLED_FINDING.certainty, "Title", f"said\n{line}"
    )
    text = screen(replace(STALLED, findings=(finding,)))
    assert not re.search(r"(?m)^\s*::", text)
    assert not re.search(r"##\w*\[", text)
