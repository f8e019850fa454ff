"""Sessions and responses that a log shows without the event that carried them.

Their ``object`` field says what they are, and the status of a response which event it was.
"""

from __future__ import annotations

from typing import Any

from rtdebug.captures.pieces import Context, Piece, What
from rtdebug.captures.reading import SenderOf

_RESPONSES = {
    "in_progress": "response.created",
    **dict.fromkeys(("completed", "failed", "cancelled", "incomplete"), "response.done"),
}
SESSIONS = ("session.created", "session.updated")


class BareObjects:
    """Tells the events of one log's bare objects; the first session is the one that was made."""

    def __init__(self, sender_of: SenderOf) -> None:
        self._sender_of = sender_of
        self._begun = False

    def type_of(self, value: dict[str, Any]) -> str | None:
        """The type of the event that carried an object, None for one that none did."""
        kind = None
        if value.get("object") == "realtime.response":
            kind = _RESPONSES.get(str(value.get("status")))
        elif value.get("object") == "realtime.session" and "model" in value:
            kind = SESSIONS[self._begun]
        return kind if kind is not None and self._sender_of(kind) is not None else None

    def piece(self, kind: str, value: dict[str, Any], context: Context) -> Piece:
        """The event, which was not whole."""
        self._begun = self._begun or kind in SESSIONS
        field = "session" if kind in SESSIONS else "response"
        return Piece(What.EVENT, context, kind, {"type": kind, field: value}, whole=False)
