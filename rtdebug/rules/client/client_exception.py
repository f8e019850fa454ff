"""The client's own program raised an exception, and its library closed with 1011.

What it finds
    A close with 1011 by the client whose reason is not that of an unanswered ping.
Why it matters
    1011 reads like a fault of the server. Here it is not: Python's ``websockets`` sends it when the
    body of ``async with connect()`` raises.
Example
    < response.done
    = closed by the client: 1011
What to do
    Look at the client's own log at this very moment.
Source
    RFC 6455, 7.4.1; the source of websockets; recordings of google-genai.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, NeutralRule
from rtdebug.model.findings import Cause, Certainty, Finding
from rtdebug.model.records import Closed
from rtdebug.rules.giving_up import of_exception


class ClientException(NeutralRule):
    """Reads who closed with 1011, and why."""

    name = "client-exception"
    certainty = Certainty.HIGH
    title = "The client's own program failed, and closed the connection with 1011"
    causes = (
        Cause("the code that handles an event raised an exception", "likely",
              "look for a traceback in the client's log at the time of the close"),
        Cause("the client could not read the last event", "possible",
              "hold it against the types that the client's library has"),
    )  # fmt: skip
    fix = (
        "Catch exceptions around the handling of each event, log them with the event, and go on "
        "reading. The server did nothing wrong here."
    )

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended."""
        if not of_exception(closed) or self.state.ended is not None:
            return NOTHING
        last = self.state.last
        message = "the client closed with 1011, which its library sends when the program raises"
        message += f', saying "{self.quote(closed.reason, 200)}"' if closed.reason else ""
        message += f"; the last event was {last.seq} ({last.type})" if last is not None else ""
        evidence = (last.seq if last is not None else None,)
        return (self.finding(message, at=closed.at, evidence=evidence),)
