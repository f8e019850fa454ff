"""The connection ended in the middle of a response.

What it finds
    A close, of any code, while a response has no ``response.done``.
Why it matters
    Libraries end their loop silently after a close 1000: the client believes that it has all.
Example
    < response.output_text.delta
    X 1000
What to do
    Count the response as failed, connect again, replay the history and ask again.
Source
    RFC 6455 section 7.1.5; livekit/agents#964; googleapis/python-genai#985.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Closed, Sender


class CloseMidResponse(Rule):
    """Looks for open responses when the connection ends."""

    name = "close-mid-response"
    certainty = Certainty.CERTAIN
    title = "The connection ended in the middle of a response"
    causes = (
        Cause("the server or something between closed it", "likely",
              "read code and reason; a constant session age at the close is a configured limit"),
        Cause("the network dropped it", "possible", "code 1006: ping from the client and compare"),
        Cause("the client itself closed or crashed", "possible",
              "look at the client's log at this very moment"),
    )  # fmt: skip
    fix = (
        "Treat the response as failed: reconnect, replay the conversation and ask again. Wait for "
        "the close wherever you wait for response.done."
    )

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended."""
        ended = self.state.ended
        if ended is not None and (closed.sender is Sender.CLIENT or closed.code == 1000):
            return  # the watcher itself hung up, and has said why
        open_ = list(self.state.responses.open.values())
        if not open_:
            return
        response = open_[-1]
        by = f" by the {closed.sender}" if closed.sender is not None else ""
        meaning = self.state.pack.errors.closes.get(closed.code)
        reason = f', saying "{closed.reason[:200]}"' if closed.reason else ""
        message = (
            f"the connection was closed{by} with {closed.code}"
            f"{f' ({meaning})' if meaning else ''}{reason} while {response.id} was open; its last "
            f"event was {response.last_seq}, {closed.at - response.last_at:.2f} s before"
        )
        wished = closed.sender is Sender.CLIENT and closed.code in (1000, 1001)
        yield self.finding(
            message, at=closed.at, evidence=(response.seq, response.last_seq), subject=response.id,
            severity=Severity.WARNING if wished else None,
        )  # fmt: skip
