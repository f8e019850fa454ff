"""The mock script that stands in a scenario, or beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rtdebug.scenario.document import Scenario

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
