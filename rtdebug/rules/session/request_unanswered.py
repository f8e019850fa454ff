"""A request about an item or the audio buffer without an answer."""

from __future__ import annotations

from rtdebug.protocols.openai_realtime.requests import Request
from rtdebug.rules.timed_out import TimedOutRule
from rtdebug.rules.unanswered import UnansweredRule


class _RequestUnanswered(UnansweredRule):
    name = "request-unanswered"
    ask = ""


class ItemCreateUnanswered(_RequestUnanswered):
    """Waits for the item to be added."""

    ask = "item.create"
    by = ("item.added", "item.created")
    after = "the server may not have the item"

    def _can_tell(self, request: Request) -> bool:
        """An item that is done was taken: of how it was announced its own finding speaks."""
        return super()._can_tell(request) and not any(
            item.by_client == request.seq and item.done_seq
            for item in self.state.conversation.items.values()
        )


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
    words = r"\bupdate_(?:chat_ctx|instructions|tools|options) timed out\b"
