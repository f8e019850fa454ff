"""One screen about one run: its findings, its failed steps, the ladder, the responses.

Everything is a Text object, never markup: a peer's brackets are brackets.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.text import Text

from rtdebug.model.results import Outcome, Report, Run
from rtdebug.reports.figures import counted, duration
from rtdebug.reports.finding_block import finding_block, remark_lines
from rtdebug.reports.grouping import grouped, loud
from rtdebug.reports.ladder_block import ladder_block
from rtdebug.reports.lines import Lines
from rtdebug.reports.responses_block import responses_block
from rtdebug.reports.signs import Signs
from rtdebug.reports.steps_block import steps_block
from rtdebug.reports.verdict import OUTCOME_WORDS, note_lines

_PROSE = 100  # columns beyond which sentences are hard to read
_TOLD = 4  # findings told at length; the others are named

_ADVICE = {
    Outcome.EMPTY: "Nothing here could be judged: no event came and none could be read, and silence"
    " is never a pass. See that it is the right URL or file, and that the log holds the messages"
    " themselves.",
    Outcome.INTERRUPTED: "Stopped before the end. This is what was seen so far.",
    Outcome.ERROR: "No session came about.",
}

_UNHEARD = (
    "The connection came about, but the server never sent an event, and silence is never a pass. "
    "See that host, path and model of the URL are those of a Realtime API; give it more time with "
    "--timeout; and look on with rtdebug tail URL."
)

_OTHER = (
    "Most of what came is of types that this pack does not know, and what was not judged is no "
    "pass. Name the protocol it speaks with --pack; rtdebug packs lists those that are known."
)
_UNREAD = (
    "Most lines that name events could not be read, and what was not judged is no pass. Log each "
    "event as one line of JSON, or use rtdebug tail."
)

_TRAILING = re.compile(r"[ ]+((?:\x1b\[0m)?)$", re.MULTILINE)


def draw(run: Run, report: Report, signs: Signs, *, width: int, color: bool, verbose: bool) -> str:
    """The screen of ``run``, one of ``report``, as text without a last newline."""
    drawn = io.StringIO()
    console = Console(
        file=drawn, width=width, force_terminal=True, legacy_windows=False,
        color_system="standard" if color else None, no_color=not color,
        markup=False, emoji=False, highlight=False, _environ={},
    )  # fmt: skip
    for part in _sentences(run, report, signs, verbose):
        if isinstance(part, Lines):
            for line in part.broken(min(width, _PROSE)):
                console.print(line, soft_wrap=True)
        else:
            console.print(part, width=min(width, _PROSE))
    for part in _tables(run, signs, width, verbose):
        console.print(part)
    return _TRAILING.sub(r"\1", drawn.getvalue()).rstrip("\n")


def _sentences(
    run: Run, report: Report, signs: Signs, verbose: bool
) -> Iterable[RenderableType | Lines]:
    yield from _header(run, signs)
    groups = grouped(run.findings if verbose else loud(run.findings))
    told = len(groups) if verbose else _TOLD
    for index, group in enumerate(groups[:told]):
        yield Text()
        yield from finding_block(
            group, run, signs, at_length=verbose or index == 0, all_shown=not report.ignored
        )
    if groups[told:]:
        names = ", ".join(signs.line(group.root.name, 80) for group in groups[told : told + 20])
        yield Text(f"\nAlso found, told with --verbose: {names}")
    yield from steps_block(run.steps, signs, verbose)


def _tables(run: Run, signs: Signs, width: int, verbose: bool) -> Iterable[RenderableType]:
    yield from ladder_block(run, signs, width, verbose)
    if verbose or len(run.responses) > 1:
        yield from responses_block(run.responses, signs, verbose, timed=bool(run.duration))
    if not verbose:
        yield from remark_lines(run, signs)


def _header(run: Run, signs: Signs) -> Iterable[RenderableType | Lines]:
    style = "green" if run.outcome.is_good else "red"
    head = Text().append(f"{signs.run(run)} ", style)
    head.append(signs.line(run.name, 80), "bold")
    head.append(f": {OUTCOME_WORDS[run.outcome]}", style)
    head.append(f" after {duration(run.duration)}" if run.duration else "")
    yield head
    for fact, whole in _facts(run, signs):
        yield Lines(Text(fact, "dim"), whole=whole)
    advice = _advice(run)
    if advice:
        yield Lines(Text(advice))


def _advice(run: Run) -> str:
    if run.outcome is Outcome.EMPTY and run.coverage.unknown:
        return _OTHER
    if run.outcome is Outcome.EMPTY and run.coverage.unread:
        return _UNREAD
    live = run.source is None or bool(run.steps)
    if run.outcome is Outcome.EMPTY and live:
        return _UNHEARD
    return _ADVICE.get(run.outcome, "")


def _facts(run: Run, signs: Signs) -> Iterable[tuple[str, bool]]:
    """What is worth knowing, and whether it is an address or a path."""
    target = next((row.summary for row in run.timeline if row.type == "opened"), "")
    if target:
        yield signs.line(target, 300), True
    peer = f", peer {signs.line(run.peer, 40)}" if run.peer else ""
    counts = f"{counted(run.client, 'event')} sent, {run.server:,} received"
    dropped = f" ({run.dropped:,} not kept)" if run.dropped else ""
    yield f"pack {signs.line(run.pack, 40)}{peer}, {counts}{dropped}", False
    if run.source:
        yield signs.line(run.source.path, 300), True
    yield from ((note, False) for note in note_lines(run, signs))
