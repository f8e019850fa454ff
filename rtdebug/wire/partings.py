"""How the two sides of a connection leave it: who closed, and who was gone first."""

from __future__ import annotations

from rtdebug.model.records import Closed, Sender
from rtdebug.wire.closing import ABNORMAL
from rtdebug.wire.frames import Close


class Partings:
    """Close frames and ends of streams, as they come."""

    def __init__(self) -> None:
        self._closes: dict[Sender, Close] = {}  # the first key is who closed first
        self._gone: dict[Sender, Exception | None] = {}  # likewise who sent their last byte first
        self._cut = ""  # in what a stream ended that should have gone on

    def __bool__(self) -> bool:
        """Whether either side is leaving."""
        return bool(self._gone or self._closes)

    @property
    def said(self) -> bool:
        """Whether either side has sent a close frame."""
        return bool(self._closes)

    def closes(self, sender: Sender, close: Close) -> bool:
        """A close frame; whether both sides have sent theirs."""
        self._closes[sender] = close
        return len(self._closes) == 2

    def gone(self, sender: Sender, error: Exception | None, unfinished: str) -> None:
        """The last byte of a side, ``unfinished`` in the middle of something."""
        self._gone.setdefault(sender, error)
        if unfinished and not self._cut:
            self._cut = f", inside a message: {unfinished}"

    def record(self, at: float) -> Closed:
        """Who closed is who sent the first close frame, or without any who was gone first."""
        if self._closes:
            sender, close = next(iter(self._closes.items()))
            return Closed(at, close.code, close.reason, sender)
        gone, error = next(iter(self._gone.items()), (None, None))
        how = "was reset" if isinstance(error, ConnectionError) else "ended"
        reason = f"the connection {how} without a close frame{self._cut}"
        return Closed(at, ABNORMAL, reason, gone)
