"""Base of the rules about a peer connection: whether it was ever up, and how it ended."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, ODD_CLOSE
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Remark
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.safe import one_line

# Only what was connected becomes disconnected (W3C WebRTC 1.0, RTCIceConnectionState).
_WAS_UP = (
    r"(?i)(?:ice|peer|connection)[ _-]?(?:connection)?[ _-]?state[^\n]{0,30}"
    r"\b(?:connected|completed|disconnected)\b"
    r"|\bdata ?-?_?channel (?:is |was )?open(?:ed)?\b"
)


class PeerConnectionRule(Rule):
    """Remembers whether the connection was up; ``lost`` is what the rule is about."""

    begins = ("remarked", ODD_CLOSE)
    lost = True
    _up = False
    _told = False

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the log, perhaps one of a state."""
        self._up = self._up or re.search(_WAS_UP, remark.text[:2000]) is not None
        return NOTHING

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection failed."""
        if closed.transport != "webrtc" or self._told:
            return
        up = self._up or self.state.last_server is not None
        if up is not self.lost:
            return
        self._told = True
        last = self.state.last
        message = f'the log says "{one_line(closed.reason, 200)}"'
        message += f", after event {last.seq} ({last.type})" if last is not None else ""
        yield self.finding(message, at=closed.at, evidence=(last.seq if last else None,))
