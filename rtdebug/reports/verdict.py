"""The verdict in a few lines: one for each run that passed, and the sum of all at the end.

This is all that a good run prints, so it stands without Rich and costs next to nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rtdebug.errors import EXIT_BAD
from rtdebug.model.findings import Severity
from rtdebug.model.results import Location, Outcome, Report, Run, StepResult
from rtdebug.reports.ansi import BOLD, DIM, GREEN, RED, YELLOW, paint, plain
from rtdebug.reports.figures import EXIT_WORDS, columns, counted, duration
from rtdebug.reports.grouping import Group, loud, remarks
from rtdebug.reports.open_end import open_lines
from rtdebug.reports.places import run_name, shown_path
from rtdebug.reports.signs import Signs
from rtdebug.reports.sums import whole_lines

OUTCOME_WORDS = {
    Outcome.PASSED: "passed",
    Outcome.CLEAN: "clean",
    Outcome.FAILED: "failed",
    Outcome.EMPTY: "nothing to judge",
    Outcome.ERROR: "no session",
    Outcome.INTERRUPTED: "interrupted",
    Outcome.SKIPPED: "skipped",
}
_COLORS = {True: GREEN, False: YELLOW}  # whether it is a tick
_SUMMARY_WORDS = {Outcome.EMPTY: "with nothing to judge", Outcome.ERROR: "without a session"}
_NAME_LIMIT = 60
_NOTES = 5


def passed_lines(run: Run, signs: Signs, *, color: bool, width: int) -> list[str]:
    """A run with nothing bad: its figures, and what is still worth a word."""
    sign = paint(signs.run(run), _COLORS[signs.run(run) == signs.good], color=color)
    name = paint(run_name(run.name, signs, _NAME_LIMIT), BOLD, color=color)
    figures = ", ".join(_figures(run))
    together = columns(plain(f"{sign} {name}  {figures}")) <= width
    lines = [f"{sign} {name}  {figures}"] if together else [f"{sign} {name}", f"  {figures}"]
    for group in loud(run.findings):
        lines += _told(group, signs, color=color, width=width)
    for line in open_lines(run, signs):
        lines += _wrapped(line, width, indent=2)
    lines += [f"  {paint(note, DIM, color=color)}" for note in note_lines(run, signs)]
    quiet = remarks(run.findings)
    if quiet:
        names = ", ".join(dict.fromkeys(signs.line(one.name, _NAME_LIMIT) for one in quiet[:3]))
        more = ", …" if len(quiet) > 3 else ""
        hint = f"{counted(len(quiet), 'remark')}, shown with --verbose: {names}{signs.line(more)}"
        lines.append(f"  {paint(hint, DIM, color=color)}")
    return lines


def bad_lines(run: Run, signs: Signs, *, color: bool) -> list[str]:
    """A run that did not pass, in as few words as there can be."""
    lines = [headline(run, signs, color=color)]
    for group in loud(run.findings):
        name, title = signs.line(group.root.name, _NAME_LIMIT), signs.line(group.root.title, 100)
        lines.append(f"  {name}: {title}")
    for step in run.steps:
        if step.outcome is Outcome.FAILED:
            place = f", {place_words(step.source, signs)}" if step.source else ""
            lines.append(f"  step {step.index}{place}: {signs.line(step.label, 100)}")
    return lines


def headline(run: Run, signs: Signs, *, color: bool) -> str:
    """``✗ Text turn: failed after 11.3 s``."""
    code = GREEN if run.outcome.is_good else YELLOW if run.excused else RED
    sign = paint(signs.run(run), code, color=color)
    name = paint(run_name(run.name, signs, _NAME_LIMIT), BOLD, color=color)
    words = paint(OUTCOME_WORDS[run.outcome], code, color=color)
    after = f" after {duration(run.duration)}" if run.duration else ""
    tries = f" in {run.tries} tries" if run.tries > 1 else ""
    excused = f" ({signs.line(run.excused, 100)})" if run.excused else ""
    return f"{sign} {name}: {words}{after}{tries}{excused}"


def place_words(place: Location, signs: Signs) -> str:
    """A place in a file, as an editor finds it."""
    return signs.line(f"{shown_path(place.path)}:{place.line}:{place.column}", 300)


def note_lines(run: Run, signs: Signs) -> list[str]:
    """What the reader of a log had to say, a few lines of it."""
    notes = [f"note: {signs.line(note, 200)}" for note in run.notes[:_NOTES]]
    more = len(run.notes) - _NOTES
    return notes + ([f"and {counted(more, 'more note')}"] if more > 0 else [])


def summary_lines(
    report: Report, signs: Signs, *, color: bool, width: int, named: bool
) -> list[str]:
    """The last lines: how many runs came to what, which were bad and why where they are to be
    ``named``, and what the exit code means."""
    last = exit_line(report)
    if not report.runs:
        return ["; ".join(filter(None, ["nothing was run", last]))]
    line = counts_line(report, signs, color=color)
    if len(report.runs) == 1:
        line += f" after {duration(report.runs[0].duration)}" if report.runs[0].duration else ""
        line += "".join(f": {why}" for why in [_why(report.runs[0], signs)] if why)
    lines = [line]
    if named and len(report.runs) > 1:
        lines += bad_names(report.runs, signs, color=color, width=width)
    lines += [signs.line(one, 500) for one in whole_lines(report)]
    if report.ignored:
        names = ", ".join(signs.line(name, _NAME_LIMIT) for name in report.ignored)
        lines.append(paint(f"ignored: {names}", DIM, color=color))
    return lines + ([last] if last else [])


def counts_line(report: Report, signs: Signs, *, color: bool) -> str:
    """``3 passed, 1 failed``."""
    counts = Counter(run.outcome for run in report.runs)
    good = all(run.outcome.is_good or run.excused for run in report.runs)
    parts = [
        f"{counts[outcome]} {_SUMMARY_WORDS.get(outcome, words)}"
        for outcome, words in OUTCOME_WORDS.items()
        if counts[outcome]
    ]
    excused = sum(bool(run.excused) for run in report.runs)
    if excused:
        parts.append(f"{excused} that {'does' if excused == 1 else 'do'} not count")
    if report.never_begun:
        parts.append(f"{report.never_begun} never begun")
    return paint(", ".join(parts), BOLD, GREEN if good else RED, color=color)


def exit_line(report: Report) -> str:
    """``exit code 1: a step failed``; empty for 0."""
    if report.exit_code == EXIT_BAD:
        return f"exit code {EXIT_BAD}: {_bad_words(report)}"
    words = EXIT_WORDS.get(report.exit_code)
    return f"exit code {report.exit_code}: {words}" if words else ""


def _bad_words(report: Report) -> str:
    """What made a report bad: a step, a finding, or something of the whole."""
    failed = [run for run in report.runs if run.outcome is Outcome.FAILED and not run.excused]
    stepped = [run for run in failed if _has_failed_step(run)]
    parts = ["a step failed"] if stepped else []
    if any(run.findings and not _has_failed_step(run) for run in failed):
        parts.append("a finding is at or above --fail-on")
    elif any(one.severity is Severity.ERROR for run in stepped for one in run.findings):
        parts.append("an error was found")
    parts += dict.fromkeys(problem.name for problem in report.problems)
    return ", and ".join(parts) or EXIT_WORDS[EXIT_BAD]


def _has_failed_step(run: Run) -> bool:
    return any(step.outcome is Outcome.FAILED for step in run.steps)


def bad_names(runs: Sequence[Run], signs: Signs, *, color: bool, width: int) -> list[str]:
    """The runs that are not good, with the reason: a line each, or two where there is no room."""
    lines = []
    for run in runs:
        if run.outcome.is_good:
            continue
        head, why = headline(run, signs, color=color), _why(run, signs)
        together = f"{head}: {why}" if why else head
        fits = columns(plain(together)) <= width
        lines += [together] if fits or not why else [f"{head}:", f"  {why}"]
    return lines


def _why(run: Run, signs: Signs) -> str:
    """The root causes by name, or the step where there is none."""
    if run.outcome.is_good:
        return ""
    names = [signs.line(group.root.name, _NAME_LIMIT) for group in loud(run.findings)]
    if names:
        return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    failed = next((step for step in run.steps if step.outcome is Outcome.FAILED), None)
    return _step_words(failed, signs) if failed else ""


def _step_words(step: StepResult, signs: Signs) -> str:
    return f"step {step.index}, {signs.line(step.label, _NAME_LIMIT)}"


def _figures(run: Run) -> list[str]:
    words = [duration(run.duration)] if run.duration else []
    words += [f"good at try {run.tries}"] if run.tries > 1 else []
    words.append(f"{run.client:,} sent, {run.server:,} received")
    count = max(run.response_count, len(run.responses))
    if count:
        words.append(counted(count, "response"))
    first = max((r.first_delta for r in run.responses if r.first_delta is not None), default=None)
    if first is not None and run.duration:  # a record without times knows no better than 0
        lead = "slowest first delta" if count > 1 else "first delta"
        words.append(f"{lead} after {duration(first)}")
    return words


def _told(group: Group, signs: Signs, *, color: bool, width: int) -> list[str]:
    """A finding over which the run is good all the same, in some lines."""
    finding = group.root
    code = RED if group.severity is Severity.ERROR else YELLOW
    sign = paint(signs.severity(group.severity), code, color=color)
    head = f"{signs.line(finding.name, _NAME_LIMIT)}: {signs.line(finding.title, 200)}"
    lines = [f"  {sign} {head}"]
    if finding.message:
        lines += _wrapped(signs.text(finding.message), width)
    for _, one in group.consequences:
        led = f"led to {one.name}: {one.title}"
        lines += _wrapped(signs.line(led, 200), width)
    if finding.fix:
        lines += _wrapped(f"do now: {signs.text(finding.fix)}", width)
    return lines


def _wrapped(text: str, width: int, *, indent: int = 4) -> list[str]:
    import textwrap

    lines = text.splitlines()
    return [piece for line in lines for piece in textwrap.wrap(
        line, max(width, 40), initial_indent=" " * indent, subsequent_indent="    ",
        break_on_hyphens=False, break_long_words=False)]  # fmt: skip
