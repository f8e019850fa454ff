"""MCP tools that cannot be listed, or that wait for an approval nobody gives.

What it finds
    ``mcp_list_tools.failed``, or an ``mcp_approval_request`` without an ``mcp_approval_response``
    for fifteen seconds.
Why it matters
    The model goes on without those tools, or waits for the approval, and nothing says so aloud.
Example
    < mcp_list_tools.failed
What to do
    The provider dials the MCP server itself: it must be reachable from outside. Answer approvals,
    or set require_approval to never.
Source
    OpenAI Realtime reference (MCP).
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of, text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Cause, Certainty, Finding
from rtdebug.model.records import Event
from rtdebug.rules.waiting import Wait, WaitingRule

_UNAPPROVED = (
    Cause("the client does not handle mcp_approval_request items", "likely",
          "look for a handler of that item type"),
    Cause("a person was asked and has not answered", "possible", "look at the app's screen"),
)  # fmt: skip


class McpToolsFailed(WaitingRule):
    """Watches lists of tools and requests for approval."""

    name = "mcp-tools-failed"
    certainty = Certainty.CERTAIN
    title = "The tools of an MCP server could not be listed"
    causes = (
        Cause("the MCP server cannot be reached from the provider's network", "likely",
              "open its URL from a machine outside of your network"),
        Cause("its credentials are missing or wrong", "likely",
              "call tools/list by hand with the same authorization"),
        Cause("it speaks another transport or version", "possible",
              "try its URL with an MCP inspector"),
    )  # fmt: skip
    fix = (
        "Make the MCP server reachable from outside (https, valid certificate, the authorization "
        "given in tools), then send the session.update again."
    )
    within = 15.0
    awaited = "item.create"
    roles = ("mcp_list.failed", "output_item.done", "item.done", "item.create")

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A list failed, an approval is asked for, or given."""
        if role == "mcp_list.failed":
            return self._failed(event)
        item = object_of(event.payload.get("item"))
        if role == "item.create":
            if item.get("type") == "mcp_approval_response":
                self.over(text_of(item.get("approval_request_id")) or "")
        elif item.get("type") == "mcp_approval_request":
            self.wait(text_of(item.get("id")) or f"event {event.seq}", event)
        return NOTHING

    def _failed(self, event: Event) -> Iterable[Finding]:
        id_ = text_of(event.payload.get("item_id"))
        message = f"the server could not list the tools of the MCP server behind {id_ or 'an item'}"
        yield self.finding(message, at=event.at, evidence=(event.seq,), subject=id_)

    def overdue(self, wait: Wait, at: float) -> Iterable[Finding]:
        """Nobody approved or refused."""
        message = (
            f"{wait.key} asks for the approval of an MCP call, and the client sent no "
            f"mcp_approval_response {self.waited(wait, at)}"
        )
        yield self.finding(
            message, at=at, evidence=wait.evidence, subject=wait.key,
            title="An MCP call waits for an approval that nobody gives", causes=_UNAPPROVED,
            certainty=Certainty.HIGH,
            fix="Send an mcp_approval_response with this approval_request_id.",
        )  # fmt: skip
