"""Commands: what an actor (a player or a responder) wants done on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Send:
    """Send one message: text as str, binary as bytes."""

    data: str | bytes


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection with this code and reason; ``abort`` drops it without a close frame."""

    code: int = 1000
    reason: str = ""
    abort: bool = False


Command: TypeAlias = Send | Close
