"""Makes one file of the pages of docs/findings/, for the build and for a checkout.

A page is YAML between two lines ``---``, the name of the finding as its heading, and sections under
fixed headings. Only the standard library and PyYAML are needed here: the build has no more.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32

SECTIONS = {
    "What it finds": "finds",
    "Why it matters": "why",
    "Example": "example",
    "What to do": "to_do",
    "Source": "source",
}
FLAGS = ("same_event", "departure", "hang", "shape", "proved")
KEYS = (
    "title", "severity", "certainty", "family", "causes", "fix", "explained_by", "rests_on",
    "answers", *FLAGS, "alias_of", "needs", "variants",
)  # fmt: skip
_NEEDED = ("title", "severity", "certainty", "family")
_INDEX = "README.md"


def stamp(folder: Path) -> int:
    """A number that changes with the pages and with this file: of names, sizes and times, which
    is cheap."""
    with os.scandir(folder) as found:
        seen = {one.name: one.stat() for one in found}
    seen[__file__] = os.stat(__file__)
    total = 0
    for name, known in seen.items():  # the order of a folder may be any
        total ^= crc32(b"%s %d %d" % (name.encode(), known.st_size, known.st_mtime_ns))
    return total


def written(folder: Path) -> bytes:
    """The pages of a folder as one file: the stamp, then an entry a line after its name, so that
    one entry is found without reading the others."""
    import json

    lines = [
        f"{name} {json.dumps(row, ensure_ascii=False)}" for name, row in compiled(folder).items()
    ]
    return "\n".join((str(stamp(folder)), *lines, "")).encode()


def write(folder: Path, path: Path) -> bytes:
    """Keeps that file, as far as the place can be written, and returns what it says."""
    made = written(folder)
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        beside.write_bytes(made)
        beside.replace(path)
    return made


def compiled(folder: Path) -> dict[str, dict[str, Any]]:
    """Name -> entry of every page of a folder, in order of name."""
    pages = {path.stem: path for path in folder.glob("*.md") if path.name != _INDEX}
    return {name: parsed(pages[name]) for name in sorted(pages)}


def parsed(path: Path) -> dict[str, Any]:
    """One page. Raises ValueError with the place where it is not as a page must be."""
    text = path.read_text(encoding="utf-8")
    front, _, body = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not body:
        raise ValueError(f"{path}:1: expected front matter between two lines ---")
    row = _front(path, front)
    heading, *sections = body.split("\n## ")
    if heading.strip() != f"# {path.stem}":
        raise ValueError(f"{path}: expected the heading '# {path.stem}', found {heading.strip()!r}")
    for section in sections:
        title, _, words = section.partition("\n")
        if title not in SECTIONS:
            raise ValueError(f"{path}: '## {title}' is none of {', '.join(SECTIONS)}")
        row[SECTIONS[title]] = _example(words) if title == "Example" else _flowing(words)
    row.setdefault("fix", row.get("to_do", ""))
    return row


def _front(path: Path, front: str) -> dict[str, Any]:
    import yaml

    row: dict[str, Any] = yaml.load(front, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    unknown = [key for key in row if key not in KEYS]
    missing = [key for key in _NEEDED if key not in row]
    if unknown or missing:
        wrong = f"{unknown[0]!r} is no key" if unknown else f"{missing[0]!r} is missing"
        raise ValueError(f"{path}: {wrong}; the keys of a page are {', '.join(KEYS)}")
    return row


def _flowing(words: str) -> str:
    """Paragraphs of one line each, as they are wrapped anew wherever they are shown."""
    return "\n\n".join(" ".join(part.split()) for part in words.strip().split("\n\n"))


def _example(words: str) -> str:
    """The lines between the fences."""
    return words.strip().removeprefix("```text\n").removesuffix("```").rstrip("\n")
