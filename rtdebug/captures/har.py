"""Reads HAR files (HTTP archive 1.2) with WebSocket messages.

Chrome, and tools that follow it, put the messages of a connection under ``_webSocketMessages`` of
its entry: ``{"type": "send" | "receive", "time": seconds since 1970, "opcode": 1, "data": text}``.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterator
from typing import Any

from rtdebug.captures import pieces
from rtdebug.captures.doors import CALL, is_door
from rtdebug.captures.eager import reading_of
from rtdebug.captures.har_fields import read_ours
from rtdebug.captures.har_streamed import Messages
from rtdebug.captures.labels import sender_named
from rtdebug.captures.lazy import streamed
from rtdebug.captures.pieces import Context, Piece, What
from rtdebug.captures.reading import Reading, SenderOf
from rtdebug.captures.stamps import Stamp, stamp_of
from rtdebug.captures.wrapped import Unwrapper
from rtdebug.model.records import Step

_MESSAGES = ("_webSocketMessages", "webSocketMessages", "_websocketMessages", "websocketMessages")
_TEXT, _BINARY, _CLOSE, _PING, _PONG = 1, 2, 8, 9, 10
_UPGRADE_LATEST = 60.0
_SAMPLE = 2000


def is_har(value: Any) -> bool:
    """Whether a parsed document is an HTTP archive."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("log"), dict)
        and isinstance(value["log"].get("entries"), list)
    )


def read_har(value: dict[str, Any], sender_of: SenderOf) -> list[Reading]:
    """A reading for each WebSocket connection in the archive, refused ones too."""
    readings, other = [], 0
    for number, entry in enumerate(value["log"]["entries"], 1):
        if not isinstance(entry, dict):
            continue
        reading = _reading(entry, sender_of)
        if reading is None:
            other += 1
            continue
        reading.notes.insert(0, f"entry {number} of the archive")
        readings.append(reading)
    if other and readings:
        readings[0].notes.append(f"{other} entries without WebSocket messages left out")
    return readings


def _reading(entry: dict[str, Any], sender_of: SenderOf) -> Reading | None:
    url = _url(entry)
    ours = read_ours(entry, _messages(entry) or (), url)
    if ours is not None:
        return ours
    if isinstance(_messages(entry), Messages):
        reading = _streamed(entry, url, sender_of)
    else:
        found = list(_entry(entry, url, sender_of))
        if not found:
            return None
        reading = reading_of("HAR", found, sender_of, selective=False)
    reading.url = url
    return reading


def _is_door(entry: dict[str, Any], url: str) -> bool:
    """Whether an entry is a request that begins or controls a call over WebRTC or SIP."""
    request = entry.get("request")
    method = request.get("method") if isinstance(request, dict) else None
    return method == "POST" and url.startswith("http") and is_door(url)


def _messages(entry: dict[str, Any]) -> list[Any] | Messages | None:
    found = (entry[name] for name in _MESSAGES if isinstance(entry.get(name), list | Messages))
    return next(found, None)


def _streamed(entry: dict[str, Any], url: str, sender_of: SenderOf) -> Reading:
    """The reading of an entry with very many messages."""
    messages = _messages(entry)
    assert isinstance(messages, Messages)
    others = {name: value for name, value in entry.items() if value is not messages}

    def with_some(some: list[Any]) -> list[Piece]:
        shown = {**others, _MESSAGES[0]: some}
        return list(_entry(shown, url, sender_of))

    head = with_some(messages.first(_SAMPLE))
    last = with_some([*messages.first(1), *messages.last()])
    opened = head[:1] if head and head[0].what is What.OPENED else []
    ending = [piece for piece in last[-1:] if piece.what in (What.CLOSED, What.ENDED)]

    def pieces() -> Iterator[Piece]:
        yield from opened
        for message in messages:
            yield from _message(message, sender_of)
        yield from ending

    return streamed("HAR", pieces(), head, last, sender_of)


