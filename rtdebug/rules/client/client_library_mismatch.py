"""The program calls its library in a way that the installed version does not know.

What it finds
    A TypeError, AttributeError or ImportError about a parameter or name of a WebSocket library or
    an SDK, in the words of the client or of its failed connection.
Why it matters
    It looks like a failed connection, but no connection was tried: the network and the key are
    not at fault.
Example
    BaseEventLoop.create_connection() got an unexpected keyword argument 'additional_headers'
What to do
    Install the version that the program was written for. websockets renamed ``extra_headers`` to
    ``additional_headers`` in its new client (14.0).
Source
    plbiojout/yc-interview-prep#3; websockets' change log, 14.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, Rule
from rtdebug.model.findings import Cause, Certainty, Finding
from rtdebug.model.records import Refused, Remark
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
    certainty = Certainty.CERTAIN
    title = "The installed library does not know what the program asks of it"
    causes = (
        Cause("the library is older or newer than the program expects", "likely",
              "compare the installed version with what the program was written for"),
        Cause("another package of the same name is imported", "possible",
              "print the module's __file__: 'websocket' and 'websockets' are two libraries"),
    )  # fmt: skip
    fix = "Install the version that the program needs, or use the parameter this one knows."
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
