"""One screen about one run: its findings, its failed steps, the ladder, the responses.

Everything is a Text object, never markup: a peer's brackets are brackets.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.text import Text

from rtdebug.model.results import Report, Run
from rtdebug.reports.advice import advice_for
from rtdebug.reports.figures import counted, duration
from rtdebug.reports.finding_block import finding_block, remark_lines
from rtdebug.reports.grouping import grouped, loud
from rtdebug.reports.ladder_block import ladder_block
from rtdebug.reports.lines import Lines
from rtdebug.reports.open_end import open_lines
from rtdebug.reports.places import run_name, shown_path
from rtdebug.reports.responses_block import responses_block
from rtdebug.reports.signs import Signs
from rtdebug.reports.steps_block import steps_block
from rtdebug.reports.verdict import OUTCOME_WORDS, note_lines

_TOLD = 4  # findings told at length; the others are named

_TRAILING = re.compile(r"[ ]+((?:\x1b\[0m)?)$", re.MULTILINE)


def draw(run: Run, report: Report, signs: Signs, *, width: int, color: bool, verbose: bool) -> str:
    """The screen of ``run``, one of ``report``, as text without a last newline."""
    drawn = io.StringIO()
    console = Console(
        file=drawn, width=width, force_terminal=True, legacy_windows=False,
        color_system="standard" if color else None, no_color=not color,
        markup=False, emoji=False, highlight=False, _environ={},
    )  # fmt: skip
    for part in _parts(run, report, signs, width, verbose):
        if isinstance(part, Lines):
            for line in part.broken(width):
                console.print(line, soft_wrap=True)
        else:
            console.print(part)
    return _TRAILING.sub(r"\1", drawn.getvalue()).rstrip("\n")


def _parts(
    run: Run, report: Report, signs: Signs, width: int, verbose: bool
) -> Iterable[RenderableType | Lines]:
    """The verdict and its cause first, then what shows it, and what was judged at the end."""
    yield from _header(run, signs, width)
    groups = grouped(run.findings) if verbose else loud(run.findings)
    told = len(groups) if verbose else _TOLD
    for index, group in enumerate(groups[:told]):
        yield Text()
        yield from finding_block(
            group, run, signs, at_length=verbose or index == 0, all_shown=report.shows_all
        )
    if groups[told:]:
        names = ", ".join(signs.line(group.root.name, 80) for group in groups[told : told + 20])
        yield Text()
        yield Lines(Text(f"Also found, told with --verbose: {names}"), 0)
    yield from steps_block(run.steps, signs, verbose)
    yield from ladder_block(run, signs, width, verbose)
    if verbose or len(run.responses) > 1:
        yield from responses_block(run, signs, verbose)
    if not verbose:
        yield from remark_lines(run, signs)
    yield Text("\nWhat was judged", "bold")
    for fact, whole in _facts(run, signs):
        yield Lines(Text(fact, "dim"), whole=whole)


def _header(run: Run, signs: Signs, width: int) -> Iterable[Lines]:
    good = run.outcome.is_good
    style = ("green" if signs.run(run) == signs.good else "yellow") if good else "red"
    words = OUTCOME_WORDS[run.outcome]
    after = f" after {duration(run.duration)}" if run.duration else ""
    head = Text().append(f"{signs.run(run)} ", style)
    head.append(run_name(run.name, signs, max(width - len(words + after) - 4, 30)), "bold")
    head.append(f": {words}", style)
    head.append(after)
    yield Lines(head, 0)
    advice = advice_for(run)
    if advice:
        yield Lines(Text(advice))


def _facts(run: Run, signs: Signs) -> Iterable[tuple[str, bool]]:
    """What is worth knowing, and whether it is an address or a path."""
    target = next((row.summary for row in run.timeline if row.type == "opened"), "")
    if target:
        yield signs.line(target, 300), True
    peer = f", peer {signs.line(run.peer, 40)}" if run.peer else ""
    counts = f"{counted(run.client, 'event')} sent, {run.server:,} received"
    counts += _sound(run)
    left_out = f", {counted(run.rows_left_out, 'row')} not kept" if run.rows_left_out else ""
    yield f"pack {signs.line(run.pack, 40)}{peer}, {counts}{left_out}", False
    if run.source:
        yield signs.line(shown_path(run.source.path), 300), True
    yield from ((line, False) for line in open_lines(run, signs))
    yield from ((note, False) for note in note_lines(run, signs))


def _sound(run: Run) -> str:
    """How much audio there was each way."""
    both = ((run.totals.client_audio_ms, "sent"), (run.totals.server_audio_ms, "received"))
    return "".join(f", {duration(ms / 1000)} of audio {way}" for ms, way in both if ms)
