"""The pytest plugin: what it collects and when, how it tells a failure, its fixtures, and xdist."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

pytest_plugins = ["pytester"]

GOOD = """\
rtdebug: 1
name: Say hello
tags: [smoke]
steps:
  - expect: session.created
"""
BAD = """\
rtdebug: 1
name: Never answers
mock: {stall: {after: response.created}}
steps:
  - expect: session.created
  - send: {type: response.create}
  - expect: response.done
    within: 300ms
"""
# A checkout that was installed before has no entry point yet.
INSTALLED = any(one.name == "rtdebug" for one in entry_points(group="pytest11"))
LOADED = () if INSTALLED else ("-p", "rtdebug.pytest_plugin")


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    folder = pytester.mkdir("scenarios")
    (folder / "good.yaml").write_text(GOOD)
    (folder / "bad.yaml").write_text(BAD)
    (folder / "script.yaml").write_text("reply: {text: hi}\n")
    return pytester


def run(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return suite.runpytest_subprocess(*LOADED, *arguments)


def test_nothing_is_collected_unless_it_is_asked_for(suite: pytest.Pytester) -> None:
    assert run(suite).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_failure_points_at_its_line_and_shows_the_report(suite: pytest.Pytester) -> None:
    result = run(suite, "--rtdebug", "-v", "--rtdebug-capture", "kept")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "scenarios/good.yaml::Say hello PASSED*",
            "*scenarios/bad.yaml:7:5: response-stalled-after-created: *",
            "*do now *",
        ]
    )
    assert {path.name for path in (suite.path / "kept").iterdir()} == {
        "scenarios-good.yaml.jsonl", "scenarios-bad.yaml.jsonl"
    }  # fmt: skip


def test_files_and_tags_choose(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\nrtdebug_files = scenarios/*d.yaml\nmarkers =\n  smoke: quick\n")
    result = run(suite, "-m", "smoke", "--strict-markers")
    result.assert_outcomes(passed=1, deselected=1)


def test_a_file_that_is_wrong_is_told_at_its_place(suite: pytest.Pytester) -> None:
    (suite.path / "scenarios" / "good.yaml").write_text("rtdebug: 1\nstep: []\n")
    result = run(suite, "--rtdebug")
    result.stdout.fnmatch_lines(["*good.yaml:1:1: error: 'steps' is missing*"])
    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_scenarios_are_shared_among_workers(suite: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    run(suite, "--rtdebug", "-n", "2").assert_outcomes(passed=1, failed=1)


def test_a_server_and_a_judge_for_a_test_of_an_app(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import json
        from websockets.sync.client import connect

        def turn(url):
            with connect(url, proxy=None, max_queue=None) as ws:
                ws.recv(timeout=5)
                ws.send(json.dumps({"type": "response.create"}))
                seen = []
                while not seen or seen[-1] != "response.done":
                    seen.append(json.loads(ws.recv(timeout=1))["type"])
                return seen

        def test_good(rtdebug_server, rtdebug_session):
            server = rtdebug_server({"reply": {"text": "Hi"}})
            assert turn(rtdebug_session(server.url).url)[-1] == "response.done"

        def test_judged_bad(rtdebug_server, rtdebug_session):
            server = rtdebug_server({"insert": {"after": "response.created", "event": {"type": "response.done"}}})
            turn(rtdebug_session(server.url).url)

        def test_seen_bad(rtdebug_server, rtdebug_session):
            session = rtdebug_session(rtdebug_server(fault="response-done-missing").url)
            try:
                turn(session.url)
            except TimeoutError:
                pass
            (run,) = session.report().runs
            assert run.server > 5
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["ERROR test_*::test_judged_bad*"])


def test_nothing_of_rtdebug_is_imported_at_the_start(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_start():
            assert [name for name in sys.modules if name.startswith("rtdebug.")] == ["rtdebug.pytest_plugin"]
        """
    )
    run(pytester).assert_outcomes(passed=1)
