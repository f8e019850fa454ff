"""A client that hangs up on a silence had waited for what never came."""

from __future__ import annotations

import re

from rtdebug.engine.state import State
from rtdebug.model.records import Closed, Sender

GAVE_UP = 3.0  # seconds of silence before a hang-up that make it an answer to the silence
_FAILED = 1011
_OF_PING = re.compile(r"(?i)p[io]ng timeout")
_WISHED = frozenset({1000, 1001, 1005})


def is_wished(closed: Closed) -> bool:
    """Whether the client meant to end it (RFC 6455, 7.4.1; 1005: a close without a code)."""
    return closed.sender is Sender.CLIENT and closed.code in _WISHED


def gave_up(closed: Closed, state: State) -> bool:
    """Whether the client ended it, by a close or by going away, and not the one who watched."""
    if state.ended is not None:
        return False
    return closed.sender is Sender.CLIENT or (closed.sender is None and closed.code in _WISHED)


def of_exception(closed: Closed) -> bool:
    """Whether the client's library closed since the program raised: a 1011 of the client's that
    does not speak of a ping."""
    return (
        closed.code == _FAILED
        and closed.sender is Sender.CLIENT
        and _OF_PING.search(closed.reason) is None
    )
