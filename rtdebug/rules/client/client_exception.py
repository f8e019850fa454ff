"""The client's own program raised: it was heard to, or its library closed with 1011."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rtdebug.engine.rule import NOTHING, ODD_CLOSE, NeutralRule
from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.records import Closed, Event, Remark, Sender
from rtdebug.model.value import Value
from rtdebug.rules.client.raised import Raised, raised_in
from rtdebug.rules.giving_up import of_exception

_HEARD = 20
_OF_CONNECTION = re.compile(
    r"(?i)connection ?(?:was )?(?:closed|reset|lost|abort)|websocket.{0,40}clos|keepalive|1011|1006"
)


class HeardFault(Value):
    """Something the program raised: after which event of the server, and whether the connection
    was over then."""

    remark: Remark
    raised: Raised
    last: Event | None
    over: bool


class ClientException(NeutralRule):
    """Reads what the program was heard to say, who closed with 1011, and why."""

    name = "client-exception"
    begins = ("remarked", ODD_CLOSE)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._heard: list[HeardFault] = []
        self._closed: Closed | None = None

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """The program may have been heard to fail."""
        state, raised = self.state, raised_in(remark.text)
        if remark.source == "stderr" and len(self._heard) < _HEARD:
            over = state.closed is not None
            self._heard.append(HeardFault(remark, raised, state.last_server, over))
        return NOTHING

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended."""
        if of_exception(closed) and self.state.ended is None:
            self._closed = closed
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """Nothing more will come: what was heard tells more than a code."""
        heard = [one for one in self._heard if not self._follows(one)]
        if heard:
            return (self._said(heard),)
        if self._closed is None or self._heard:
            return NOTHING
        return (self._by_code(self._closed),)

    def _follows(self, heard: HeardFault) -> bool:
        """Whether it only says that someone ended the program, that it had waited in vain, or that
        the connection was refused or ended by someone else."""
        closed, raised = self.state.closed, heard.raised
        if self.state.refused is not None or raised.wished or raised.waited:
            return True
        by_other = closed is not None and closed.sender is not Sender.CLIENT
        return by_other and _OF_CONNECTION.search(heard.remark.text) is not None

    def _said(self, heard: Sequence[HeardFault]) -> Finding:
        """The one after which nothing was read any more; else they were survived."""
        latest = self.state.last_server
        fatal = [one for one in heard if one.over or one.last is latest]
        one = (fatal or heard)[-1]
        message = f"the program raised {self.quote(one.raised.what, 200)}"
        message += f" ({self.quote(one.raised.where, 120)})" if one.raised.where else ""
        message += self._place(one)
        if not fatal:
            message += ", and went on"
        at_error = one.last is not None and self.state.pack.type("error") == one.last.type
        return self.finding(
            message,
            at=one.remark.at,
            evidence=(one.last.seq if one.last is not None else None,),
            severity=Severity.WARNING if at_error or not fatal else None,
            certainty=Certainty.CERTAIN,
            variant="heard",
        )

    def _place(self, heard: HeardFault) -> str:
        """When it was, by the event before it: the program may have been at an earlier one."""
        last = heard.last
        if last is None:
            return ", before the server had sent anything"
        waited = max(heard.remark.at - last.at, 0.0)
        soon = f"{waited * 1000:.0f} ms" if waited < 1 else f"{waited:.1f} s"
        at_most = "; it closed the connection" if heard.over else ""
        return f"{at_most} {soon} after {last.type}, event {last.seq}"

    def _by_code(self, closed: Closed) -> Finding:
        last = self.state.last
        message = "the client closed with 1011, which its library sends when the program raises"
        message += f', saying "{self.quote(closed.reason, 200)}"' if closed.reason else ""
        message += f"; the last event was {last.seq} ({last.type})" if last is not None else ""
        evidence = (last.seq if last is not None else None,)
        return self.finding(message, at=closed.at, evidence=evidence)
