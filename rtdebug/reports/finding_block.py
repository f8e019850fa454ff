"""One root finding at length: what it says, where it was seen, its causes, what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rtdebug.model.findings import Cause, Finding, Severity
from rtdebug.model.results import Run
from rtdebug.reports.figures import CERTAINTY_WORDS, counted, duration
from rtdebug.reports.grouping import Group, remarks
from rtdebug.reports.ladder import FIRST, ends_of, silence
from rtdebug.reports.ladder_lines import event_words
from rtdebug.reports.lines import Lines
from rtdebug.reports.ruled_out import EXCLUDED, ruled_out
from rtdebug.reports.signs import Signs

STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_LABELS = 9  # the width of the longest label, "ruled out"
_REMARKS = 5


def finding_block(
    group: Group, run: Run, signs: Signs, *, at_length: bool, all_shown: bool
) -> Iterable[RenderableType | Lines]:
    """The root of ``group`` and what it led to; ``at_length`` with its causes.

    ``all_shown``: nothing was ignored, so that the absence of other findings may be told.
    """
    finding = group.root
    yield _head(group, signs)
    yield Lines(Text(signs.line(finding.title, 200), style="bold"))
    if finding.message:
        yield Lines(Text(signs.text(finding.message)))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=_LABELS, no_wrap=True, overflow="crop")
    table.add_column(overflow="fold")
    for label, content in _rows(group, run, signs, at_length=at_length, all_shown=all_shown):
        table.add_row(Text(label, style="dim"), content)
    yield _indented(table)
    if finding.fix:  # not broken within a word: what is to be sent is copied out of it
        yield _labelled("do now", Text(signs.text(finding.fix), "bold"))
    more = Text(f"rtdebug explain {signs.line(finding.name, 80)}", "cyan")
    yield _labelled("more", more, whole=True)


def _labelled(label: str, text: Text, *, whole: bool = False) -> Lines:
    return Lines(text, _LABELS + 4, whole, Text.assemble("  ", (label, "dim")))


def _indented(content: RenderableType) -> Padding:
    return Padding(content, (0, 0, 0, 2))


def _head(group: Group, signs: Signs) -> Text:
    """The mark is that of the worst in the group; the words are those of the root."""
    finding, style = group.root, STYLES[group.severity]
    head = Text().append(f"{signs.severity(group.severity)} ", style)
    head.append(signs.line(finding.name, 80), style=f"bold {style}")
    if finding.count > 1:
        head.append(f" {signs.times}{finding.count}", style=style)
    led = f", led to a finding of {group.severity}" if group.severity != finding.severity else ""
    head.append(f"  {finding.severity}, {CERTAINTY_WORDS[finding.certainty]}{led}", style="dim")
    return head


def _rows(
    group: Group, run: Run, signs: Signs, *, at_length: bool, all_shown: bool
) -> Iterable[tuple[str, RenderableType]]:
    finding = group.root
    if finding.subject and finding.subject not in finding.message:
        yield "about", Text(signs.line(finding.subject, 120))
    seen = _seen(finding, run, signs)
    if seen:
        yield "seen", Text(seen, overflow="fold")
    if group.consequences:
        yield "led to", Text("\n".join(_consequences(group, signs)), overflow="fold")
    likely = [cause for cause in finding.causes if cause.likelihood not in EXCLUDED]
    if at_length and likely:
        yield ("causes" if len(likely) > 1 else "cause"), _causes(likely, signs)
    excluded = [_excluded(cause, signs) for cause in finding.causes
                if cause.likelihood in EXCLUDED]  # fmt: skip
    if at_length and all_shown:
        excluded += map(signs.text, ruled_out(finding, run))
    if excluded:
        yield "ruled out", Text("\n".join(excluded), overflow="fold")


def _seen(finding: Finding, run: Run, signs: Signs) -> str:
    shown = ends_of(finding.evidence)
    words = [event_words(run, seq, signs) for seq in shown]
    left_out = len(set(finding.evidence)) - len(shown)
    if left_out:
        words.insert(FIRST, f"and {counted(left_out, 'more event')} between")
    if finding.first is not None and finding.last is not None and finding.first < finding.last:
        if finding.count > 1:
            words.append(f"{finding.count} times, from #{finding.first} to #{finding.last}")
    quiet = silence(finding, run)
    if quiet:
        words.append(f"then nothing from the server for {duration(quiet)}")
    return "\n".join(words)


def _consequences(group: Group, signs: Signs) -> Iterable[str]:
    for depth, finding in group.consequences:
        indent = "  " * (depth - 1)
        lead = f"{indent}{signs.under} " if depth > 1 else ""
        title = f"{signs.line(finding.name, 80)}: {signs.line(finding.title, 200)}"
        yield lead + title + (f" {signs.times}{finding.count}" if finding.count > 1 else "")


def _causes(causes: Sequence[Cause], signs: Signs) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, overflow="crop", max_width=12)
    table.add_column(overflow="fold")
    for cause in causes:
        words = Text(signs.text(cause.text))
        if cause.test:
            words.append(f"\nto tell: {signs.text(cause.test)}", style="dim")
        table.add_row(Text(signs.line(cause.likelihood, 12), style="cyan"), words)
    return table


def _excluded(cause: Cause, signs: Signs) -> str:
    return signs.text(cause.text) + (f" ({signs.text(cause.test)})" if cause.test else "")


def remark_lines(run: Run, signs: Signs) -> Iterable[RenderableType]:
    """Findings that are only remarks, one line each."""
    told = remarks(run.findings)
    if told:
        yield Text()
        yield Text("Remarks", style="bold")
    for finding in told[:_REMARKS]:
        line = Text().append(f"  {signs.info} {signs.line(finding.name, 80)}", "cyan")
        times = f" {signs.times}{finding.count}" if finding.count > 1 else ""
        line.append(f"{times}: {signs.line(finding.title, 120)}", style="dim")
        yield line
    if len(told) > _REMARKS:
        more = counted(len(told) - _REMARKS, "more remark")
        yield Text(f"  and {more}, shown with --verbose", style="dim")
