"""A session that does not begin with the event that begins sessions.

What it finds
    Known events of the server, other than an ``error``, before ``session.created``, or a server
    that talks without ever sending it.
Why it matters
    Clients wait for ``session.created`` before anything else, and take its settings as their own.
Example
    < conversation.created
    < session.created
What to do
    Let the client accept events from the start; report the order.
Source
    OpenAI Realtime reference: the first event of a connection. A control channel of a call
    (``?call_id=``) joins in the middle and is not meant.
"""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Event, Sender
from rtdebug.rules.visibility import hides


class FirstEventUnexpected(Rule):
    """Looks back when the session is created, and at the end if it never was."""

    name = "first-event-unexpected"
    severity = Severity.WARNING
    certainty = Certainty.HIGH
    title = "The server spoke before it had created the session"
    causes = (
        Cause("a compatible server or gateway begins in another order", "likely",
              "connect to the provider itself and compare the first events"),
        Cause("the record begins late, or its first events were lost", "possible",
              "record from before the connection is made"),
        Cause("the server speaks another protocol, or another age of it", "possible",
              "look at the names of the other events: rtdebug packs lists the protocols known"),
    )  # fmt: skip
    fix = "Do not wait for session.created as the very first event with this server."
    roles = ("session.created",)

    _began = False

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The session begins: did anything come before?"""
        if self._began:
            return
        self._began = True
        early = self._early(event.seq)
        if early is not None:
            type_, seq = early
            message = f"{type_} (event {seq}) came before {event.type} (event {event.seq})"
            yield self.finding(message, at=event.at, evidence=(seq, event.seq))

    def finished(self) -> Iterable[Finding]:
        """Nothing more will come: a server that talked without a session."""
        state = self.state
        opens = state.pack.opens
        if self._began or opens is None or state.last is None or hides(state, opens):
            return
        if not self._url:
            return  # it may be the control channel of a call
        early = self._early(state.last.seq + 1)
        if early is not None:
            type_, seq = early
            message = f"the server began with {type_} (event {seq}) and never sent "
            message += state.pack.type(opens)
            yield self.finding(message, at=state.last.at, evidence=(seq,))

    @property
    def _url(self) -> str:
        opened = self.state.opened
        return (opened.url if opened is not None else None) or ""

    def _early(self, before: int) -> tuple[str, int] | None:
        """The first known event of the server up to there; an error may come at any time."""
        state = self.state
        if not state.verbatim or not state.view.from_start or "call_id=" in self._url:
            return None
        if state.pack.opens != "session.created":
            return None
        known = state.pack.role_of[Sender.SERVER]
        early = [
            (seq, type_)
            for type_, seq in state.first_seqs.items()
            if seq < before and known.get(type_, "error") not in ("error", "session.created")
        ]
        if not early:
            return None
        seq, type_ = min(early)
        return type_, seq
