"""The mock script that stands in a scenario, or beside it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rtdebug.documents import JsonPath, load_document
from rtdebug.scenario.document import ExpectAny, Scenario, SendStep, Step

if TYPE_CHECKING:
    from rtdebug.packs.pack import Pack
    from rtdebug.scenario.mock_fields import MakeError
    from rtdebug.scenario.mock_script import MockScript


def mock_script(scenario: Scenario, functions: Collection[str] | None = None) -> MockScript:
    """The mock script of a scenario; DocumentError where something in it is wrong. It calls only
    ``functions``, where they are given."""
    from rtdebug.scenario.mock_reader import read_mock_script
    from rtdebug.scenario.mock_script import MockScript

    document = scenario.mock_document
    if scenario.mock is None or document is None:
        return MockScript()
    if scenario.recording:
        from rtdebug.packs.load import load_pack

        return recorded_faults(scenario.mock, document.error, load_pack(scenario.pack),
                               scenario.mock_path)  # fmt: skip
    folder = Path(document.path).parent
    return read_mock_script(
        scenario.mock, document.error, path=scenario.mock_path, folder=folder, callable_=functions
    )


def recorded_faults(
    value: Any, make_error: MakeError, pack: Pack, path: JsonPath = ()
) -> MockScript:
    """The faults that strike what a recording of a pack says."""
    from rtdebug.scenario.mock_reader import read_faults
    from rtdebug.scenario.replay_faults import names_of

    return read_faults(value, make_error, names_of(pack), path)


def script_in(path: Path) -> MockScript:
    """The script in a file: a mock script, or the ``mock:`` of a scenario. DocumentError with the
    place of what is wrong, UnreadableError without a file."""
    from rtdebug.scenario.load import Given, load_scenario
    from rtdebug.scenario.mock_reader import mock_script_of

    document = load_document(path)
    if isinstance(document.value, dict) and {"rtdebug", "steps"} & set(document.value):
        scenario = load_scenario(document, Given(env=os.environ))
        return mock_script(scenario, declared_functions(scenario))
    return mock_script_of(document)


def declared_functions(scenario: Scenario) -> frozenset[str] | None:
    """All functions the session of a scenario ever has; None where that is not written in it."""
    names: set[str] = set()
    events = [send.event for send in _sends(scenario.steps)]
    start = scenario.mock.get("session") if isinstance(scenario.mock, dict) else None
    for event in (*events, {"session": start}):
        if not isinstance(event, dict):
            return None  # text as it stands
        for holder in (event.get("session"), event.get("response")):
            tools = holder.get("tools", []) if isinstance(holder, dict) else []
            if isinstance(holder, str) or not isinstance(tools, list):
                return None  # a placeholder
            for tool in tools:
                name = tool.get("name") if isinstance(tool, dict) else None
                if not isinstance(name, str) or "${" in name:
                    return None
                names.add(name)
    return frozenset(names)


def _sends(steps: Sequence[Step]) -> Iterator[SendStep]:
    for step in steps:
        if isinstance(step, SendStep):
            yield step
        elif isinstance(step, ExpectAny):
            for branch in step.branches:
                yield from _sends(branch.then)
