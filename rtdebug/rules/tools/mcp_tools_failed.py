"""MCP tools that cannot be listed, or that wait for an approval nobody gives."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of, text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.rules.waiting import Awaited, WaitingRule


class McpToolsFailed(WaitingRule):
    """Watches lists of tools and requests for approval."""

    name = "mcp-tools-failed"
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

    def overdue(self, wait: Awaited, at: float) -> Iterable[Finding]:
        """Nobody approved or refused."""
        message = (
            f"{wait.key} asks for the approval of an MCP call, and the client sent no "
            f"mcp_approval_response {self.waited(wait, at)}"
        )
        yield self.finding(
            message, at=at, evidence=wait.evidence, subject=wait.key,
            variant="unapproved",
        )  # fmt: skip
