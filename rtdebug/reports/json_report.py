"""The report for programs: everything that was judged, as one JSON document.

Its format is ``schemas/rtdebug/report.schema.json``, version 2. Fields may be added to a version,
none is renamed or dropped. Times are seconds since the connection began.
"""

from __future__ import annotations

from rtdebug.model.results import (
    Location,
    Outcome,
    Report,
    ResponseSummary,
    Run,
    StepResult,
    TimelineRow,
)
from rtdebug.reports.encoding import encode, end_fields, finding_fields
from rtdebug.reports.figures import outcome_of

FORMAT = 2
_END = 1000  # rows of the timeline at either end


def render(report: Report, *, timeline_all: bool = False) -> str:
    """``report`` as JSON ending in a newline.

    A timeline keeps its first and last 1,000 rows unless ``timeline_all``; ``rows_left_out``
    counts the others.
    """
    runs = [_run(run, timeline_all) for run in report.runs]
    return encode({**head_fields(report), "runs": runs}, indent=2) + "\n"


def head_fields(report: Report) -> dict[str, object]:
    """What a report says of all its runs together."""
    return {
        "rtdebug": report.version,
        "report": FORMAT,
        "outcome": _outcome(report).value,
        "exit_code": report.exit_code,
        "started": report.started,
        "ignored": report.ignored,
        "selected": report.selected,
        "never_begun": report.never_begun,
    }


def _run(run: Run, timeline_all: bool) -> dict[str, object]:
    timeline, cut = run.timeline, 0
    if not timeline_all and len(timeline) > 2 * _END:
        timeline, cut = timeline[:_END] + timeline[-_END:], len(timeline) - 2 * _END
    return {
        **run_fields(run),
        "rows_left_out": run.rows_left_out + cut,
        "timeline": [_row(row) for row in timeline],
    }


def run_fields(run: Run) -> dict[str, object]:
    """What a run came to, without its timeline."""
    return {
        "name": run.name,
        "source": _location(run.source),
        "pack": run.pack,
        "peer": run.peer,
        "outcome": run.outcome.value,
        "started": run.started,
        "duration": run.duration,
        "events": {"client": run.client, "server": run.server},
        "rows_left_out": run.rows_left_out,
        **end_fields(run),
        "notes": run.notes,
        "steps": [_step(step) for step in run.steps],
        "findings": [finding_fields(finding) for finding in run.findings],
        "responses": [_response(one, timed=bool(run.duration)) for one in run.responses],
    }


def _outcome(report: Report) -> Outcome:
    """What all runs together came to: passed only where each of them asked for something."""
    outcome = outcome_of(report.exit_code)
    passed = all(run.outcome is Outcome.PASSED for run in report.runs)
    return Outcome.CLEAN if outcome is Outcome.PASSED and not passed else outcome


def _location(place: Location | None) -> dict[str, object] | None:
    return None if place is None else {
        "path": place.path, "line": place.line, "column": place.column,
    }  # fmt: skip


def _step(step: StepResult) -> dict[str, object]:
    return {
        "index": step.index,
        "label": step.label,
        "outcome": step.outcome.value,
        "at": step.at,
        "detail": step.detail,
        "evidence": step.evidence,
        "source": _location(step.source),
    }


def _response(response: ResponseSummary, *, timed: bool) -> dict[str, object]:
    """``timed`` False: of a record without times, in which 0 would be no answer."""
    return {
        "id": response.id,
        "status": response.status,
        "items": response.items,
        "deltas": response.deltas,
        "chars": response.chars,
        "audio_ms": response.audio_ms,
        "first_delta": response.first_delta if timed else None,
        "duration": response.duration if timed else None,
        "usage": response.usage,
    }


def _row(row: TimelineRow) -> dict[str, object]:
    return {
        "seq": row.seq,
        "at": row.at,
        "from": row.sender.value if row.sender else None,
        "type": row.type,
        "size": row.size,
        "summary": row.summary,
    }
