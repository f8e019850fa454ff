"""A response that completed with nothing in it.

What it finds
    ``response.done`` with status completed and no output: no item, no delta.
Why it matters
    It looks like success to the protocol and like silence to the user.
Example
    < response.created resp_1
    < response.done resp_1 completed, output []
What to do
    Retry once; look at the items and instructions the model had. A cancelled response with empty
    output is an ordinary interruption and is not meant here.
Source
    livekit/agents-js#1128; community.openai.com/t/1074736.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.responses import Response
from rtdebug.engine.rule import NOTHING, ODD_END, Rule
from rtdebug.model.findings import Cause, Finding
from rtdebug.model.records import Event


class EmptyResponse(Rule):
    """Looks at every response that completed."""

    name = "empty-response"
    title = "The response completed with nothing in it"
    causes = (
        Cause("the conversation held nothing the model could answer (no item, silent audio)",
              "likely", "list the items sent before it; is one of them a user message?"),
        Cause("instructions or tool choice that allow only a tool, and no tool fitted", "possible",
              "ask again with tool_choice auto and without instructions"),
        Cause("a passing fault of the service", "possible", "send the same response.create again"),
    )  # fmt: skip
    fix = (
        "Send response.create once more. If it stays empty, look at the items the model was given."
    )
    roles = (ODD_END,)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response is done."""
        response = self.state.finished
        if response is None or response.status != "completed" or not event.whole:
            return NOTHING
        if not response.seen_created or not _is_empty(response):
            return NOTHING
        tokens = (response.usage or {}).get("output_tokens")
        message = f"{response.id} completed without an item or a delta"
        if isinstance(tokens, int):
            message += f"; its usage counts {tokens} output tokens"
        evidence = (response.seq, event.seq)
        return (self.finding(message, at=event.at, evidence=evidence, subject=response.id),)


def _is_empty(response: Response) -> bool:
    if response.output or response.deltas():
        return False
    return response.output is not None and not response.items
