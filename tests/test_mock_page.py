"""The page about the mock shows scripts that work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rtdebug.documents import parse_document
from rtdebug.errors import DocumentError
from rtdebug.scenario.mock_reader import KEYS, read_mock_script
from rtdebug.scenario.mock_script import MockScript

PAGE = (Path(__file__).parent.parent / "docs" / "mock.md").read_text(encoding="utf-8")
SCRIPTS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.M | re.S)


@pytest.mark.parametrize("text", SCRIPTS, ids=range(len(SCRIPTS)))
def test_every_script_on_the_page_is_read(text: str) -> None:
    document = parse_document(text, "docs/mock.md")
    try:
        script = read_mock_script(document.value, document.error)
    except DocumentError as wrong:
        pytest.fail(f"{wrong.location}: {wrong.message} ({wrong.hint})")
    assert script != MockScript()


def test_the_page_names_every_key() -> None:
    shown = "\n".join(SCRIPTS)
    assert [key for key in KEYS if not re.search(rf"^{key}:", shown, re.M)] == []
