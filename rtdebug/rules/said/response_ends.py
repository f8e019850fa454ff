"""Ends of responses: failed, incomplete and cancelled ones, by the pack's table."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, ODD_END
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.packs.errors import Said
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.rules.said.saying import SayingRule, object_of, quoted, text_of


class ResponseEnds(SayingRule):
    """Reads how responses end by the table."""

    roles = (ODD_END,)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response that did not complete."""
        response = self.state.finished
        if response is None or response.status in ("completed", "done", "in_progress"):
            return NOTHING
        return self._ended(response, event)

    def _ended(self, response: Response, event: Event) -> Iterable[Finding]:
        said = _said(response)
        message = f"{response.id} ended {response.status}{_why(said)}"
        texts = self.texts(said)
        for index, text in enumerate(texts):
            yield text.finding(message, at=event.at, evidence=(response.seq, event.seq),
                subject=response.id, under=texts[0].name if index else None,
            )  # fmt: skip


def _said(response: Response) -> Said:
    details = response.details or {}
    error = object_of(details.get("error"))
    return Said(
        where="response",
        response_status=response.status,
        reason=text_of(details.get("reason")) or "",
        code=text_of(error.get("code")),
        type=text_of(error.get("type")),
        message=text_of(error.get("message")) or "",
    )


def _why(said: Said) -> str:
    if said.code or said.type or said.message:
        return f"; the server said {quoted(said.code, said.type, said.message)}"
    return (
        f": {said.reason}" if said.reason else "; it says no reason (or the log does not show it)"
    )
