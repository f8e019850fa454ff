"""Checks an errors.yaml that a person wrote: each row can fit something and names what it means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rtdebug.catalogue import book
from rtdebug.documents import Document, load_document
from rtdebug.errors import DocumentError
from rtdebug.packs.wrong_values import near, shown
from rtdebug.packs.yaml_data import base_folder

_KEYS = ("extends", "match", "findings", "codes", "closes", "statuses")
_WHERE = ("error", "response", "transcription", "close", "upgrade")
_PATTERNS = ("message", "param", "reason", "url", "body")
_ROW = ("where", "code", "type", "step", "how", "response_status", "before_session", "status",
        "close", *_PATTERNS, "finding", "also", "points_at")  # fmt: skip
_TEXTS = ("severity", "certainty", "title")


def error_faults(folder: Path) -> list[DocumentError]:
    """Everything wrong with the errors.yaml of a folder, in the order of the file."""
    path = folder / "errors.yaml"
    if not path.is_file():
        return []
    document = load_document(path)
    return list(_faults(document, folder))


def _faults(document: Document, folder: Path) -> Iterator[DocumentError]:
    data = document.value
    if not isinstance(data, dict):
        yield document.error((), "expected match, findings and the like", "write match: first")
        return
    for key, value in data.items():
        if key not in _KEYS:
            hint = near(key, _KEYS) or f"expected one of: {', '.join(_KEYS)}"
            yield document.error((key,), f"nothing reads {key}", hint, at_key=True)
        elif key in ("findings", "codes", "closes", "statuses") and not isinstance(value, dict):
            hint = "write name: value"
            yield document.error(
                (key,), f"expected names, each with its value, found {shown(value)}", hint
            )
    base = data.get("extends")
    if base is not None and not (isinstance(base, str) and base_folder(folder, base).is_dir()):
        yield document.error(("extends",), f"no pack is named {shown(base)}", "see rtdebug packs")
    given = data.get("findings")
    own: dict[str, Any] = given if isinstance(given, dict) else {}
    yield from _findings(document, own)
    rows = data.get("match", [])
    if not isinstance(rows, list):
        yield document.error(("match",), "expected a list of rows", "write each as - {...}")
        return
    for number, row in enumerate(rows):
        yield from _row(document, ("match", number), row, {*own, *book.names()})


def _findings(document: Document, own: dict[str, Any]) -> Iterator[DocumentError]:
    for name, texts in own.items():
        missing = [
            key
            for key in _TEXTS
            if not isinstance(texts, dict) or not isinstance(texts.get(key), str)
        ]
        if missing:
            where = ("findings", name)
            yield document.error(
                where, f"{missing[0]} is missing", f"a finding has {', '.join(_TEXTS)}"
            )


def _row(
    document: Document, path: tuple[str | int, ...], row: Any, known: set[str]
) -> Iterator[DocumentError]:
    if not isinstance(row, dict):
        yield document.error(
            path, f"expected a row, found {shown(row)}", "{where: [error], code: X, finding: Y}"
        )
        return
    for key, value in row.items():
        if key not in _ROW:
            hint = near(key, _ROW) or f"expected one of: {', '.join(_ROW)}"
            yield document.error((*path, key), f"nothing reads {key}", hint, at_key=True)
        elif key in _PATTERNS and not _compiles(value):
            yield document.error(
                (*path, key), f"expected a pattern, found {shown(value)}", "see Python's re"
            )
    where = row.get("where")
    if not isinstance(where, list) or not where or any(one not in _WHERE for one in where):
        yield document.error(
            (*path, "where"),
            f"expected who said it, found {shown(where)}",
            f"a list of: {', '.join(_WHERE)}",
        )
    finding = row.get("finding")
    if finding not in known if isinstance(finding, str) else True:
        hint = near(str(finding), known) or "add it to findings"
        yield document.error((*path, "finding"), f"no finding is named {shown(finding)}", hint)


def _compiles(value: Any) -> bool:
    try:
        re.compile(value)
    except (re.error, TypeError):
        return False
    return True