def _entry(entry: dict[str, Any], url: str, sender_of: SenderOf) -> Iterator[Piece]:
    messages = _messages(entry)
    response = entry.get("response") if isinstance(entry.get("response"), dict) else {}
    status = response.get("status") if isinstance(response, dict) else None
    if isinstance(status, int) and status >= 400 and messages is None and _is_door(entry, url):
        start = stamp_of(entry.get("startedDateTime"))
        yield _refused(response or {}, status, url, start, CALL)
        return
    speaks = url.startswith(("ws:", "wss:")) or entry.get("_resourceType") == "websocket"
    if messages is None and not speaks:
        return
    start = stamp_of(entry.get("startedDateTime"))
    if isinstance(status, int) and status not in (0, 101) and not messages:
        yield _refused(response or {}, status, url, start)
        return
    found = [piece for message in messages or () for piece in _message(message, sender_of)]
    stamps = [piece.context.stamp for piece in found if piece.context.stamp]
    first = stamps[0] if stamps else None
    if start is None or (first and not 0 <= first.seconds - start.seconds <= _UPGRADE_LATEST):
        start = first
    yield _opened(entry, url, Context(stamp=start))
    yield from found
    ended = Context(stamp=_end(entry, start, stamps))
    close = entry.get("_webSocketClose")
    if isinstance(close, dict):
        yield from Unwrapper(sender_of).pieces({"close": close}, ended)
    elif ended.stamp is not None:
        yield pieces.ended("the connection was over, in the browser's record", ended)


def _end(entry: dict[str, Any], start: Stamp | None, stamps: list[Stamp]) -> Stamp | None:
    """When the connection was over, by the time that its entry took; None where that is the time
    of the handshake only, as browsers write of a connection that was still open."""
    took = entry.get("time")
    if start is None or not stamps or isinstance(took, bool) or not isinstance(took, int | float):
        return None
    end = start.seconds + took / 1000
    last = max(stamp.seconds for stamp in stamps)
    return Stamp(end, start.absolute, True) if math.isfinite(end) and end >= last else None


def _url(entry: dict[str, Any]) -> str:
    request = entry.get("request")
    url = request.get("url") if isinstance(request, dict) else None
    return url if isinstance(url, str) else ""


def _headers(side: Any) -> tuple[tuple[str, str], ...]:
    listed = side.get("headers") if isinstance(side, dict) else None
    pairs = [
        (str(header.get("name", "")), str(header.get("value", "")))
        for header in (listed if isinstance(listed, list) else ())
        if isinstance(header, dict)
    ]
    return tuple(pairs)


def _opened(entry: dict[str, Any], url: str, context: Context) -> Piece:
    answered = _headers(entry.get("response"))
    subprotocol = next(
        (value for name, value in answered if name.lower() == "sec-websocket-protocol"), None
    )
    headers = _headers(entry.get("request"))
    return pieces.opened(url or None, context, headers=headers, subprotocol=subprotocol)


def _refused(
    response: dict[str, Any], status: int, url: str, start: Stamp | None,
    transport: str = "",
) -> Piece:  # fmt: skip
    content = response.get("content")
    body = content.get("text") if isinstance(content, dict) else None
    return pieces.refused(
        Step.UPGRADE, f"HTTP {status} {response.get('statusText') or ''}".strip(),
        Context(stamp=start), status=status, url=url or None,
        headers=_headers(response),
        body=body if isinstance(body, str) else "", transport=transport,
    )  # fmt: skip


def _message(message: Any, sender_of: SenderOf) -> list[Piece]:
    if not isinstance(message, dict):
        return []
    way = message.get("type", message.get("direction", message.get("sender")))
    context = Context(sender_named(way), stamp=stamp_of(message.get("time", message.get("ts"))))
    opcode = message.get("opcode", _TEXT)
    data = message.get("data", message.get("payload", message.get("payloadData")))
    if isinstance(data, dict):
        return Unwrapper(sender_of).pieces(data, context)
    if opcode in (_PING, _PONG) or not isinstance(data, str):
        return []
    if opcode == _CLOSE:
        return [pieces.closed(1005, "", context.sender, context, data)]
    if context.sender is None:
        return [Piece(What.REMARK, context, text=data)]
    return _payload(data, opcode == _BINARY, context, sender_of)


def _payload(data: str, binary: bool, context: Context, sender_of: SenderOf) -> list[Piece]:
    raw = None
    if binary:
        try:
            raw = base64.b64decode(data, validate=True)
            data = raw.decode()
        except (binascii.Error, ValueError):
            data = data if raw is None else ""
    row = {"dir": context.sender, "data": data}
    found = Unwrapper(sender_of).pieces(row, context) if data else []
    found = [piece for piece in found if piece.what is What.EVENT]
    return found or [Piece(What.MESSAGE, context, text=data, raw=raw)]
