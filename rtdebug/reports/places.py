"""Names of files as people are told them: what ships by its short name, a long path by its end."""

from __future__ import annotations

import os

from rtdebug import resources
from rtdebug.reports.signs import Signs


def is_shipped(path: str) -> bool:
    """Whether a file is one of the scenarios that ship."""
    return os.path.abspath(path).startswith(_folder())


def shown_path(path: str) -> str:
    """``gallery/silent.yaml`` in place of its path inside of an installed package; any other path
    as it was given."""
    folder = _folder()
    if not os.path.isabs(path) and f"{os.sep}_data{os.sep}" in folder:  # installed, below here
        path = path if not is_shipped(path) else os.path.abspath(path)
    return path.removeprefix(folder) if os.path.isabs(path) else path


def run_name(name: str, signs: Signs, room: int) -> str:
    """The name of a run on one line; of a path that is too long the end is kept, of a URL the
    host."""
    if "/" not in name or "://" in name or len(name) <= room:
        return signs.line(name, room)
    return signs.line(f"…{name[1 - room :]}", room)


def _folder() -> str:
    return os.path.join(str(resources.scenarios()), "")
