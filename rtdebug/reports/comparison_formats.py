"""The table of formats of a comparison: a name, and what turns it into text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rtdebug.reports.differences import Comparison, document, render
from rtdebug.reports.formats import Look
from rtdebug.reports.signs import signs


def _terminal(comparison: Comparison, look: Look) -> str:
    return render(comparison, signs(look.unicode), width=look.width, color=look.color)


def _json(comparison: Comparison, _: Look) -> str:
    return document(comparison)


def _html(comparison: Comparison, _: Look) -> str:
    from rtdebug.reports.page.comparison import render as page

    return page(comparison)


DIFF_FORMATS: Mapping[str, Callable[[Comparison, Look], str]] = {
    "terminal": _terminal,
    "json": _json,
    "html": _html,
}
"""Format name -> function; the page is imported when it is asked for."""
