"""Baselines: what is known to be bad does not count, and a line that nothing shows is an error.

A baseline is YAML that a person may edit: for each file a list of findings and failed steps.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rtdebug.api.verdict import exit_code
from rtdebug.api.whole_file import replace_whole
from rtdebug.documents import Document, load_document
from rtdebug.errors import UnreadableError
from rtdebug.model.results import Location, Problem, Report, Run
from rtdebug.model.value import Value, replace
from rtdebug.reports.faults import STEP, Fault, faults, from_here
from rtdebug.safe import one_line

_HEAD = """\
# What rtdebug found and does not count, for each file. Take out what is mended: a line that
# nothing shows any more is an error.
"""


class Baseline(Value):
    """What is known of each file, with the place of each line."""

    path: str
    known: Mapping[str, Mapping[str, Location]]


def load_baseline(path: Path) -> Baseline:
    """Reads one; raises UnreadableError and DocumentError."""
    document = load_document(path)
    if document.value is None:
        return Baseline(str(path), {})
    if not isinstance(document.value, dict):
        raise document.error((), "expected a mapping of files to lists of names", "see docs/ci.md")
    return Baseline(str(path), {str(file): _lines(document, file) for file in document.value})


def _lines(document: Document, file: object) -> dict[str, Location]:
    rows = document.value[file]
    if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
        raise document.error((str(file),), "expected a list of names", "see docs/ci.md")
    return {row: document.location((str(file), at)) for at, row in enumerate(rows)}


def apply_baseline(report: Report, baseline: Baseline) -> Report:
    """The report with the runs excused that show nothing new, and a problem for each stale line."""
    runs = tuple(_excused(run, baseline) for run in report.runs)
    problems = (*report.problems, *_stale(report.runs, baseline))
    code = exit_code(runs, problems) if not report.never_begun else report.exit_code
    return replace(report, runs=runs, problems=problems, exit_code=code)


def write_baseline(path: Path, runs: Sequence[Run]) -> None:
    """Writes what these runs show as a baseline; what is known of files that were not judged
    stays."""
    old = load_baseline(path).known if path.exists() else {}
    judged = {_file(run) for run in runs}
    rows = {file: list(known) for file, known in old.items() if file not in judged}
    for run in runs:
        for name in map(name_of, _failing(run)):
            rows.setdefault(_file(run), [])
            if name not in rows[_file(run)]:
                rows[_file(run)].append(name)
    text = "".join(
        f"{json.dumps(file)}:\n" + "".join(f"  - {json.dumps(name)}\n" for name in names)
        for file, names in sorted(rows.items())
    )
    try:
        replace_whole(path, (_HEAD + (text or "{}\n")).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UnreadableError(
            f"the baseline {path} cannot be written: {error.strerror or error}", "choose another"
        ) from None


def name_of(fault: Fault) -> str:
    """What a baseline calls a fault: by its finding, or by the step that has none."""
    if fault.name != STEP or fault.step is None:
        return one_line(fault.name, 200)
    return one_line(f"step {fault.step.label}", 200)


def _failing(run: Run) -> list[Fault]:
    return [fault for fault in faults(run) if fault.fails]


def _excused(run: Run, baseline: Baseline) -> Run:
    known = baseline.known.get(_file(run), {})
    names = [name_of(fault) for fault in _failing(run)]
    if run.outcome.is_good or run.excused or not names or not set(names) <= set(known):
        return run
    return replace(run, excused=f"known by {baseline.path}")


def _stale(runs: Sequence[Run], baseline: Baseline) -> Iterable[Problem]:
    """Lines of files that were judged and no longer show them, and of files that are gone."""
    shown: dict[str, set[str]] = {}
    for run in runs:
        shown.setdefault(_file(run), set()).update(map(name_of, _failing(run)))
    for file, known in baseline.known.items():
        gone = file not in shown and not os.path.exists(file)
        for name, place in known.items():
            if gone or (file in shown and name not in shown[file]):
                why = "the file is gone" if gone else "nothing shows it any more"
                words = f"{file}: {name} is in the baseline, but {why}; take the line out"
                yield Problem("baseline-stale", words, place)


def _file(run: Run) -> str:
    """A file as a baseline names it: from here, with slashes, wherever the folder lies."""
    return from_here(run.source.path if run.source else run.name)
