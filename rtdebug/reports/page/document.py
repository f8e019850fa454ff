"""The page as one file: markup, style and script of this folder, and the report as JSON in it.

A content security policy names style and script by their hashes and allows nothing else, so that
whatever a peer wrote is text, even if it were to become markup.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from rtdebug.model.results import Location, Report, Run
from rtdebug.model.value import replace
from rtdebug.reports.advice import advice_for
from rtdebug.reports.encoding import encode
from rtdebug.reports.json_report import head_fields, run_fields
from rtdebug.reports.ladder import Rung, ladder
from rtdebug.reports.page.keeping import timeline_pieces
from rtdebug.reports.page.packing import in_page
from rtdebug.reports.places import shown_path
from rtdebug.reports.ruled_out import ruled_out
from rtdebug.reports.signs import UNICODE
from rtdebug.reports.verdict import OUTCOME_WORDS

_FOLDER = Path(__file__).parent / "static"
_SCRIPTS = (
    "text",
    "data",
    "findings",
    "ladder",
    "turns",
    "player",
    "strip",
    "events",
    "view",
    "live",
    "main",
)
_RUNGS = 60
_MANY = 100  # runs, of which the good ones are told without a picture


def render(report: Report) -> str:
    """``report`` as a page."""
    return "".join(pieces(report))


def pieces(report: Report) -> Iterator[str]:
    """The page in pieces, so that nobody need hold a large one twice."""
    head, tail = frame()
    yield head
    yield f'{{"report":{in_page_json(head_fields(report))},"runs":['
    for number, run in enumerate(report.runs):
        drawn = len(report.runs) <= _MANY or not run.outcome.is_good
        fields = run_data(run, all_shown=report.shows_all, drawn=drawn)
        yield f'{"," if number else ""}{{"run":{in_page_json(fields)},"messages":'
        yield from run.kept.pieces() if run.kept is not None else timeline_pieces(run)
        yield "}"
    yield f"]}}{tail}"


def run_data(run: Run, *, all_shown: bool, drawn: bool = True) -> dict[str, object]:
    """What the page says of a run, beside its messages; ``drawn`` with its ladder."""
    source = {"shown": shown_path(run.source.path)} if run.source is not None else {}
    steps = tuple(replace(step, source=_told(step.source)) for step in run.steps)
    rungs = [_rung(one) for one in ladder(run, _RUNGS)] if drawn else []
    excluded = [ruled_out(one, run) if all_shown and not one.under else () for one in run.findings]
    return {
        **run_fields(replace(run, source=_told(run.source), steps=steps)),
        **source,
        "sign": UNICODE.run(run),
        "words": OUTCOME_WORDS[run.outcome],
        "advice": advice_for(run),
        "ladder": rungs,
        "ruled_out": excluded,
    }


def _told(place: Location | None) -> Location | None:
    """A place as people are told it: they have no use for paths inside an installed package."""
    return place and replace(place, path=shown_path(place.path))


def _rung(rung: Rung) -> dict[str, object]:
    return {
        "kind": rung.kind.value,
        "type": rung.type,
        "summary": rung.summary,
        "seq": rung.seq,
        "at": rung.at,
        "from": rung.sender.value if rung.sender else None,
        "times": rung.times,
        "marked": rung.marked,
        "severity": rung.severity.value if rung.severity else None,
    }


@cache
def frame(source: str = "") -> tuple[str, str]:
    """The page before its data and behind it; ``source`` is where its script may ask for more."""
    style = static("page.css")
    script = "".join(static(f"{name}.js") for name in _SCRIPTS)
    policy = (
        f"default-src 'none'; script-src {hash_of(script)}; style-src {hash_of(style)}; "
        f"base-uri 'none'; form-action 'none'{source and f'; connect-src {source}'}"
    )
    page = static("page.html").replace("{policy}", policy).replace("{style}", style)
    head, _, tail = page.replace("{script}", script).partition("{data}")
    return head, tail


def static(name: str) -> str:
    """A file that pages are made of."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def hash_of(text: str) -> str:
    """What a policy calls a style or script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def in_page_json(value: object) -> str:
    """A value as it may stand in the page."""
    return in_page(encode(value))
