"""The connection ended in the middle of a response."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Cause, Finding, Severity
from rtdebug.model.records import Closed, Sender
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.giving_up import GAVE_UP, gave_up, is_wished
from rtdebug.rules.lasting import lasted
from rtdebug.rules.response.silence import HowFar, stage_of

_ABNORMAL = 1006
_SILENCE = {
    HowFar.CREATED: "response-stalled-after-created",
    HowFar.STREAMING: "response-stalled-mid-stream",
    HowFar.ALL_BUT_DONE: "response-done-missing",
}


class CloseMidResponse(Rule):
    """Looks for open responses when the connection ends."""

    name = "close-mid-response"

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended."""
        ended = self.state.ended
        if ended is not None and (closed.sender is Sender.CLIENT or closed.code == 1000):
            return NOTHING  # the watcher itself hung up, and has said why
        open_ = list(self.state.responses.open.values())
        return (self._cut(open_[-1], closed),) if open_ else NOTHING

    def _cut(self, response: Response, closed: Closed) -> Finding:
        message = (
            f"the connection was {self._how(closed)} while {response.id} was open; its last event "
            f"was {response.last_seq}"
        )
        waited = lasted(closed.at - response.last_at, self.state.view.clock)
        message += f", {waited} before" if waited else ""
        return self.finding(
            message, at=closed.at, evidence=(response.seq, response.last_seq), subject=response.id,
            severity=Severity.WARNING if is_wished(closed) else None,
            causes=self._causes(closed),
            under=self._silence_before(response, closed),
        )  # fmt: skip

    def _causes(self, closed: Closed) -> tuple[Cause, ...] | None:
        """Less than all of them where the close says whose it is."""
        if closed.sender is Sender.CLIENT:
            return self.entry.variant("by-client").causes
        if closed.sender is None or closed.code == _ABNORMAL:
            return None
        return self.entry.causes_named("by-server")

    def _how(self, closed: Closed) -> str:
        """How it ended; 1006 is on no wire (RFC 6455, 7.1.5), and no reason was sent with it."""
        if closed.code == _ABNORMAL:
            side = f" on the {closed.sender}'s side" if closed.sender is not None else ""
            return f"lost{side} without a close frame (noted as {_ABNORMAL})"
        by = f" by the {closed.sender}" if closed.sender is not None else ""
        meaning = self.state.pack.errors.closes.get(closed.code)
        reason = f', saying "{self.quote(closed.reason, 200)}"' if closed.reason else ""
        return f"closed{by} with {closed.code}{f' ({meaning})' if meaning else ''}{reason}"

    def _silence_before(self, response: Response, closed: Closed) -> str | None:
        """The silence that the close only ended: then it is what has to be explained. A link that
        broke may have been the reason for it, so of that nothing is said."""
        silent = closed.at - response.last_at
        left = gave_up(closed, self.state)
        if silent < (min(GAVE_UP, self.patience) if left else self.patience) - 1e-9:
            return None
        return _SILENCE[stage_of(response)] if left or closed.code != _ABNORMAL else None
