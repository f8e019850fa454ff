"""What is still owed on a connection, so that a watch which ends there was interrupted."""

from __future__ import annotations

from rtdebug.engine.session import Session


def owes(session: Session) -> bool:
    """Whether a response is running or a request waits for its answer."""
    state = session.state
    if state.closed is not None or state.refused is not None:
        return False
    requests = (one for asked in state.requests.pending.values() for one in asked)
    return bool(state.responses.open) or any(one.pending and not one.overdue for one in requests)


def is_dialled(session: Session) -> bool:
    """Whether its connection has neither come about nor failed yet."""
    return session.state.opened is None and session.state.refused is None
