"""Pages become one file; a page that is not as it must be is said with its place."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from rtdebug import resources
from rtdebug.catalogue import book, compiling

NAME = "thing-missing"
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
    path = tmp_path / "made" / "catalogue.txt"
    made = compiling.write(folder, path)
    assert path.read_bytes() == made
    stamp, line = made.decode().splitlines()
    assert int(stamp) == compiling.stamp(folder)
    assert json.loads(line.removeprefix("thing-missing ")) == compiling.compiled(folder)[NAME]
    assert [one.name for one in path.parent.iterdir()] == ["catalogue.txt"]


def test_a_folder_that_cannot_be_written_is_no_hindrance(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "made").write_text("a file where the folder should be")
    made = compiling.write(folder, tmp_path / "made" / "catalogue.txt")
    assert b"\nthing-missing {" in made


@pytest.fixture
def checkout(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of one page; the path of its compiled catalogue."""
    path = tmp_path / "made" / "catalogue.txt"
    monkeypatch.setattr(resources, "installed", lambda: False)
    monkeypatch.setattr(resources, "findings", lambda: folder)
    monkeypatch.setattr(resources, "compiled", lambda name: path)
    return path


def test_a_checkout_makes_it_and_makes_it_anew_when_a_page_has_changed(
    checkout: Path, folder: Path
) -> None:
    lines = book._lines.__wrapped__
    assert b"A thing is missing" in lines()
    assert checkout.is_file()
    (folder / "thing-missing.md").write_text(PAGE.replace("A thing is", "Some thing is"))
    assert b"Some thing is missing" in lines()


def test_what_fits_is_not_made_again(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = book._lines.__wrapped__
    made = lines()
    monkeypatch.delattr(compiling, "compiled")
    assert lines() == made


@pytest.mark.parametrize("kept", [b"", b"1\n", b"\xff"])
def test_a_broken_file_is_made_anew(checkout: Path, kept: bytes) -> None:
    checkout.parent.mkdir()
    checkout.write_bytes(kept)
    assert b"\nthing-missing {" in book._lines.__wrapped__()


@pytest.mark.parametrize("name", ["", "text", "text-mismatch ", "a\ntext-mismatch", "\udc80", "é"])
def test_only_whole_names_are_found(name: str) -> None:
    assert book.find(name) is None
    assert book.related(name).explained_by == ()
