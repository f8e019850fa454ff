"""The request that begins a call was refused."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from rtdebug.model.findings import Finding
from rtdebug.model.records import Refused
from rtdebug.packs.errors import Said
from rtdebug.rules.said.saying import SayingRule, object_of, quoted, text_of
from rtdebug.safe import one_line

_SIGN_IN = (401, 403, 429)
_MEANS = {
    400: "the request is wrong: the SDP offer, its content type or the session in it",
    401: "the key is missing, wrong or expired",
    403: "the key may not use this model or this region",
    404: "this address is unknown to the server, or the call is over",
    409: "the call was answered before",
    429: "too many requests, or no credit",
}


class WebrtcCallRefused(SayingRule):
    """Reads the answer to a request that should have begun a call."""

    name = "webrtc-call-refused"

    def refused(self, refused: Refused) -> Iterable[Finding]:
        """No session came about."""
        if refused.transport != "webrtc":
            return
        status = refused.status or 0
        meaning = _MEANS.get(status, "the server failed" if status >= 500 else "")
        where = one_line(refused.url or "the request", 200)
        message = f"{where} was answered with HTTP {refused.status}"
        message += f": {meaning}" if meaning else ""
        error = _error_of(refused.body)
        if error:
            words = text_of(error.get("message")) or ""
            message += "; the answer says " + quoted(
                text_of(error.get("code")), text_of(error.get("type")), words
            )
        yield self.finding(message, at=refused.at)
        for text in self.texts(_said(refused, error)):
            yield text.finding(message, at=refused.at, evidence=(), under=self.name)


def _said(refused: Refused, error: dict[str, object]) -> Said:
    """What the table is asked: the error in the body, or a status that means the same at any
    door."""
    if error:
        return Said(
            where="error", code=text_of(error.get("code")), type=text_of(error.get("type")),
            message=text_of(error.get("message")) or "", param=text_of(error.get("param")),
            before_session=True,
        )  # fmt: skip
    known = refused.status in _SIGN_IN
    return Said(where="upgrade" if known else "", status=refused.status, url=refused.url)


def _error_of(body: str) -> dict[str, object]:
    try:
        fields = object_of(orjson.loads(body))
    except ValueError:
        return {}
    return object_of(fields.get("error"))
