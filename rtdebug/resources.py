"""Where schemas/ and scenarios/ live: beside the package in a checkout, inside it when installed.

The only file that knows. A wheel carries both folders under ``rtdebug/_data`` (see pyproject.toml),
and what the build has compiled (see hatch_build.py) beside them; a checkout keeps that in
``rtdebug/_compiled``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_PACKAGED = _HERE / "_data"


@cache
def installed() -> bool:
    """Whether this is an installation, rather than a checkout."""
    return _PACKAGED.is_dir()


def data_folder() -> Path:
    """The folder that holds ``schemas`` and ``scenarios``."""
    return _PACKAGED if installed() else _HERE.parent


def compiled(name: str) -> Path:
    """A file that the build makes, or a checkout for itself."""
    return (_PACKAGED if installed() else _HERE / "_compiled") / name


def findings() -> Path:
    """The pages of the catalogue, which only a checkout has."""
    return _HERE.parent / "docs" / "findings"


def schemas(*parts: str) -> Path:
    """A path under schemas/."""
    return data_folder().joinpath("schemas", *parts)


def scenarios(*parts: str) -> Path:
    """A path under scenarios/."""
    return data_folder().joinpath("scenarios", *parts)


def pack_names() -> tuple[str, ...]:
    """The packs that ship, in order of name."""
    return tuple(sorted(path.parent.name for path in schemas().glob("*/pack.yaml")))
