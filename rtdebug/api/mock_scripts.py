"""The mock script that stands in a scenario, or in a file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rtdebug.documents import load_document
from rtdebug.scenario.document import MOCK, Scenario

if TYPE_CHECKING:
    from rtdebug.scenario.mock_script import MockScript


def mock_script(scenario: Scenario) -> MockScript:
    """The mock script of a scenario; DocumentError where something in it is wrong."""
    from rtdebug.scenario.mock_reader import read_mock_script
    from rtdebug.scenario.mock_script import MockScript

    document = scenario.mock_document
    if scenario.mock is None or document is None:
        return MockScript()
    folder = Path(document.path).parent
    return read_mock_script(scenario.mock, document.error, path=scenario.mock_path, folder=folder)


def script_in(path: Path) -> MockScript:
    """The script in a file. DocumentError with the place of what is wrong, UnreadableError without
    a file."""
    from rtdebug.scenario.mock_reader import read_mock_script

    document = load_document(path)
    return read_mock_script(document.value, document.error, folder=path.parent)


def is_mock(upstream: str) -> bool:
    """Whether an upstream is the embedded server: ``mock``, or ``mock:SCRIPT``."""
    return upstream.partition(":")[0] == MOCK


def upstream_script(upstream: str) -> MockScript | None:
    """The script that ``mock:SCRIPT`` names; raises what is wrong with it."""
    _, colon, file = upstream.partition(":")
    return script_in(Path(file)) if colon else None
