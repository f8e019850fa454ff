"""Refusals: why no session came about, by the step that failed and the pack's table.

What it finds
    A name that does not resolve, a refused or silent port, TLS that fails, an upgrade that is
    answered with an HTTP status, a peer that is no WebSocket server.
Why it matters
    Libraries report all of these as one exception; each has another cure.
Example
    > GET /v1/realtime?model=m, Upgrade: websocket
    < HTTP 401 Unauthorized
What to do
    What the finding of that step says.
Source
    RFC 6455 section 4; RFC 9110 section 15.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from rtdebug.model.findings import Finding
from rtdebug.model.records import Refused
from rtdebug.packs.errors import Said
from rtdebug.rules.said.saying import NeutralSayingRule, object_of, quoted, text_of


class Refusals(NeutralSayingRule):
    """Reads handshakes that failed by the table."""

    def refused(self, refused: Refused) -> Iterable[Finding]:
        """No session came about; of calls over WebRTC a rule of their own speaks."""
        if refused.transport:
            return
        said = Said(
            where="upgrade",
            status=refused.status,
            step=refused.step.value,
            how=refused.how,
            url=refused.url,
            message=refused.text,
            body=refused.body,
            before_session=True,
        )
        texts = self.texts(said)
        message = _told(refused)
        for index, text in enumerate(texts):
            yield self.from_text(
                text, message, at=refused.at, evidence=(),
                under=texts[0].name if index else None,
            )  # fmt: skip


def _told(refused: Refused) -> str:
    """What is known of it, with the error object of the answer: often the only cause there is."""
    try:
        body = object_of(orjson.loads(refused.body))
    except ValueError:
        return refused.text
    error = object_of(body.get("error")) or body
    code = text_of(error.get("code"))
    words = text_of(error.get("message")) or text_of(body.get("error")) or ""
    if (words or code or "") in refused.text:
        return refused.text
    said = quoted(code, text_of(error.get("type")), words)
    return f"{refused.text.rstrip(' :')}; the answer says {said}"
