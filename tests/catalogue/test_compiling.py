"""Pages become one file; a page that is not as it must be is said with its place."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from rtdebug import resources
from rtdebug.catalogue import book, compiling

PAGE = """\
---
title: A thing is missing
severity: error
certainty: high
family: session
explained_by: [other-thing]
---

# thing-missing

## What it finds

A `thing` that
is not there.

## Example

```text
> thing
~ 5 s
```

## What to do

First this.

Then that.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pages = tmp_path / "findings"
    pages.mkdir()
    (pages / "thing-missing.md").write_text(PAGE)
    (pages / "README.md").write_text("# Findings\n")
    return pages


def test_a_page_becomes_an_entry(folder: Path) -> None:
    assert compiling.compiled(folder) == {
        "thing-missing": {
            "title": "A thing is missing", "severity": "error", "certainty": "high",
            "family": "session", "explained_by": ["other-thing"],
            "finds": "A `thing` that is not there.", "example": "> thing\n~ 5 s",
            "to_do": "First this.\n\nThen that.", "fix": "First this.\n\nThen that.",
        }
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("---\ntitle", "title", "expected front matter"),
        ("family: session\n", "", "'family' is missing"),
        ("family:", "familly: a\nfamily:", "'familly' is no key"),
        ("# thing-missing", "# thing-lost", "expected the heading '# thing-missing'"),
        ("## Example", "## Examples", "'## Examples' is none of"),
    ],
)
def test_a_wrong_page_is_said_with_its_place(folder: Path, old: str, new: str, said: str) -> None:
    page = folder / "thing-missing.md"
    page.write_text(PAGE.replace(old, new, 1))
    with pytest.raises(ValueError, match=rf"thing-missing\.md.*{said}"):
        compiling.compiled(folder)


def test_a_page_that_changes_changes_the_stamp(folder: Path) -> None:
    before = compiling.stamp(folder)
    assert compiling.stamp(folder) == before
    page = folder / "thing-missing.md"
    seen = page.stat()
    os.utime(page, ns=(seen.st_atime_ns, seen.st_mtime_ns + 1))
    assert compiling.stamp(folder) != before


def test_the_file_is_written_whole_and_says_of_what(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "made" / "catalogue.json"
    made = compiling.write(folder, path)
    assert json.loads(path.read_text()) == made
    assert made["of"] == compiling.stamp(folder)
    assert [one.name for one in path.parent.iterdir()] == ["catalogue.json"]


def test_a_folder_that_cannot_be_written_is_no_hindrance(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "made").write_text("a file where the folder should be")
    made = compiling.write(folder, tmp_path / "made" / "catalogue.json")
    assert list(made["entries"]) == ["thing-missing"]


@pytest.fixture
def checkout(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of one page; the path of its compiled catalogue."""
    path = tmp_path / "made" / "catalogue.json"
    monkeypatch.setattr(resources, "installed", lambda: False)
    monkeypatch.setattr(resources, "findings", lambda: folder)
    monkeypatch.setattr(resources, "compiled", lambda name: path)
    return path


def test_a_checkout_makes_it_and_makes_it_anew_when_a_page_has_changed(
    checkout: Path, folder: Path
) -> None:
    rows = book._rows.__wrapped__
    assert list(rows()) == ["thing-missing"]
    assert checkout.is_file()
    (folder / "thing-missing.md").write_text(PAGE.replace("A thing is", "Some thing is"))
    assert rows()["thing-missing"]["title"] == "Some thing is missing"


def test_what_fits_is_not_made_again(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = book._rows.__wrapped__
    rows()
    monkeypatch.delattr(compiling, "compiled")
    assert list(rows()) == ["thing-missing"]


@pytest.mark.parametrize("kept", [b"", b"{}", b"\xff"])
def test_a_broken_file_is_made_anew(checkout: Path, kept: bytes) -> None:
    checkout.parent.mkdir()
    checkout.write_bytes(kept)
    assert list(book._rows.__wrapped__()) == ["thing-missing"]
