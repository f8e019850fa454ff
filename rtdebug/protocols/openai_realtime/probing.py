"""Probing a stall: one question to the server that tells a stuck response from lost events.

The server is asked to cancel the response of which nothing more came. Whoever cancels it had it:
it was stuck. Whoever says that none is active had ended it: its last events were lost on the way.
"""

from __future__ import annotations

import json

from rtdebug.engine.fields import object_of, text_of
from rtdebug.model.records import Event, Sender
from rtdebug.packs.pack import Pack
from rtdebug.safe import one_line

WITHIN = 3.0
_EVENT_ID = "rtdebug_probe"
_NOT_ACTIVE = "response_cancel_not_active"  # OpenAI's code, kept by those who speak its protocol


class Probe:
    """One question about one response, and what its answer proves. ``over`` once it proves
    anything, or will prove nothing."""

    def __init__(self, pack: Pack, response_id: str) -> None:
        self._pack = pack
        self._id = response_id
        self.over = False
        self.words = f"nothing was proved: no answer came in {WITHIN:g} s"

    @property
    def request(self) -> str:
        """The message to send."""
        return json.dumps(
            {
                "type": self._pack.type("response.cancel"),
                "event_id": _EVENT_ID,
                "response_id": self._id,
            }
        )

    def hear(self, event: Event) -> None:
        """What the server said since."""
        if event.sender is not Sender.SERVER or self.over:
            return
        role = self._pack.role(Sender.SERVER, event.type)
        if role == "response.done":
            self._ended(object_of(event.payload.get("response")))
        elif role == "error":
            self._refused(object_of(event.payload.get("error")))

    def told(self) -> str:
        """A sentence for the report."""
        asked = f"rtdebug sent response.cancel for {one_line(self._id, 60)}"
        return f"{self.words} ({asked} when the step had failed; it counts nowhere)"

    def _ended(self, body: dict[str, object]) -> None:
        if text_of(body.get("id")) != self._id:
            return
        status = one_line(text_of(body.get("status")) or "without a status", 40)
        stuck = status == "cancelled"
        late = f"nothing was proved: the response ended meanwhile, {status}"
        self._over("proved: stuck: the server had the response and cancelled it" if stuck else late)

    def _refused(self, body: dict[str, object]) -> None:
        if body.get("code") == _NOT_ACTIVE:
            self._over(
                "proved: finished, events lost: the server says that no such response is active"
            )
        elif body.get("event_id") == _EVENT_ID:
            said = text_of(body.get("code")) or text_of(body.get("message")) or "an error"
            self._over(f"nothing was proved: the server refused the question: {one_line(said, 80)}")

    def _over(self, words: str) -> None:
        self.words, self.over = words, True


def probe_of(pack: Pack, stalled: str | None) -> Probe | None:
    """The question about a response that stands still; None where there is none to ask."""
    can_cancel = "response.cancel" in pack.roles[Sender.CLIENT]
    return Probe(pack, stalled) if can_cancel and stalled is not None else None
