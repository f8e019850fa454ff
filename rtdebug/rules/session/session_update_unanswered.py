"""session.update without an answer.

What it finds
    A ``session.update`` that is followed by neither ``session.updated`` nor an ``error`` for five
    seconds.
Why it matters
    The session runs on its defaults, so everything later may come in the wrong shape.
Example
    > session.update {"session": {"type": "realtime", "output_modalities": ["text"]}}
    ~ 5 s
What to do
    Log what really leaves the socket. Wait for ``session.updated`` before the first turn.
Source
    OpenAI answers within one round trip (capture of 2026-09); livekit/agents#5530.
"""

from __future__ import annotations

from rtdebug.model.findings import Cause
from rtdebug.rules.unanswered import UnansweredRule


class SessionUpdateUnanswered(UnansweredRule):
    """Waits for session.updated."""

    name = "session-update-unanswered"
    ask = "session.update"
    by = ("session.updated",)
    after = "the session is still on the settings it had"
    title = "A session.update was never answered"
    causes = (
        Cause("the event never left the client (no await, a closed socket, an SDK that saw no "
              "change)", "likely", "record at the socket, not in the app: is the event there?"),
        Cause("a compatible server does not implement it", "possible",
              "send the smallest update there is; OpenAI answers it within a round trip"),
        Cause("a proxy does not pass client messages on", "possible", "connect without it"),
    )  # fmt: skip
    fix = "Send one minimal session.update alone and wait for session.updated before anything else."
