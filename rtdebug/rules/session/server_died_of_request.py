"""The connection died right after requests that were never answered.

What it finds
    A connection lost on the server's side without a close frame, within a second of requests of
    the client that stay unanswered.
Why it matters
    It looks like the network. A server that fails at an event which it does not know drops the
    connection in the same way, each time at the same event.
Example
    > input_audio_buffer.commit
    = 28 ms later: lost, 1006
What to do
    Send the requests named here alone, in a fresh session: which of them ends it? Then look at the
    server's own log.
Source
    Recordings against sglang-omni 0.1.9, where any event it does not know ends the connection.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding
from rtdebug.model.records import Closed, Sender

_SOON = 1.0  # seconds
_LOST = 1006
_SHOWN = 3


class ServerDiedOfRequest(Rule):
    """Looks for requests just before the connection was lost."""

    name = "server-died-of-request"
    certainty = Certainty.MEDIUM
    title = "The connection died right after a request that stays unanswered"
    causes = (
        Cause("the server failed at a request that it does not know or cannot do", "likely",
              "send that request alone in a fresh session: does it end again?"),
        Cause("the network broke at this very moment", "possible",
              "repeat the session: it breaks elsewhere, or not at all"),
    )  # fmt: skip
    fix = "Leave the named requests out, one after the other, and look at the server's own log."

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended."""
        state = self.state
        if closed.code != _LOST or closed.sender is not Sender.SERVER or not state.verbatim:
            return NOTHING
        queues = state.requests.pending.values()
        recent = [
            one for queue in queues for one in queue if one.pending and closed.at - one.at <= _SOON
        ]
        if not recent or state.begun is None:
            return NOTHING
        recent.sort(key=lambda one: one.seq)
        named = ", ".join(f"{one.type} (event {one.seq})" for one in recent[:_SHOWN])
        message = (
            f"the server's side was lost {closed.at - recent[-1].at:.2f} s after {named}, which "
            "nothing answered"
        )
        evidence = tuple(one.seq for one in recent[:_SHOWN])
        return (self.finding(message, at=closed.at, evidence=evidence),)
