"""What is still owed on a connection, so that a watch which ends there was interrupted."""

from __future__ import annotations

from rtdebug.engine.session import Session


def owes(session: Session) -> bool:
    """Whether a response is running, a request waits for its answer, or a call for its result."""
    state = session.state
    if state.closed is not None or state.refused is not None:
        return False
    # What is long overdue has been told as a fault: it is not waited for any more.
    return any(one.until is None or session.at < one.until for one in session.owed())


def is_dialled(session: Session) -> bool:
    """Whether its connection has neither come about nor failed yet."""
    return session.state.opened is None and session.state.refused is None
