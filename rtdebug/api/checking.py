"""Checking: what is wrong in scenario files, all of it, without a socket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rtdebug.api.mock_scripts import mock_script
from rtdebug.api.scenario_files import scenario_files, variable
from rtdebug.documents import load_document
from rtdebug.errors import DocumentError
from rtdebug.rules.catalogue import catalogue
from rtdebug.scenario.load import Given, check_scenario, load_scenario


def check_files(
    names: Sequence[str],
    *,
    variables: Sequence[str] = (),
    pack: str | None = None,
    env: Mapping[str, str] | None = None,
) -> tuple[list[DocumentError], int]:
    """Every error of every file, in order of place, and how many files were looked at."""
    given = Given(
        variables=dict(variable(text) for text in variables),
        env=env,
        pack=pack,
        findings=catalogue(),
    )
    errors: list[DocumentError] = []
    files = scenario_files(names)
    for path in files:
        try:
            document = load_document(path)
            found = check_scenario(document, given)
            errors.extend(found)
            if not found:
                mock_script(load_scenario(document, given))
        except DocumentError as error:
            errors.append(error)
    return errors, len(files)
