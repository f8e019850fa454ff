"""What differs between two recordings as a page: the look of the page, and no script at all."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from rtdebug.reports.differences import Comparison, Difference
from rtdebug.reports.figures import counted
from rtdebug.reports.page.document import hash_of, static
from rtdebug.safe import safe

_STYLE = """
table { border-collapse: collapse; width: 100%; margin: 0 0 40px; }
th, td { text-align: left; vertical-align: top; padding: 8px 12px; border-bottom: 1px solid var(--line); width: 44%; }
th:first-child, td:first-child { width: 12%; color: var(--quiet); }
td { font: 13px/1.5 var(--mono); white-space: pre-wrap; }
.nothing { color: var(--error); }
"""  # noqa: E501


def render(comparison: Comparison) -> str:
    """``comparison`` as one file that asks nothing of any network."""
    style = static("page.css") + _STYLE
    found = comparison.found
    title = counted(len(found), "difference") if found else "no difference"
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        f"content=\"default-src 'none'; style-src {hash_of(style)}; base-uri 'none'; "
        "form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>rtdebug diff</title>\n<style>{style}</style>\n</head>\n"
    )
    names = "".join(f"<th>{_text(name)}</th>" for name in (comparison.a, comparison.b))
    body = "".join(_row(one) for one in found)
    return (
        f'{head}<body>\n<header><span class="brand">rtdebug</span><h1>{title}</h1></header>\n'
        f"<main>\n<table>\n<thead><tr><th></th>{names}</tr></thead>\n<tbody>\n{body}</tbody>\n"
        "</table>\n</main>\n</body>\n</html>\n"
    )


def _row(one: Difference) -> str:
    return f"<tr>{''.join(_cells(one))}</tr>\n"


def _cells(one: Difference) -> Iterator[str]:
    yield f"<td>{_text(f'{one.kind} {one.place}'.rstrip())}</td>"
    for text in (one.a, one.b):
        kind = ' class="nothing"' if text == "nothing" else ""
        yield f"<td{kind}>{_text(text)}</td>"


def _text(text: str) -> str:
    return escape(safe(text))
