"""The responses of a run as a table: when the first chunk came, how long it took, how it ended."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from rtdebug.model.results import ResponseSummary, Run
from rtdebug.reports.figures import counted, duration, short_ids
from rtdebug.reports.signs import Signs

_SHOWN = 12
_HEADINGS = ("response", "status", "first delta", "duration", "chars", "audio", "tokens")
_TIMES = ("first delta", "duration")
_WORDS = 2  # the first columns hold words, the others figures


def responses_block(run: Run, signs: Signs, verbose: bool) -> Iterable[RenderableType]:
    """The last responses; all that were kept where ``verbose``, with their times where the record
    has some."""
    responses, timed = run.responses, bool(run.duration)
    if not responses:
        return
    shown = responses if verbose else responses[-_SHOWN:]
    left_out = len(responses) - len(shown)
    total = max(run.response_count, len(responses))
    few = f" (the last {len(shown)} of {total:,})" if total > len(shown) else ""
    yield Text(f"\nResponses{few}", "bold")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=0)
    headings = [one for one in _HEADINGS if timed or one not in _TIMES]
    for at, heading in enumerate(headings):
        table.add_column(
            justify="left" if at < _WORDS else "right",
            no_wrap=True,
            overflow="crop",
            min_width=len(heading),
        )
    table.add_row("", *(Text(heading, "dim") for heading in headings))
    for response in shown:
        table.add_row("", *(Text(cell) for cell in _cells(response, signs, timed)))
    yield table
    if left_out:
        yield Text(f"  {counted(left_out, 'earlier one')} shown with --verbose", "dim")


def _cells(response: ResponseSummary, signs: Signs, timed: bool) -> tuple[str, ...]:
    times = (
        "none" if response.first_delta is None else duration(response.first_delta),
        "never ended" if response.duration is None else duration(response.duration),
    )
    return (
        signs.line(short_ids(response.id), 15),
        signs.line(response.status, 12),
        *(times if timed else ()),
        f"{response.chars:,}",
        duration(response.audio_ms / 1000) if response.audio_ms else "",
        _tokens(response),
    )


def _tokens(response: ResponseSummary) -> str:
    total = (response.usage or {}).get("total_tokens")
    known = isinstance(total, int) and not isinstance(total, bool) and 0 <= total < 10**12
    return f"{total:,}" if known else ""
