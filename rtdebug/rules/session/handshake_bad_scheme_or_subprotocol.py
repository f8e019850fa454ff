"""A scheme or subprotocol that no Realtime server takes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Refused, Remark
from rtdebug.rules.said.saying import NeutralSayingRule

_FAULT = "handshake-bad-scheme-or-subprotocol"
_SCHEME = (
    r"(?i)is ?n[o']?t (?:ws or wss|a valid uri)|scheme must be (?:either )?[\"'`]?wss?\b"
    r"|(?:invalid|unsupported|unexpected|unknown|bad) (?:url |uri )?(?:scheme|protocol)\b"
    r"|only (?:the )?[\"'`]?wss?[\"'`]? (?:and|or)|expected (?:ws|wss)\b"
)
_OLD = "openai-beta.realtime-v1"


class HandshakeBadSchemeOrSubprotocol(NeutralSayingRule):
    """Reads what the client offered and what its library says."""

    begins = ("remarked", "refused")

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._scheme: Remark | None = None
        self._offered = False
        self._named = False

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the client's log."""
        text = remark.text[:2000]
        if self._scheme is None and re.search(_SCHEME, text):
            self._scheme = remark
        self._offered |= _OLD in text
        return NOTHING

    def refused(self, refused: Refused) -> Iterable[Finding]:
        """The upgrade failed; the table names the scheme or subprotocol where the text does."""
        said = f"{refused.text} {refused.body}"
        self._named = bool(re.search(_SCHEME, said)) or "protocol" in said.lower()
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """Whether a session came of it is known by now."""
        if self._named or self.state.begun is not None:
            return
        text = self.state.pack.errors.text(_FAULT)
        if text is None:
            return
        if self._scheme is not None and self.state.last is None:
            message = f'the client says "{self.quote(self._scheme.text, 200)}"'
            yield text.finding(message, at=self._scheme.at, evidence=())
        elif self._offered and self.state.refused is not None:
            message = f"the upgrade was refused, and the client offers {_OLD}"
            yield text.finding(message, at=self.state.refused.at, evidence=())
