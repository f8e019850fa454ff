"""A response outside of the conversation that does not know the conversation."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import number_of, object_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.sent_items import items_in

_LEAST_DIFFERENCE = 50


class OutOfBandContextMissing(Rule):
    """Looks at requests for responses outside of the conversation, and at what they cost."""

    name = "out-of-band-context-missing"
    roles = ("response.create", "response.done")

    _tokens: tuple[float, int] | None = None  # what the conversation last came to, and where

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A request, or a response with its usage."""
        if role == "response.create":
            return self._asked(event)
        response = self.state.finished
        if response is None or response.usage is None:
            return NOTHING
        tokens = number_of(response.usage.get("input_tokens"))
        if response.conversation is None:
            return self._done(response, tokens, event)
        if tokens:
            self._tokens = (tokens, event.seq)
        return NOTHING

    def _asked(self, event: Event) -> Iterable[Finding]:
        body = object_of(event.payload.get("response"))
        if not event.whole or not _is_bare(event, body) or body.get("instructions"):
            return
        if not any(item.added_seq for item in self.state.conversation.items.values()):
            return
        message = (
            f"event {event.seq} ({event.type}) asks for a response outside of the conversation, "
            "without input and without instructions"
        )
        yield self.finding(message, at=event.at, evidence=(event.seq,))

    def _done(self, response: Response, tokens: float | None, event: Event) -> Iterable[Finding]:
        request = response.request
        if request is None or not request.whole or tokens is None or self._tokens is None:
            return
        body = object_of(request.payload.get("response"))
        if any(_inputs(body)) or not body.get("instructions"):
            return
        before, seq = self._tokens
        if tokens < 0.5 * before and before - tokens >= _LEAST_DIFFERENCE:
            message = (
                f"{response.id} was made from {tokens:g} input tokens, where the conversation "
                f"had {before:g} (event {seq}): it does not know the talk so far"
            )
            evidence = (request.seq, seq, event.seq)
            yield self.finding(message, at=event.at, evidence=evidence, subject=response.id)


def _is_bare(event: Event, body: dict[str, object]) -> bool:
    return body.get("conversation") == "none" and not any(items_in(event, "response.create"))


def _inputs(body: dict[str, object]) -> list[object]:
    value = body.get("input")
    return value if isinstance(value, list) else []
