"""Closes: what a close code and its reason mean, by the pack's table."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Sender
from rtdebug.packs.errors import Said
from rtdebug.rules.giving_up import of_exception
from rtdebug.rules.lasting import lasted
from rtdebug.rules.said.saying import NeutralSayingRule

_QUIET = (1000, 1005)
_OF_SERVICES = (1008, 1012, 1013)
_FIRST_FREE = 3000  # from here on codes are a program's own (RFC 6455, 7.4.2)
_NO_CODE = 1005
_LOST = 1006
_CUT = "inside a message"
_FAULTS = (
    "error", "invalid", "fail", "maximum", "denied", "not found", "not supported", "unsupported",
    "expired", "exceed", "unavailable", "unauthor", "forbidden", "refused",
    "rejected", "too many", "timeout", "timed out", "deadline", "aborted",
)  # fmt: skip
"""Words of a reason that make more of a quiet code than a wish."""


class Closes(NeutralSayingRule):
    """Reads close codes and reasons by the table."""

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The end of the connection, unless it is what one side simply wished."""
        if closed.transport or self._wished(closed) or of_exception(closed):
            return
        said = Said(
            where="close",
            close=None if _is_clients_own(closed) else closed.code,
            reason=closed.reason,
            before_session=self.state.begun is None,
        )
        last = self.state.last
        message = (
            _loss(closed)
            if closed.code == _LOST
            else f"{_who(closed)} closed with {closed.code}{self._meaning(closed)}"
        )
        if last is not None:
            waited = lasted(closed.at - last.at, self.state.view.clock)
            message += f", {f'{waited} ' if waited else ''}after event {last.seq} ({last.type})"
        texts = self.texts(said)
        for index, text in enumerate(texts):
            yield text.finding(message, at=closed.at, evidence=(last.seq if last else None,),
                under=texts[0].name if index else None,
            )  # fmt: skip

    def _meaning(self, closed: Closed) -> str:
        meaning = self.state.pack.errors.closes.get(closed.code)
        words = f" ({meaning})" if meaning else ""
        return f'{words}, saying "{self.quote(closed.reason, 300)}"' if closed.reason else words

    def _wished(self, closed: Closed) -> bool:
        """Whether it is what one side simply wanted: clients close with 1000 or 1001 and many just
        drop the line; a quiet 1000 of the server has a rule of its own."""
        if closed.sender is Sender.CLIENT and closed.code != 1011:
            return closed.code in (1000, 1001, 1005, 1006)
        if closed.code == _NO_CODE and closed.sender is None and self.state.last is None:
            return False  # all that the log holds: nothing shows that anyone wished it
        return closed.code in _QUIET and not _names_fault(closed.reason)


def _is_clients_own(closed: Closed) -> bool:
    """Whether the client closed with a code of which the table says what a server means by it: of
    such a close only the reason tells something."""
    own = closed.code in _OF_SERVICES or closed.code >= _FIRST_FREE
    return own and closed.sender is Sender.CLIENT


def _loss(closed: Closed) -> str:
    """1006 is on no wire (RFC 6455, 7.1.5): nobody closed with it, and its reason was not sent.
    What a watcher noted instead is told where it says that something was cut."""
    cut = f", {closed.reason[closed.reason.find(_CUT) :][:200]}" if _CUT in closed.reason else ""
    side = f" on the {closed.sender}'s side" if closed.sender is not None else ""
    return f"the connection was lost{side} without a close frame (noted as {_LOST}){cut}"


def _who(closed: Closed) -> str:
    return (
        f"the {closed.sender}" if closed.sender is not None else "one side (it is not said which)"
    )


def _names_fault(reason: str) -> bool:
    return any(word in reason.lower() for word in _FAULTS)
