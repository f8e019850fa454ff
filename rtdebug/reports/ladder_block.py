"""The ladder on a screen: one line a rung, in colours, cut to the width."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from rtdebug.model.findings import Severity
from rtdebug.model.results import Run
from rtdebug.reports.ladder import RungKind
from rtdebug.reports.ladder_lines import LadderLine, lines
from rtdebug.reports.signs import Signs

_LIMIT = 22
_VERBOSE_LIMIT = 500
_STYLES = {
    RungKind.FOUND: "yellow",
    RungKind.MISSING: "bold red",
    RungKind.CUT: "dim",
    RungKind.STATE: "dim",
}


def ladder_block(run: Run, signs: Signs, width: int, verbose: bool) -> Iterable[Text]:
    """Nothing where nothing crossed the wire: a refusal alone is told by its finding."""
    if not run.timeline or not (verbose or any(row.seq for row in run.timeline)):
        return
    drawn = lines(run, signs, _VERBOSE_LIMIT if verbose else _LIMIT, width)
    title = Text.assemble(("\nWhat crossed the wire", "bold"))
    title.append("    > client   < server   * evidence", "dim")
    if any(line.rung.kind is RungKind.MISSING for line in drawn):
        title.append(f"   {signs.missing} missing", "dim")
    yield title
    for line in drawn:
        yield _fit(_styled(line), width, signs.line("…"))


def _styled(line: LadderLine) -> Text:
    rung = line.rung
    style = _STYLES.get(rung.kind, "")
    if rung.kind is RungKind.FOUND and rung.severity is Severity.ERROR:
        style = "red"
    text = Text(no_wrap=True, overflow="crop")
    text.append(line.mark, "bold red")
    text.append(line.seq + line.time, "dim")
    text.append(line.lane + line.type, style or ("bold" if rung.marked else ""))
    text.append(line.summary, style or ("" if rung.marked else "dim"))
    return text


def _fit(text: Text, width: int, ending: str) -> Text:
    if text.cell_len > width:
        text.truncate(width - len(ending), overflow="crop")
        text.append(ending)
    return text
