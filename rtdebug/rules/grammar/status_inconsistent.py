"""A status that contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, ODD_END
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.protocols.openai_realtime.rule import Rule


class StatusInconsistent(Rule):
    """Takes what the tracking saw, and looks at every odd end."""

    name = "status-inconsistent"
    roles = (ODD_END,)
    breaches = ("status-inconsistent",)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response is done: does its status agree with its details?"""
        response = self.state.finished
        if response is None or not event.whole:
            return NOTHING
        if response.details is None and response.status != "in_progress":
            return NOTHING
        message = _contradiction(response)
        if not message:
            return NOTHING
        evidence = (response.seq, event.seq)
        return (self.finding(message, at=event.at, evidence=evidence, subject=response.id),)


def _contradiction(response: Response) -> str:
    if response.status == "in_progress":
        return f"{response.id} is done, yet its status is still in_progress"
    details = response.details or {}
    type_ = details.get("type")
    if isinstance(type_, str) and type_ != response.status:
        return f"{response.id} is {response.status}, but its status_details are of type {type_}"
    if response.status == "completed" and details.get("error"):
        return f"{response.id} is completed, but its status_details hold an error"
    return ""
