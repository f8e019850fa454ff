"""No session.created."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, NeutralRule
from rtdebug.model.findings import Finding
from rtdebug.model.records import Ended, Opened


class NoSessionCreated(NeutralRule):
    """Waits for the event that opens a session."""

    name = "no-session-created"

    _since: float | None = None
    _told = False

    def opened(self, opened: Opened) -> Iterable[Finding]:
        """The wait begins."""
        sideband = "call_id=" in (opened.url or "")
        if self.state.pack.opens is not None and not sideband and self.state.view.from_start:
            self._since = opened.at
            self.wake_at(opened.at + self.state.pack.opens_within)
        return NOTHING

    @property
    def _over(self) -> bool:
        """Any word of the server ends the wait: it is alive, and the rest is another rule's."""
        return self._told or self.state.last_server is not None or self.state.closed is not None

    def advance(self, at: float) -> Iterable[Finding]:
        """The wait is over."""
        if not self._over and self._since is not None:
            yield self._found(at, at - self._since)

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever waited gave up."""
        if self._since is not None and not self._over and ended.at - self._since >= patience:
            yield self._found(ended.at, ended.at - self._since)

    def _found(self, at: float, waited: float) -> Finding:
        self._told = True
        sent = self.state.last_client
        opens = self.state.pack.type(self.state.pack.opens or "")
        message = (
            f"the connection has been open for {waited:.1f} s without {opens} or any other word"
        )
        if sent is not None:
            message += f", although the client has sent {sent.type} (event {sent.seq})"
        return self.finding(message, at=at, evidence=(sent.seq if sent else None,))
