"""Who ended a connection, with what code, and what the close itself did not say."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from rtdebug.model.records import Closed, Sender, Unjudged, Violation

if TYPE_CHECKING:
    from websockets.exceptions import ConnectionClosed

ABNORMAL = 1006
_NO_CLOSE_FRAME = "the connection ended without a close frame"


def closed_record(
    error: ConnectionClosed,
    at: float,
    *,
    parser_error: Exception | None = None,
    aborted: bool = False,
) -> Closed:
    """The record of an end: whoever sent the first close frame ended it.

    Without any close frame the code is 1006 (RFC 6455, section 7.1.5) and the reason is what was
    seen of the end: by the connection, else by the parser of its frames. ``aborted`` says that this
    side dropped the connection on purpose.
    """
    received, sent = error.rcvd, error.sent
    if received is not None and (sent is None or error.rcvd_then_sent):
        return Closed(at, int(received.code), received.reason, Sender.SERVER)
    if sent is not None:
        return Closed(at, int(sent.code), sent.reason, Sender.CLIENT)
    if aborted:
        return Closed(at, ABNORMAL, "dropped without a close frame", Sender.CLIENT)
    text, sender = _vanished(error.__cause__ or parser_error)
    return Closed(at, ABNORMAL, text, sender)


def _vanished(cause: BaseException | None) -> tuple[str, Sender | None]:
    if isinstance(cause, EOFError):
        said = str(cause)
        inside = f", inside a message: {said}" if "ends after" in said else ""
        return _NO_CLOSE_FRAME + inside, Sender.SERVER
    if isinstance(cause, UnicodeDecodeError):  # a message, after which the end was there at once
        return _NO_CLOSE_FRAME, Sender.SERVER
    if isinstance(cause, ConnectionResetError | BrokenPipeError | ConnectionAbortedError):
        return "the connection was reset without a close frame", Sender.SERVER
    if isinstance(cause, OSError):
        if cause.errno in (errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH):
            return f"the network lost the connection ({cause.strerror})", None
        said = getattr(cause, "reason", None) or cause.strerror or str(cause)
        return f"{_NO_CLOSE_FRAME} ({said})", None
    return _NO_CLOSE_FRAME, None


def fault_of_wire(
    error: ConnectionClosed, parser_error: Exception | None, at: float
) -> Violation | Unjudged | None:
    """What the peer did that no library can go on after; None where it did nothing of the kind.

    That a stream ends, wherever it does, is told by the close alone.
    """
    from rtdebug.wire.limits import MAX_SIZE
    from rtdebug.wire.violations import kind_of, words

    if parser_error is None or isinstance(parser_error, EOFError | OSError):
        return None
    if type(parser_error).__name__ == "PayloadTooBig":
        size = getattr(parser_error, "size", None) or MAX_SIZE
        why = f"it is larger than {MAX_SIZE >> 20} MiB"
        return Unjudged(at, Sender.SERVER, size, why, readable=False)
    kind = kind_of(parser_error)
    return Violation(at, Sender.SERVER, kind, words(kind))


def undelivered(error: ConnectionClosed, parser_error: Exception | None) -> bytes | None:
    """The text message that was no UTF-8, for which this side closes with 1007; None if none was.

    The library delivers no such message, but the error it closes with still holds its bytes. An
    error of its parser is about the reason in a close frame instead.
    """
    cause = error.__cause__
    if not isinstance(cause, UnicodeDecodeError) or cause is parser_error:
        return None
    return cause.object
