"""The table of formats of a probe's matrix: a name, and what turns a matrix into text.

A format takes a matrix and a look; one more is one more row here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rtdebug.model.probed import Matrix
from rtdebug.reports.formats import Look

MatrixFormat = Callable[[Matrix, Look], str]


def _terminal(matrix: Matrix, look: Look) -> str:
    from rtdebug.reports.matrix_screen import render

    return render(matrix, look)


def _json(matrix: Matrix, look: Look) -> str:
    from rtdebug.reports.matrix_json import render

    return render(matrix)


def _markdown(matrix: Matrix, look: Look) -> str:
    from rtdebug.reports.matrix_markdown import render

    return render(matrix)


MATRIX_FORMATS: Mapping[str, MatrixFormat] = {
    "terminal": _terminal,
    "json": _json,
    "markdown": _markdown,
}
"""Format name -> function; the modules are imported when a format is used."""
