"""The watching process itself stood still.

What it finds
    A time of two seconds or more in which rtdebug was stopped or got no processor.
Why it matters
    What seems to be silence in that time is none: nobody listened. As a proxy rtdebug also passed
    nothing on, so the app and the server may have felt it.
Example
    Ctrl-Z in the middle of an answer, fg ten seconds later
What to do
    Nothing, if it was you. Otherwise give the machine less to do, and do not take delays of that
    moment for the server's.
Source
    Own clock; see docs/captures.md for how it is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Paused, Unjudged, Violation


class ObserverPaused(Rule):
    """Tells every pause; repeats are counted."""

    name = "observer-paused"
    severity = Severity.INFO
    certainty = Certainty.CERTAIN
    title = "rtdebug itself stood still for a while"
    causes = (
        Cause("it was stopped: Ctrl-Z, a debugger, a frozen container", "likely",
              "look at what was done at that moment"),
        Cause("the machine had too much to do", "possible", "look at its load at that moment"),
    )  # fmt: skip
    fix = "Read nothing into delays around that moment."

    def disturbed(self, record: Violation | Unjudged | Paused) -> Iterable[Finding]:
        """One pause."""
        if not isinstance(record, Paused):
            return
        message = (
            f"rtdebug stood still for {record.seconds:.1f} s; that time is not counted, and "
            "silence in it proves nothing"
        )
        yield self.finding(message, at=record.at)
