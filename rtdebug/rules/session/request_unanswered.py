"""A request about an item or the audio buffer without an answer.

What it finds
    A commit, clear, item creation, retrieval, truncation or deletion that is followed by neither
    its acknowledgement nor an ``error`` for five seconds.
Why it matters
    The conversation on the server is not what the client believes it to be.
Example
    > conversation.item.create
    ~ 5 s
What to do
    Put an ``event_id`` on it, record at the socket, and send it alone.
Source
    OpenAI Realtime reference: each of these has one acknowledgement.
"""

from __future__ import annotations

from rtdebug.model.findings import Cause
from rtdebug.rules.timed_out import TimedOutRule
from rtdebug.rules.unanswered import UnansweredRule

_CAUSES = (
    Cause("a compatible server does not implement the event", "likely",
          "send it alone to the provider itself"),
    Cause("the event never left the client", "possible", "record at the socket, not in the app"),
)  # fmt: skip
_FIX = "Do not build on it: the server has not confirmed it. Send it alone, with an event_id."


class _RequestUnanswered(UnansweredRule):
    name = "request-unanswered"
    title = "A request of the client was never answered"
    causes = _CAUSES
    fix = _FIX
    ask = ""


class ItemCreateUnanswered(_RequestUnanswered):
    """Waits for the item to be added."""

    ask = "item.create"
    by = ("item.added", "item.created")
    after = "the server may not have the item"


class CommitUnanswered(_RequestUnanswered):
    """Waits for the audio to be committed."""

    ask = "audio.commit"
    by = ("audio.committed",)
    after = "the audio is no item of the conversation yet"


class ClearUnanswered(_RequestUnanswered):
    """Waits for the buffer to be cleared."""

    ask = "audio.clear"
    by = ("audio.cleared",)


class RetrieveUnanswered(_RequestUnanswered):
    """Waits for the item asked for."""

    ask = "item.retrieve"
    by = ("item.retrieved",)


class TruncateUnanswered(_RequestUnanswered):
    """Waits for the truncation."""

    ask = "item.truncate"
    by = ("item.truncated",)
    after = "the model still believes all of it was heard"


class DeleteUnanswered(_RequestUnanswered):
    """Waits for the deletion."""

    ask = "item.delete"
    by = ("item.deleted",)


class RequestTimedOut(TimedOutRule):
    """Reads an SDK that waited for the confirmation of its items (LiveKit's agents: 5 s)."""

    name = "request-unanswered"
    title = _RequestUnanswered.title
    causes = _CAUSES
    fix = _FIX
    certainty = _RequestUnanswered.certainty
    words = r"\bupdate_(?:chat_ctx|instructions|tools|options) timed out\b"
