"""Where schemas/ and scenarios/ live: beside the package in a checkout, inside it when installed.

The only file that knows. A wheel carries both folders under ``rtdebug/_data`` (see pyproject.toml).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_HERE = Path(__file__).resolve().parent


@cache
def data_folder() -> Path:
    """The folder that holds ``schemas`` and ``scenarios``."""
    packaged = _HERE / "_data"
    return packaged if packaged.is_dir() else _HERE.parent


def schemas(*parts: str) -> Path:
    """A path under schemas/."""
    return data_folder().joinpath("schemas", *parts)


def scenarios(*parts: str) -> Path:
    """A path under scenarios/."""
    return data_folder().joinpath("scenarios", *parts)


def pack_names() -> tuple[str, ...]:
    """The packs that ship, in order of name."""
    return tuple(sorted(path.parent.name for path in schemas().glob("*/pack.yaml")))
