"""The app waits for something that never came, and stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rtdebug.engine.conversation import Item
from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Ended, Sender
from rtdebug.model.value import Value
from rtdebug.packs.clients import CLIENTS, Family, families
from rtdebug.rules.family import family
from rtdebug.rules.giving_up import GAVE_UP, gave_up
from rtdebug.rules.visibility import has, hides


class Missed(Value):
    """What a client waits for since when: the events behind it, and the finding that is its
    cause."""

    at: float
    awaited: str
    after: str
    evidence: tuple[int | None, ...]
    cause: str


class ClientLeftWaiting(Rule):
    """Asks at the end what the client's family still waits for."""

    name = "client-left-waiting"
    begins = ("item.create", "response.create")

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The client may have given up."""
        if not gave_up(closed, self.state):
            return NOTHING
        return self._left(closed.at, min(GAVE_UP, self.patience))

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever watched stops: has the client been silent for long enough?"""
        return self._left(ended.at, max(min(patience, self.patience), GAVE_UP))

    def _left(self, at: float, least: float) -> Iterable[Finding]:
        state = self.state
        if not state.verbatim or not families(state.pack.folder_of(CLIENTS)):
            return
        client = family(state)
        if client is None:
            return
        since = state.last_client.at if state.last_client is not None else 0.0
        for missed in sorted(self._missed(client), key=lambda one: one.at):
            if at - max(missed.at, self._moved(since)) >= least - 1e-9:
                yield self._found(client, missed, at)
                return

    def _moved(self, since: float) -> float:
        """When the client last did anything but send audio, which goes on by itself."""
        asked = self.state.requests.recent
        return asked[-1].at if asked else since

    def _missed(self, client: Family) -> Iterator[Missed]:
        for wait in client.waits_for:
            if wait.until == "metadata":
                yield from self._unmarked()
            elif wait.until == "item.added" and self._would_come():
                yield from self._calls() if wait.after == "function_call" else self._items()

    def _would_come(self) -> bool:
        return has(self.state, "item.added") and not hides(self.state, "item.added")

    def _items(self) -> Iterator[Missed]:
        """Items of the client that were announced in another way, or not at all."""
        refused = {one.seq for one in self.state.requests.recent if one.refused is not None}
        for item in self.state.conversation.items.values():
            seq, at = item.by_client, item.created_at
            if seq is None or at is None or seq in refused or _announced(item):
                continue
            type_ = self.state.pack.type("item.create")
            yield Missed(at, self._added(item.id), f"{type_} (event {seq})",
                         (seq, item.added_seq), "conversation-item-unbalanced")  # fmt: skip

    def _calls(self) -> Iterator[Missed]:
        """Calls of the model whose item was never announced in the conversation."""
        items = self.state.conversation.items
        for call in self.state.conversation.calls.values():
            item = items.get(call.item_id or "")
            if call.answered_seq is not None or (item is not None and _announced(item)):
                continue
            yield Missed(call.at, self._added(call.item_id or call.call_id),
                         f"the call of {call.name or 'a function'} (event {call.seq})",
                         (call.seq,), "conversation-item-unbalanced")  # fmt: skip

    def _unmarked(self) -> Iterator[Missed]:
        """Responses that do not bear the mark of their request."""
        responses = self.state.responses
        for response in (*responses.done, *responses.open.values()):
            request = response.request
            if request is None or not response.unmarked:
                continue
            yield Missed(response.last_at, "response.metadata with its own mark",
                         f"{request.type} (event {request.seq})",
                         (request.seq, response.seq), "metadata-not-echoed")  # fmt: skip

    def _added(self, id_: str) -> str:
        return f"{self.state.pack.type('item.added')} of {id_}"

    def _found(self, client: Family, missed: Missed, at: float) -> Finding:
        closed = self.state.closed
        stopped = (
            "closed" if closed is not None and closed.sender is Sender.CLIENT else "was silent"
        )
        message = (
            f"{client.title} waits for {missed.awaited} after {missed.after}; it never came, and "
            f"the client {stopped} {at - missed.at:.1f} s later"
        )
        found = self.finding(message, at=at, evidence=missed.evidence, under=missed.cause)
        return self.resting_on(found, "item.added")


def _announced(item: Item) -> bool:
    return item.added_seq is not None and item.awaited
