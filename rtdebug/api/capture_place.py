"""Where ``--capture`` points: a file, or a folder, in a folder that is there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from rtdebug.errors import UnreadableError, UsageError


class CapturePlace(NamedTuple):
    """``folder``: it is one, or becomes one, as a name that ends in a slash says."""

    path: Path
    folder: bool


def capture_place(text: str) -> CapturePlace:
    """What --capture says. Raises UsageError and UnreadableError, before anything is done: a
    misspelt folder is told, and only one whose name ends in a slash is made."""
    if not text.strip():
        raise UsageError("--capture: expected a name, got none", "name a file or a folder")
    path = Path(text)
    if text.endswith(("/", os.sep)) or path.is_dir():
        return CapturePlace(path, True)
    folder = path.parent
    if folder.exists() and not folder.is_dir():
        raise UnreadableError(f"{path}: {folder} is not a folder", "name a file in a folder")
    if not folder.is_dir():
        raise UnreadableError(
            f"--capture {path}: there is no folder {folder}",
            f"make it first, or write {folder}/ to have it made and a file in it for each run",
        )
    return CapturePlace(path, False)


def for_several(place: CapturePlace, what: str) -> Path:
    """The folder for the captures of ``what``; raises UsageError for a name that can only be meant
    for a file."""
    if not place.folder and place.path.suffix:
        raise UsageError(
            f"--capture {place.path}: {what} cannot share one file",
            f"name a folder: --capture {place.path.with_suffix('')}/",
        )
    return place.path
