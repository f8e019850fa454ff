"""JUnit XML: what fails, where, under which name, and that every reader can read it."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from junitparser import JUnitXml
from report_samples import (
    EMPTY,
    HOSTILE,
    INTERRUPTED,
    PASSED,
    PASTED,
    REFUSED,
    SAMPLES,
    SEVERAL,
    STALLED,
    STEP_FAILED,
    WARNED,
    report,
)

from rtdebug.model.results import Outcome, Run
from rtdebug.reports.junit import render


def suites(*runs: Run) -> list[Element]:
    return list(ElementTree.fromstring(render(report(*runs)).encode()))


def cases(run: Run, tag: str = "") -> list[Element]:
    (suite,) = suites(run)
    return [case for case in suite.iter("testcase") if not tag or case.find(tag) is not None]


def names(found: list[Element]) -> list[str]:
    return [case.get("name", "") for case in found]


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_report_is_read_back_by_others(sample: str, tmp_path: Path) -> None:
    path = tmp_path / "out.xml"
    path.write_text(render(SAMPLES[sample]), encoding="utf-8")
    read = JUnitXml.fromfile(str(path))
    assert len(list(read)) == len(SAMPLES[sample].runs)


def test_each_step_is_a_case() -> None:
    assert names(cases(PASSED))[:2] == ["1 expect session.created", "2 send session.update"]
    assert cases(PASSED, "failure") == []


def test_a_failed_step_fails_at_its_place() -> None:
    (case,) = cases(STEP_FAILED, "failure")
    assert case.get("classname") == "text-turn.Answer in text"
    assert (case.get("file"), case.get("line")) == (
        "scenarios/openai-realtime/text-turn.yaml",
        "19",
    )
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "expect response.done"
    assert failure.get("message") == 'expected response.status "completed"'
    assert "* #23" in (failure.text or "")


def test_a_step_takes_the_time_since_the_one_before() -> None:
    assert [case.get("time") for case in cases(PASSED)][:3] == ["0.004", "0.002", "0.086"]


def test_a_root_finding_is_a_case_of_its_own() -> None:
    assert names(cases(SEVERAL, "failure")) == [
        "finding active-response-conflict",
        "finding connection-lost",
    ]
    failure = cases(SEVERAL)[0].find("failure")
    assert failure is not None
    assert failure.get("type") == "active-response-conflict"
    assert "led to: error-event" in (failure.text or "")
    assert "do now: Send response.create only after" in (failure.text or "")


def test_what_was_not_reached_is_skipped() -> None:
    assert names(cases(STALLED, "skipped")) == ["7 expect response.done"]


@pytest.mark.parametrize(
    ("run", "kind"),
    [
        (REFUSED, "handshake-401-unauthorized"),
        (EMPTY, "nothing-to-judge"),
        (INTERRUPTED, "interrupted"),
    ],
)
def test_no_verdict_is_an_error_and_no_failure(run: Run, kind: str) -> None:
    (case,) = cases(run, "error")
    error = case.find("error")
    assert error is not None
    assert error.get("type") == kind
    assert cases(run, "failure") == []


def test_a_good_run_without_steps_is_still_a_case() -> None:
    assert names(cases(replace(PASSED, steps=()))) == ["session"]


def test_warnings_fail_only_a_run_that_failed_by_them() -> None:
    assert cases(WARNED, "failure") == []
    failed = replace(WARNED, outcome=Outcome.FAILED)
    assert names(cases(failed, "failure")) == ["finding slow-first-delta"]


def test_errors_that_do_not_count_fail_nothing() -> None:
    assert cases(replace(PASTED, outcome=Outcome.PASSED), "failure") == []


def test_the_numbers_add_up() -> None:
    root = ElementTree.fromstring(render(SAMPLES["many"]).encode())
    for key, tag in (
        ("tests", ""),
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ):
        found = [case for case in root.iter("testcase") if not tag or case.find(tag) is not None]
        assert root.get(key) == str(len(found)) == str(sum(int(one.get(key, "")) for one in root))


def test_names_are_never_used_twice() -> None:
    steps = tuple(replace(step, index=1, label="again") for step in PASSED.steps)
    run = replace(PASSED, steps=steps)
    found = [
        (case.get("classname"), case.get("name"))
        for suite in suites(run, run, run)
        for case in suite.iter("testcase")
    ]
    assert len(set(found)) == len(found) == 18


def test_the_session_is_told_in_properties() -> None:
    (suite,) = suites(STALLED)
    told = {one.get("name"): one.get("value") for one in suite.iter("property")}
    assert told["target"] == "ws://127.0.0.1:41737/v1/realtime?model=gpt-realtime"
    assert told["responses"] == "resp_E6U11r008abcdefghijklm"
    assert (told["pack"], told["peer"]) == ("openai-realtime", "openai")


def test_what_xml_has_no_place_for_is_shown() -> None:
    text = render(report(HOSTILE))
    assert r"\x1b]0;owned\x07" in text
    assert r"\ud800\ufffe" in text


def test_a_long_body_is_cut() -> None:
    step = replace(STEP_FAILED.steps[2], detail="x" * 100_000)
    assert len(render(report(replace(STEP_FAILED, steps=(step,))))) < 50_000


@pytest.mark.parametrize("outcome", [Outcome.EMPTY, Outcome.ERROR, Outcome.INTERRUPTED])
def test_one_fault_is_one_failure(outcome: Outcome) -> None:
    """A finding is told by the case that has no session, or by one of its own, never by both."""
    run = replace(STALLED, outcome=outcome, steps=())
    bad = [*cases(run, "failure"), *cases(run, "error")]
    told = [case for case in bad if "after-created (error" in "".join(case.itertext())]
    assert len(told) == 1


def test_a_root_hangs_under_the_step_that_failed_of_it() -> None:
    (failed,) = cases(STALLED, "failure")
    assert failed.get("name", "").startswith("6 ")
    assert "response-stalled-after-created (error" in "".join(failed.itertext())
