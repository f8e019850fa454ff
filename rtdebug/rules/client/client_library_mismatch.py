"""The program calls its library in a way that the installed version does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Refused, Remark
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.safe import one_line

_MISMATCH = (
    r"(?:create_connection|connect|ws_connect|__init__|open_connection)\(\) got an unexpected "
    r"keyword argument|unexpected keyword argument '(?:additional|extra)_headers'"
    r"|module '(?:websockets?|openai|aiohttp)[\w.]*' has no attribute"
    r"|cannot import name '\w+' from (?:partially initialized module )?'(?:websockets?|openai)\b"
    r"|'(?:Async)?(?:OpenAI|Realtime|Beta)\w*' object has no attribute"
)


class ClientLibraryMismatch(Rule):
    """Reads the client's words."""

    name = "client-library-mismatch"
    begins = ("remarked", "refused")

    _told = False

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the log that is no event."""
        return self._read(remark.text, remark.at)

    def refused(self, refused: Refused) -> Iterable[Finding]:
        """The connection failed, as the client says."""
        return self._read(refused.text, refused.at)

    def _read(self, text: str, at: float) -> Iterable[Finding]:
        if self._told or re.search(_MISMATCH, text[:2000]) is None:
            return NOTHING
        self._told = True
        return (self.finding(f'the log says "{one_line(text, 200)}"', at=at),)
