"""The site can be built, and its pictures show what the commands print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import pytest
from test_docs import ROOT, varied

sys.path.insert(0, str(ROOT / "docs"))
import pictures

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("mkdocs") is None, reason="mkdocs is not installed: pip install -e '.[docs]'"
)
def test_the_site_is_built_strictly_and_asks_nothing_of_others(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(tmp_path)],
        check=False, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    pages = [*tmp_path.rglob("*.html")]
    assert len(pages) > 200
    for page in pages:
        assert not re.findall(
            r'(?:src|<link[^>]+href)="?(?:https?:)?//[^">]+', page.read_text("utf-8")
        )
    finding = (tmp_path / "findings" / "empty-response" / "index.html").read_text("utf-8")
    assert "To tell" in finding, "what stands at the top of a finding is not on its page"


@pytest.mark.parametrize("name", pictures.SHOWN)
def test_a_picture_shows_what_is_printed(name: str, tmp_path: Path) -> None:
    """``python docs/pictures.py`` makes them anew."""
    for file, text in pictures.FILES.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    for command in pictures.SHOWN[name]:
        printed = pictures.printed_by(command, str(tmp_path), "always")
    kept = (pictures.PLACE / f"{name}.svg").read_text("utf-8")
    assert _shown(kept) == _shown(pictures.drawn(command, printed))
    assert not re.findall(r"(?:href|src|url)[=(]\W*(?:https?:)?//", kept)


def _shown(svg: str) -> list[str]:
    """The lines of a screen without what varies from call to call."""
    rows: dict[str, str] = {}
    for text in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        rows[text.get("y", "")] = rows.get(text.get("y", ""), "") + (text.text or "")
    said = [varied(row.replace("\xa0", " ")).strip() for row in rows.values()]
    return [re.sub(r"\d+\.\d+ s", "TIME", row) for row in said]


def test_the_log_in_the_first_minutes_is_the_one_in_the_picture() -> None:
    page = (ROOT / "docs" / "index.md").read_text("utf-8")
    assert f"```text\n{pictures.LOG}```" in page
    for name in (*(f"{one}.svg" for one in pictures.SHOWN), "page.png"):
        assert f"(pictures/{name})" in page
        assert (pictures.PLACE / name).stat().st_size < 200_000
