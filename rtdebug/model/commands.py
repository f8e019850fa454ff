"""Commands: what an actor (a player or a responder) wants done on the wire."""

from __future__ import annotations

from typing import TypeAlias

from rtdebug.model.value import Value


class Send(Value):
    """Send one message: text as str, binary as bytes."""

    data: str | bytes


class Close(Value):
    """Close the connection with this code and reason; ``abort`` drops it without a close frame."""

    code: int = 1000
    reason: str = ""
    abort: bool = False


Command: TypeAlias = Send | Close
