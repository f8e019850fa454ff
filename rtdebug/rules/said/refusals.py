"""Refusals: why no session came about, by the step that failed and the pack's table."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from rtdebug.model.findings import Certainty, Finding
from rtdebug.model.records import Refused
from rtdebug.packs.errors import Said
from rtdebug.rules.said.saying import NeutralSayingRule, object_of, quoted, text_of
from rtdebug.secrets.blanks import is_blank_credential
from rtdebug.secrets.credentials import is_unsigned


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
            unsigned=bool(is_unsigned(refused.asked, refused.url or "")),
        )
        texts = self.texts(said)
        message = f"{_told(refused)}{_blank(refused)}"
        for index, text in enumerate(texts):
            yield text.finding(message, at=refused.at, evidence=(),
                under=texts[0].name if index else None,
                certainty=Certainty.HIGH if said.unsigned else None,
            )  # fmt: skip


def _blank(refused: Refused) -> str:
    """A header that should hold a key and does not."""
    blank = next((one for one in refused.asked if is_blank_credential(*one)), None)
    if blank is None:
        return ""
    name, value = blank
    return (
        f'; its header {name} holds "{value}" in place of a key: is the variable set, from which '
        "it is taken?"
    )


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
