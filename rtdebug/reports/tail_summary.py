"""What a proxy came to after many connections: how many were what, and what was found where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rtdebug.model.findings import Finding, Severity
from rtdebug.model.results import Outcome, Report, Run
from rtdebug.reports.ansi import BOLD, CYAN, DIM, GREEN, RED, YELLOW, paint
from rtdebug.reports.figures import EXIT_WORDS, counted, fit
from rtdebug.reports.formats import Look
from rtdebug.reports.signs import Signs, signs, without_commands
from rtdebug.reports.verdict import OUTCOME_WORDS

_FINDINGS = 20
_NAMED = 5  # connections that are named beside a finding
_COLORS = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.INFO: CYAN}


def render(
    report: Report, look: Look, *, outcomes: Mapping[Outcome, int], found: Mapping[str, int]
) -> str:
    """The closing lines, each ending in a newline. ``outcomes`` and ``found`` (connections by name
    of a finding) count connections that the report has no more as well."""
    marks = signs(look.unicode)
    lines = [] if look.quiet and not report.exit_code else [_counts(outcomes, look)]
    lines += _findings(report.runs, found, marks, look)
    if sum(outcomes.values()) > len(report.runs):
        kept = counted(len(report.runs), "connection")
        lines.append(f"the reports hold the last {kept}")
    words = EXIT_WORDS.get(report.exit_code)
    if words:
        lines.append(f"exit code {report.exit_code}: {words}")
    return without_commands("".join(f"{line}\n" for line in lines))


def _counts(outcomes: Mapping[Outcome, int], look: Look) -> str:
    total = sum(outcomes.values())
    if not total:
        return "no connection was made"
    some = {one: count for one, count in outcomes.items() if count}
    parts = [f"{some[one]:,} {words}" for one, words in OUTCOME_WORDS.items() if one in some]
    good = all(outcome.is_good for outcome in some)
    head = f"{counted(total, 'connection')}: {', '.join(parts)}"
    return paint(head, BOLD, GREEN if good else RED, color=look.color)


def _findings(runs: Sequence[Run], found: Mapping[str, int], marks: Signs, look: Look) -> list[str]:
    known: dict[str, Finding] = {}
    where: dict[str, list[str]] = {}
    for run in runs:
        for one in run.findings:
            known.setdefault(one.name, one)
            names = where.setdefault(one.name, [])
            number = run.name.rpartition(" ")[2]
            if number not in names:
                names.append(number)
    told = [one for one in known.values() if look.verbose or one.severity is not Severity.INFO]
    told.sort(key=lambda one: (one.severity.rank, -found.get(one.name, 0)))
    lines = [_line(one, found[one.name], where[one.name], marks, look) for one in told[:_FINDINGS]]
    if told[_FINDINGS:]:
        lines.append(f"  and {counted(len(told) - _FINDINGS, 'more finding')}")
    remarks = len(known) - len(told)
    if remarks and not look.quiet:
        hint = f"  {counted(remarks, 'remark')}, shown with --verbose"
        lines.append(paint(hint, DIM, color=look.color))
    return lines


def _line(finding: Finding, count: int, where: list[str], marks: Signs, look: Look) -> str:
    sign = marks.severity(finding.severity)
    more = f" and {len(where) - _NAMED:,} more" if len(where) > _NAMED else ""
    places = ", ".join(f"#{number}" for number in where[:_NAMED]) + more
    head = f"  {sign} {marks.line(finding.name, 60)}"
    rest = f" in {counted(count, 'connection')} ({places}): {marks.line(finding.title, 120)}"
    rest = fit(rest, max(look.width - len(head), 20), marks.line("…"))
    return paint(head, _COLORS[finding.severity], color=look.color) + rest
