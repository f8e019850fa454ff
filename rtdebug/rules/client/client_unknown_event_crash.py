"""The client dies of an event it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, NeutralRule
from rtdebug.model.findings import Certainty, Finding
from rtdebug.model.records import Remark
from rtdebug.rules.client.said_lines import SaidLines

_UNKNOWN = (
    r"(?i)\b(?:unknown|unrecogni[sz]ed|unsupported|unexpected|unhandled|invalid) "
    r"(?:server |realtime |server-?sent |incoming )*(?:event|message)(?: ?types?| kind| name)?\b"
    r"|\bevent ?types?\b.{0,60}\b(?:is |are )?(?:unknown|not (?:known|supported|recogni[sz]ed))\b"
    r"|\bunknown variant\b|\bunrecogni[sz]ed (?:type )?discriminator\b"
    r"|\binput tag .{0,80}does not match\b|\bunable to (?:match|extract) .{0,40}(?:tag|discriminat)"
    r"|\bvalidation errors? for .{0,60}(?:event|union|message|response|item|session)"
    r"|\b(?:no|could not find|not found) .{0,40}(?:subtype|subclass|polymorphic|deserializer)"
    r"|\bcould not resolve type id\b|\bserializer for (?:sub)?class .{0,80}not found\b"
    r"|\bcannot initialize \w+ from invalid (?:string )?value\b|\bno (?:enum|case) .{0,40}\bvalue\b"
    r"|\bcould ?n[o'’]t match any cases\b|\bno value found for discriminator\b"
    r"|\bCheckedFromJsonException\b|\bunknown enum\b|\binvalid enum value\b"
)
# A client that merely notes an event has not stopped at it: these words are of a failure.
_FAILED = (
    r"(?i)\b\w*(?:error|exception|panic|panicked|fatal|uncaught|traceback)s?\b"
    r"|\b(?:thrown?|throws|raised?|raises|crash(?:ed)?|fail(?:ed|ure)?|could ?n[o'’]t|cannot)\b"
    r"|\bunknown (?:variant|enum)\b|\bunrecogni[sz]ed (?:type )?discriminator\b|\binput tag\b"
)
_NAMED = r"\b[a-z_]+\.[a-z_]+"  # a type of the protocols that this rule was made for
# Words that show that the client goes on, or that the server and not the client speaks.
_HARMLESS = (
    r"(?i)\bignor(?:ed|ing)\b|\bskipp(?:ed|ing)\b|\bsupported values are\b"
    r"|\b(?:server|api|openai|azure) (?:then |just |always )?"
    r"(?:returns?|returned|responds?|responded|repl(?:y|ies|ied)|says|said|answers?|answered"
    r"|rejects?|rejected|complains?|sends? back)\b"
)


class ClientUnknownEventCrash(NeutralRule):
    """Reads the client's words, and looks whether events followed them."""

    name = "client-unknown-event-crash"
    begins = ("remarked",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._lines = SaidLines(self.state, _UNKNOWN, _HARMLESS)

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the log that is no event."""
        self._lines.take(remark)
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """All of the log is read."""
        for line in self._lines.at_the_end():
            failed = re.search(_FAILED, line.remark.text[:2000]) is not None
            if not failed and not line.after and not re.search(_NAMED, line.remark.text[:2000]):
                continue  # who noted it, and what of, nobody knows
            last = f"after event {line.after}" if line.after else "at the first event it reads"
            message = (
                f'{line.where} says "{self.quote(line.remark.text, 200)}" {last}, and no event is '
                "read any more"
            )
            yield self.finding(
                message, at=line.remark.at, evidence=(line.after,),
                certainty=None if failed else Certainty.MEDIUM,
            )  # fmt: skip
            return
