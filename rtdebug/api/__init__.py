"""The Python API, and the composition root: where rooms that must not know each other meet.

``run`` plays scenarios, ``diagnose`` judges a log, ``judge`` stands between an app and its server,
``serve`` is a scripted server. Each hands over a :class:`Report`; ``render`` makes text of one. The
modules beside this one may change; these names stay. They are imported when they are asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rtdebug.api.library import diagnose, render, run
    from rtdebug.api.local import Judge, Server, judge, serve
    from rtdebug.errors import RtdebugError
    from rtdebug.model.findings import Finding, Severity
    from rtdebug.model.results import Outcome, Report, Run

__all__ = [
    "Finding",
    "Judge",
    "Outcome",
    "Report",
    "RtdebugError",
    "Run",
    "Server",
    "Severity",
    "diagnose",
    "judge",
    "render",
    "run",
    "serve",
]
_HOMES = {
    "rtdebug.api.library": ("diagnose", "render", "run"),
    "rtdebug.api.local": ("Judge", "Server", "judge", "serve"),
    "rtdebug.errors": ("RtdebugError",),
    "rtdebug.model.findings": ("Finding", "Severity"),
    "rtdebug.model.results": ("Outcome", "Report", "Run"),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"rtdebug.api has no {name}")
