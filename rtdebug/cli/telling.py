"""Each run of several in a line as it ends, on a terminal and in a pipe alike."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from rtdebug.cli.output import WantedReport, fitted
from rtdebug.cli.progress import Played
from rtdebug.cli.streams import put, tell
from rtdebug.engine.session import Session
from rtdebug.model.results import Run
from rtdebug.model.value import replace
from rtdebug.reports.formats import Look


class Telling:
    """Tells the runs of one batch where their report will go; ``played`` is the line of progress,
    which makes room for them."""

    played: Played | None = None

    def __init__(self, total: int, wanted: Sequence[WantedReport], look: Look, color: str) -> None:
        self.look = replace(look, told=total > 1)
        taken = any(one.path is None and one.format != "terminal" for one in wanted)
        stream, self._put = (sys.stderr, tell) if taken else (sys.stdout, put)
        self._look = fitted(self.look, stream, color)

    @property
    def watch(self) -> Callable[[Session], None] | None:
        """What sessions are watched by, where somebody sees it."""
        return self.played.watch if self.played is not None else None

    def tell(self, run: Run) -> None:
        """One more run is over."""
        if self.played is not None:
            self.played.tell(run)
        if self.look.told:
            from rtdebug.reports.terminal import run_line

            look = self._look
            line = run_line(run, width=look.width, color=look.color, unicode=look.unicode,
                            quiet=look.quiet)  # fmt: skip
            if line and self.played is not None:
                tell("\r\x1b[K")
            self._put(line)
