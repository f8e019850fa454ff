"""What a person reads who wrote a scenario wrongly: each errors/*.yaml beside its *.expected."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rtdebug.documents import load_document
from rtdebug.errors import DocumentError
from rtdebug.reports.document_error import render
from rtdebug.scenario.load import Given, check_scenario, load_scenario

FOLDER = Path(__file__).parent / "errors"
CASES = sorted(FOLDER.glob("*.yaml"))
GIVEN = Given(
    env={"OPENAI_API_KEY": "sk-test-0000000000", "USER": "ada"}, findings=["rate-limit-low"]
)


def told(path: Path) -> str:
    try:
        errors = check_scenario(load_document(path, path.name), GIVEN)
    except DocumentError as error:
        errors = (error,)
    return "".join(f"{render(error)}\n" for error in errors)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_fault_is_told_as_expected(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    golden = path.with_suffix(".expected")
    if os.environ.get("RTDEBUG_WRITE_GOLDEN"):
        golden.write_text(told(path), encoding="utf-8")
    assert told(path) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_fault_has_a_place_and_a_cure(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    with pytest.raises(DocumentError) as raised:
        load_scenario(load_document(path, path.name), GIVEN)
    error = raised.value
    lines = Path(error.location.path).read_text(encoding="utf-8").splitlines()
    assert error.line_text == (lines[error.location.line - 1] if lines else "")
    assert error.hint
    assert "sk-test" not in render(error)


def test_each_expected_text_has_its_file() -> None:
    assert {path.stem for path in FOLDER.glob("*.expected")} == {path.stem for path in CASES}
