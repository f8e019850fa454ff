"""An item of the conversation that is not added once and done once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rtdebug.model.findings import Finding, Severity
from rtdebug.protocols.openai_realtime.conversation import Item
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.family import family
from rtdebug.rules.visibility import has, hides


class ConversationItemUnbalanced(Rule):
    """Takes what the tracking of the conversation saw, and looks at what is open at the end."""

    name = "conversation-item-unbalanced"
    breaches = ("conversation-item-unbalanced",)

    def finished(self) -> Iterable[Finding]:
        """Nothing more will come: what was opened and never closed?"""
        state = self.state
        if not state.verbatim or not state.view.from_start or state.last is None:
            return
        for item, message in (*self._never_done(), *self._never_added()):
            yield self.finding(
                message, at=state.last.at, evidence=(item.committed_seq, item.added_seq),
                subject=item.id, severity=Severity.WARNING,
            )  # fmt: skip
        yield from self._only_created(state.last.at)

    def _only_created(self, at: float) -> Iterator[Finding]:
        """The name of the beta in a session of the GA shape. Most clients take it: it is told
        where the client belongs to a family that waits for the new one."""
        if self._sends("item.added") or not has(self.state, "item.added") or not self._waits():
            return
        items = self.state.conversation.items.values()
        created = [one for one in items if one.added_seq is not None and not one.awaited]
        if created and self._sends("item.created"):
            pack, first = self.state.pack, created[0]
            yield self.finding(
                f"{first.id} was announced by {pack.type('item.created')} alone, the name of the "
                f"beta; in this protocol {pack.type('item.added')} and {pack.type('item.done')} "
                "announce an item",
                at=at, evidence=(first.by_client, first.added_seq), subject=first.id,
                severity=Severity.WARNING,
            )  # fmt: skip

    def _waits(self) -> bool:
        client, calls = family(self.state), bool(self.state.conversation.calls)
        return client is not None and (
            client.waits("item.create", "item.added")
            or (calls and client.waits("function_call", "item.added"))
        )

    def _never_done(self) -> Iterator[tuple[Item, str]]:
        if not self._sends("item.done"):
            return
        for item in self.state.conversation.items.values():
            added = item.added_seq
            if added is None or item.done_seq is not None or item.type == "mcp_list_tools":
                continue
            if not item.awaited:
                continue
            if not item.deleted and self._passed(item.id, added):
                yield item, f"{item.id} was added to the conversation and never done"

    def _never_added(self) -> Iterator[tuple[Item, str]]:
        if not (self._sends("item.added") or self._sends("item.created")):
            return
        for item in self.state.conversation.items.values():
            committed = item.committed_seq
            if committed is None or item.added_seq is not None or item.deleted:
                continue
            if item.transcript_seq is not None or self._passed(item.id, committed):
                yield item, f"{item.id} was committed and never added to the conversation"

    def _sends(self, role: str) -> bool:
        state = self.state
        return state.pack.type(role) in state.seen and not hides(state, role)

    def _passed(self, id_: str, seq: int) -> bool:
        """Whether the event that is missing should have come long ago: the response that wrote the
        item is done, or no response did and a later item or response has come since."""
        responses = self.state.responses
        if any(id_ in one.by_id for one in responses.done):
            return True
        if any(id_ in one.by_id for one in responses.open.values()):
            return False
        items = self.state.conversation.items.values()
        later = any(one.added_seq is not None and one.added_seq > seq for one in items)
        return later or any(one.seq > seq for one in responses.done)
