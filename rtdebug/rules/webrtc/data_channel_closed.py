"""The data channel of a call closed, or was not open when it was used."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, ODD_CLOSE
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Remark
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.safe import one_line

_NOT_OPEN = (
    r"(?i)RTCDataChannel\.readyState is not 'open'|data ?-?_?channel (?:is |was )?not (?:yet )?open"
    r"|data ?-?_?channel[^\n]{0,40}readyState\W{1,6}(?:connecting|closing|closed)"
)
_FAILED = r"(?i)\berror\b|\babort"


class DataChannelClosed(Rule):
    """Reads the browser's words about the channel."""

    name = "data-channel-closed"
    begins = ("remarked", ODD_CLOSE)

    _told = False

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the log."""
        if not self._told and re.search(_NOT_OPEN, remark.text[:2000]):
            yield self._found(remark.text, remark.at)

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The channel ended: a fault where it failed, or cut a response off."""
        if closed.transport != "data-channel" or self._told:
            return NOTHING
        if re.search(_FAILED, closed.reason) or self.state.responses.open:
            return (self._found(closed.reason, closed.at),)
        return NOTHING

    def _found(self, text: str, at: float) -> Finding:
        self._told = True
        last = self.state.last
        message = f'the log says "{one_line(text, 200)}"'
        message += f", after event {last.seq} ({last.type})" if last is not None else ""
        return self.finding(message, at=at, evidence=(last.seq if last else None,))
