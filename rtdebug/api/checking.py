"""Checking: what is wrong in scenarios, mock scripts and packs, all of it, without a socket."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rtdebug.api.mock_scripts import declared_functions, mock_script
from rtdebug.api.scenario_files import scenario_files, variable
from rtdebug.catalogue.book import names as catalogue_names
from rtdebug.documents import load_document
from rtdebug.errors import DocumentError, UsageError
from rtdebug.model.results import Location
from rtdebug.packs.checking import faults
from rtdebug.redaction import DEFAULT, REDACTED
from rtdebug.scenario.load import Given, check_scenario, load_scenario
from rtdebug.scenario.mock_reader import is_mock_script, mock_script_of


def check_files(
    names: Sequence[str],
    *,
    variables: Sequence[str] = (),
    pack: str | None = None,
    env: Mapping[str, str] | None = None,
) -> dict[Path, list[DocumentError]]:
    """Every error of every file that was looked at, in order of place; none for a good one."""
    given = Given(
        variables=dict(variable(text) for text in variables),
        env=env,
        pack=pack,
        findings=catalogue_names(),
    )
    packs = {name: folder for name in names if (folder := _pack_folder(name)) is not None}
    found: dict[Path, list[DocumentError]] = {
        folder / "pack.yaml": _pack_errors(folder) for folder in packs.values()
    }
    others = [name for name in names if name not in packs]
    return found | {path: _errors(path, given) for path in scenario_files(others)}


def _pack_folder(name: str) -> Path | None:
    """The folder of a pack, where that is what is named."""
    path = Path(name)
    if path.name == "pack.yaml" and path.is_file():
        return path.parent
    return path if name.strip() and (path / "pack.yaml").is_file() else None


def check_pack(folder: Path) -> list[DocumentError]:
    """Every error of one pack. Raises UsageError where the folder is none."""
    found = _pack_folder(str(folder))
    if found is None:
        raise UsageError(f"{folder}: expected the folder of a pack, found no pack.yaml",
                         "make one with: rtdebug packs new")  # fmt: skip
    return _pack_errors(found)


def _pack_errors(folder: Path) -> list[DocumentError]:
    try:
        return faults(folder)
    except DocumentError as error:
        return [error]


def literal_secrets(path: Path) -> Iterator[Location]:
    """Where a key stands in a file as it is, and not by the name of a variable."""
    if not path.is_file():
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        bare = re.sub(r"\$\{[^}]*\}", REDACTED, line.partition(" #")[0])
        if DEFAULT.text(bare) != bare:
            yield Location(str(path), number)


def _errors(path: Path, given: Given) -> list[DocumentError]:
    try:
        document = load_document(path)
        if is_mock_script(document.value):
            mock_script_of(document)
            return []
        found = list(check_scenario(document, given))
        if not found:
            scenario = load_scenario(document, given)
            mock_script(scenario, declared_functions(scenario))
    except DocumentError as error:
        return [error]
    return found
