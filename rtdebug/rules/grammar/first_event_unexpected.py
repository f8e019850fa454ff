"""A session that does not begin with the event that begins sessions."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Sender
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.visibility import hides


class FirstEventUnexpected(Rule):
    """Looks back when the session is created, and at the end if it never was."""

    name = "first-event-unexpected"
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
