"""session.update without an answer."""

from __future__ import annotations

from rtdebug.rules.unanswered import UnansweredRule


class SessionUpdateUnanswered(UnansweredRule):
    """Waits for session.updated."""

    name = "session-update-unanswered"
    ask = "session.update"
    by = ("session.updated",)
    after = "the session is still on the settings it had"
