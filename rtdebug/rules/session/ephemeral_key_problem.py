"""A short-lived key was refused."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.fields import object_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Event, Opened, Refused, Remark
from rtdebug.rules.said.saying import SayingRule

_FAULT = "ephemeral-key-problem"
_EPHEMERAL = r"\bek_|(?i:\bephemeral|client.?secret|auth_tokens/)"


class EphemeralKeyProblem(SayingRule):
    """Remembers which kind of key is in use, and waits for it to be refused."""

    roles = ("error",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._ephemeral = False
        self._refusal: tuple[str, float, int | None] | None = None

    def opened(self, opened: Opened) -> Iterable[Finding]:
        """The headers of the client, redacted to the kind of their secrets."""
        words = (value for _, value in opened.headers)
        self._ephemeral |= any("ek_" in one for one in (*words, opened.url or ""))
        return NOTHING

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """The client's own words."""
        self._ephemeral |= re.search(_EPHEMERAL, remark.text[:2000]) is not None
        return NOTHING

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """An error, perhaps that of a sign-in."""
        error = object_of(event.payload.get("error"))
        code = error.get("code")
        if code in ("invalid_api_key", "invalid_authentication", "token_expired"):
            self._refusal = (f"the server refused it with {code}", event.at, event.seq)
        return NOTHING

    def refused(self, refused: Refused) -> Iterable[Finding]:
        """The upgrade failed."""
        if refused.status == 401:
            self._refusal = ("the upgrade was refused with 401", refused.at, None)
        return NOTHING

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended."""
        if "invalid_api_key" in closed.reason and self._refusal is None:
            self._refusal = (f"the server closed with {closed.code}", closed.at, None)
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """Both are known by now: the kind of key, and whether it was refused."""
        if self._refusal is None or not self._ephemeral:
            return
        text = self.state.pack.errors.text(_FAULT)
        if text is None:
            return
        how, at, seq = self._refusal
        message = f"the key in use is an ephemeral one (ek_), and {how}"
        yield text.finding(message, at=at, evidence=(seq,))
