"""What a log was found to hold, piece by piece, before it is numbered, timed and attributed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rtdebug.captures.stamps import Stamp
from rtdebug.model.records import Sender, Step

MOST_TEXT = 600
"""Characters of a line that a remark keeps."""


class What(StrEnum):
    """What a piece is."""

    EVENT = "event"
    BARE_ERROR = "bare error"
    MESSAGE = "message"
    OPENED = "opened"
    REFUSED = "refused"
    CLOSED = "closed"
    ENDED = "ended"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Context:
    """What the log says around a message: who sent it, when, on which line.

    ``outright``: the label names the side (client, server) and not the way (sent, received),
    which depends on whose log it is. ``marks`` are what a log keeps constant beside the messages
    of one connection (ids of calls and requests, a logger, a thread), as name and value.
    """

    sender: Sender | None = None
    outright: bool = False
    stamp: Stamp | None = None
    line: int = 0
    marks: tuple[tuple[str, str], ...] = ()


NO_CONTEXT = Context()


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing a log shows. ``text`` is the message or the line as it was; ``data`` are the
    fields of an event (its payload), of an open, a refusal or a close."""

    what: What
    context: Context = NO_CONTEXT
    type: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    text: str | None = None
    raw: bytes | None = None
    whole: bool = True
    count: int = 1


def closed(
    code: int, reason: str, sender: Sender | None, context: Context, text: str,
    transport: str = "",
) -> Piece:  # fmt: skip
    """The end of a connection, as the log tells it."""
    data = {"code": code, "reason": reason, "sender": sender, "transport": transport}
    return Piece(What.CLOSED, context, data=data, text=text)


def refused(
    step: Step, text: str, context: Context, *, status: int | None = None, url: str | None = None,
    headers: tuple[tuple[str, str], ...] = (), body: str = "", transport: str = "",
) -> Piece:  # fmt: skip
    """A connection that did not come about, as the log tells it."""
    data = {
        "step": step, "status": status, "url": url, "headers": headers, "body": body,
        "transport": transport,
    }  # fmt: skip
    return Piece(What.REFUSED, context, data=data, text=text)


def opened(
    url: str | None, context: Context, *, headers: tuple[tuple[str, str], ...] = (),
    subprotocol: str | None = None, text: str | None = None,
) -> Piece:  # fmt: skip
    """The start of a connection, as the log tells it."""
    data = {"url": url, "headers": headers, "subprotocol": subprotocol}
    return Piece(What.OPENED, context, data=data, text=text)


def ended(reason: str, context: Context) -> Piece:
    """When a record of a connection ended, where the log does not tell how the connection did."""
    return Piece(What.ENDED, context, text=reason)
