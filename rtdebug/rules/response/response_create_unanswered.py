"""response.create without an answer."""

from __future__ import annotations

from rtdebug.protocols.openai_realtime.requests import Request
from rtdebug.rules.timed_out import TimedOutRule
from rtdebug.rules.unanswered import UnansweredRule


class ResponseCreateUnanswered(UnansweredRule):
    """Waits for response.created."""

    name = "response-create-unanswered"
    ask = "response.create"
    by = ("response.created",)
    after = "no answer is on its way"

    def _left_undone(self, request: Request) -> tuple[str, str | None]:
        """A response may have come whose beginning was left out: then that is the fault."""
        known = self.state.responses
        came = (one for one in (*known.done, *known.open.values()) if not one.seen_created)
        began = next((one for one in came if one.seq > request.seq), None)
        if began is None:
            return self.after, None
        return f"{began.id} came without it (from event {began.seq} on)", "event-outside-response"

    def _told_before(self, request: Request) -> bool:
        """A response whose beginning the record does not show may be the one asked for."""
        return self.state.requests.counts[self.ask] == 1 and any(
            not response.seen_created for response in self.state.responses.done
        )


class ResponseTimedOut(TimedOutRule):
    """Reads an SDK that waited for a response to begin (LiveKit's agents: 5 s)."""

    name = ResponseCreateUnanswered.name
    words = r"\bgenerate_reply timed out\b"
