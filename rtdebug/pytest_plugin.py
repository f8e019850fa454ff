"""The pytest plugin: scenario files as tests, and fixtures for a server and a judge.

It does nothing unless it is asked to: ``--rtdebug``, or ``rtdebug_files`` in the configuration of
pytest, collects scenario files; a fixture works when a test names it. Before that nothing of
rtdebug is imported.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from rtdebug.api import Judge, Report, Server

_ENDINGS = (".yaml", ".yml")


def pytest_addoption(parser: pytest.Parser) -> None:
    """--rtdebug and what belongs to it."""
    group = parser.getgroup("rtdebug", "scenarios of rtdebug")
    group.addoption("--rtdebug", action="store_true", help="Collect every scenario file.")
    group.addoption("--rtdebug-url", metavar="URL", help="Play scenarios against this target.")
    group.addoption("--rtdebug-capture", metavar="DIR", help="Keep the messages of each here.")
    parser.addini("rtdebug_files", "Globs of scenario files to collect.", type="linelist")


def pytest_configure(config: pytest.Config) -> None:
    """Tags of scenarios are markers, so that ``-m`` chooses by them."""
    config.addinivalue_line("markers", "rtdebug: a scenario file of rtdebug.")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A scenario file where they are asked for."""
    if file_path.suffix in _ENDINGS and _is_wanted(file_path, parent.config):
        found: pytest.Collector = ScenarioFile.from_parent(parent, path=file_path)
        return found
    return None


def _is_wanted(path: Path, config: pytest.Config) -> bool:
    globs = config.getini("rtdebug_files")
    if globs:
        root = config.rootpath
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        return any(fnmatch.fnmatch(name, glob) for glob in globs)
    if not config.getoption("--rtdebug"):
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        return any(line.startswith("rtdebug:") for line in file)


class ScenarioFile(pytest.File):
    """A file, which holds one scenario."""

    def collect(self) -> Iterator[pytest.Item]:
        """Its one item; a file that is no scenario is told at its place."""
        import os

        from rtdebug.documents import load_document
        from rtdebug.errors import DocumentError, RtdebugError
        from rtdebug.reports.document_error import render
        from rtdebug.scenario.load import Given, load_scenario

        try:
            scenario = load_scenario(load_document(self.path), Given(env=os.environ))
        except DocumentError as error:
            raise self.CollectError(render(error)) from None
        except RtdebugError as error:
            raise self.CollectError(f"{error.message}\n{error.hint}") from None
        item = ScenarioItem.from_parent(self, name=scenario.name)
        item.line = scenario.source.line
        item.add_marker("rtdebug")
        for tag in scenario.tags:
            item.add_marker(getattr(pytest.mark, tag))
        yield item


class ScenarioFailure(Exception):
    """A scenario was judged bad; ``report`` says why."""

    def __init__(self, report: Report) -> None:
        super().__init__("the scenario was judged bad")
        self.report = report


class ScenarioItem(pytest.Item):
    """One scenario, played once."""

    line = 1

    def runtest(self) -> None:
        """Plays it; raises ScenarioFailure for anything but exit code 0."""
        from rtdebug import api

        report = api.run(
            self.path, url=self.config.getoption("--rtdebug-url"), capture=self._capture()
        )
        for run in report.runs:
            self.user_properties += [("rtdebug", one.name) for one in run.findings]
        if report.exit_code == 130:
            raise KeyboardInterrupt
        if report.exit_code:
            raise ScenarioFailure(report)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report, behind the line of the file that failed."""
        from rtdebug import api

        error = excinfo.value
        if isinstance(error, ScenarioFailure):
            from rtdebug.reports.faults import all_faults

            fault = all_faults(error.report)[0]
            place = f"{fault.place}: {fault.name}: {fault.title}\n\n" if fault.place else ""
            return place + api.render(error.report)
        if isinstance(error, api.RtdebugError):
            return f"{error.message}\n{error.hint}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it stands."""
        return self.path, self.line - 1, self.name

    def _capture(self) -> Path | None:
        folder = self.config.getoption("--rtdebug-capture")
        if not folder:
            return None
        import re

        Path(folder).mkdir(parents=True, exist_ok=True)
        stem = re.sub(r"[^\w.-]+", "-", self.nodeid.partition("::")[0])
        path = Path(folder) / f"{stem}.jsonl"
        path.unlink(missing_ok=True)  # of the run before
        return path


@pytest.fixture
def rtdebug_server() -> Iterator[Callable[..., Server]]:
    """Starts a scripted server: ``rtdebug_server({"reply": {"text": "Hi"}})``, or with a fault of
    the gallery: ``rtdebug_server(fault="response-done-missing")``. It has ``url`` and
    ``base_url``, and ends with the test."""
    from rtdebug import api

    with ExitStack() as stack:
        yield lambda *script, **how: stack.enter_context(api.serve(*script, **how))


@pytest.fixture
def rtdebug_session() -> Iterator[Callable[..., Judge]]:
    """Judges what goes through it: ``rtdebug_session(server.url)`` has a ``url`` to connect to. A
    session that was judged bad fails the test at its end, unless the test has asked for its
    ``report()`` and looked for itself."""
    from rtdebug import api

    judges: list[Judge] = []
    with ExitStack() as stack:

        def begin(*upstream: str, **how: Any) -> Judge:
            judges.append(stack.enter_context(api.judge(*upstream, **how)))
            return judges[-1]

        yield begin
        reports = [judge.report() for judge in judges if not judge.asked]
    bad = [api.render(report) for report in reports if report.exit_code]
    if bad:
        pytest.fail("\n".join(bad), pytrace=False)
