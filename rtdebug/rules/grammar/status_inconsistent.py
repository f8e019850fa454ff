"""A status that contradicts itself.

What it finds
    ``status_details.type`` that is another status than ``response.status``, details of a failure
    in a completed response, a response that is done but in progress, an item that is complete when
    it is only added, or has two statuses at its end.
Why it matters
    Clients branch on the status: they retry what is complete, or keep what was cut off.
Example
    < response.done status completed, status_details.type cancelled
What to do
    Trust ``response.status``; report the contradiction.
Source
    OpenAI Realtime reference: the details repeat the status. Null, a bare string and
    {"type": "completed"} are all in use for completed responses and are not meant.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.responses import Response
from rtdebug.engine.rule import NOTHING, ODD_END, Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Event


class StatusInconsistent(Rule):
    """Takes what the tracking saw, and looks at every odd end."""

    name = "status-inconsistent"
    severity = Severity.WARNING
    certainty = Certainty.HIGH
    title = "A status contradicts what else is said"
    causes = (
        Cause("a compatible server or gateway fills in one of the two and forgets the other",
              "likely", "run the same turn against the provider itself and compare the two fields"),
        Cause("the response was interrupted in its very last step", "possible",
              "look for speech or a response.cancel just before response.done"),
    )  # fmt: skip
    fix = "Act on response.status alone, and report the contradiction to the server's makers."
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
