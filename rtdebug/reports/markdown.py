"""A report in Markdown: a ticket that says cause, evidence and fix, and the summary of a CI job."""

from __future__ import annotations

from collections.abc import Iterator

from rtdebug.model.results import Report, Run
from rtdebug.reports.faults import Fault, faults, finding_lines
from rtdebug.reports.figures import CERTAINTY_WORDS, counted, duration
from rtdebug.reports.ladder_lines import lines
from rtdebug.reports.marking import block, code, words
from rtdebug.reports.mermaid import sequence
from rtdebug.reports.open_end import open_lines
from rtdebug.reports.places import shown_path
from rtdebug.reports.signs import UNICODE
from rtdebug.reports.sums import whole_lines
from rtdebug.reports.verdict import OUTCOME_WORDS, counts_line, exit_line, place_words

# GitHub aborts a summary above 1 MiB, and a comment holds 65,536 characters.
MOST = 512 * 1024
_ROWS = 100
_LADDER = 60


def render(report: Report, most: int = MOST) -> str:
    """``report`` in at most ``most`` bytes; runs that find no room are counted."""
    head = "\n".join(_head(report))
    parts, size, left = [head], len(head.encode()), 0
    for run in report.runs:
        if run.outcome.is_good and not faults(run):
            continue
        part = "\n".join(_run(run))
        size += len(part.encode()) + 1
        if size > most - 200:
            left += 1
        else:
            parts.append(part)
    if left:
        parts.append(f"{counted(left, 'more run')} left out: this page holds no more.\n")
    return "\n".join(parts)


def _head(report: Report) -> Iterator[str]:
    counts = counts_line(report, UNICODE, color=False) or "nothing was run"
    yield f"# rtdebug: {counts}\n"
    if exit_line(report):
        yield f"{words(exit_line(report))}\n"
    if len(report.runs) > 1:
        yield "| | run | outcome | time | why |\n|---|---|---|---|---|"
        ordered = sorted(report.runs, key=lambda run: run.outcome.is_good)
        yield from map(_row, ordered[:_ROWS])
        if len(ordered) > _ROWS:
            yield f"\nand {counted(len(ordered) - _ROWS, 'more run')}"
        yield ""
    yield from (f"- {words(line, 500)}" for line in whole_lines(report))
    yield ""
    if report.ignored:
        yield f"ignored: {words(', '.join(report.ignored), 500)}\n"
    yield f"rtdebug {words(report.version)}, {words(report.started)}\n"


def _row(run: Run) -> str:
    why = ", ".join(dict.fromkeys(one.name for one in faults(run)))
    cells = (UNICODE.run(run), words(run.name, 100), OUTCOME_WORDS[run.outcome],
             duration(run.duration), words(why, 200))  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _run(run: Run) -> Iterator[str]:
    sign = UNICODE.run(run)
    yield f"## {sign} {words(run.name, 200)}: {OUTCOME_WORDS[run.outcome]}\n"
    if run.excused:
        yield f"does not count: {words(run.excused, 200)}\n"
    place = f"{shown_path(run.source.path)}:{run.source.line}" if run.source else ""
    peer = f", peer {words(run.peer, 60)}" if run.peer else ""
    yield f"{code(place, 300)} pack {words(run.pack, 60)}{peer}, {duration(run.duration)}\n"
    for fault in faults(run):
        yield from _fault(fault)
    diagram = sequence(run)
    if diagram:
        yield f"{block(diagram, 'mermaid')}\n"
    drawn = [line.plain() for line in lines(run, UNICODE, _LADDER, 120)]
    if drawn:
        yield f"<details><summary>What crossed the wire</summary>\n\n{block(drawn)}\n\n</details>\n"
    for line in (*open_lines(run, UNICODE), *(f"note: {note}" for note in run.notes[:5])):
        yield f"{words(line.strip(), 300)}\n"


def _fault(fault: Fault) -> Iterator[str]:
    yield f"### {words(fault.name, 100)}: {words(fault.title, 300)}\n"
    if fault.step is not None:
        place = code(place_words(fault.step.source, UNICODE), 300) if fault.step.source else ""
        yield f"Step {fault.step.index} {place}".rstrip() + "\n"
        yield f"{block((fault.step.label, *fault.step.detail.splitlines()))}\n"
    if fault.group is None or fault.run is None:
        return
    root = fault.group.root
    yield f"{fault.group.severity}, {CERTAINTY_WORDS[root.certainty]}\n"
    told = [line for line in finding_lines(fault.group, fault.run)][2:]
    causes = [line for line in told if line.startswith("cause")]
    rest = [line for line in told if not line.startswith(("cause", "do now: "))]
    yield f"{block(rest)}\n"
    yield from (f"- {words(line, 1000)}" for line in causes)
    if root.fix:
        yield f"\n**Do now**: {words(root.fix, 2000)}\n"
