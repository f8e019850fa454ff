"""Reads flow files of mitmproxy, with mitmproxy itself (the ``mitm`` extra)."""

from __future__ import annotations

from typing import Any, BinaryIO

from rtdebug.captures import pieces
from rtdebug.captures.eager import reading_of
from rtdebug.captures.pieces import Context, Piece, What
from rtdebug.captures.reading import Reading, SenderOf
from rtdebug.captures.stamps import Stamp
from rtdebug.captures.wrapped import Unwrapper
from rtdebug.errors import UnreadableError
from rtdebug.model.records import Sender, Step


def read_flows(name: str, stream: BinaryIO, sender_of: SenderOf) -> list[Reading]:
    """A reading for each WebSocket connection in the file.

    Raises UnreadableError when mitmproxy is not installed.
    """
    try:
        from mitmproxy.exceptions import FlowReadException
        from mitmproxy.io import FlowReader
    except ImportError:
        raise UnreadableError(
            f"{name}: a mitmproxy flow file; reading it needs mitmproxy",
            "install it with: pip install 'rtdebug[mitm]', or export the flow as HAR",
        ) from None
    readings: list[Reading] = []
    notes: list[str] = []
    stream.seek(0)
    try:
        for flow in FlowReader(stream).stream():
            found = list(_flow(flow, sender_of))
            if found:
                readings.append(reading_of("mitmproxy flows", found, sender_of, selective=False))
    except FlowReadException as error:
        notes.append(f"the file ends in the middle of a flow ({error})")
    if readings:
        readings[-1].notes.extend(notes)
    return readings


def _flow(flow: Any, sender_of: SenderOf) -> list[Piece]:
    request, response = getattr(flow, "request", None), getattr(flow, "response", None)
    socket = getattr(flow, "websocket", None)
    if request is None:
        return []
    url = str(request.pretty_url).replace("http", "ws", 1)
    start = Context(stamp=Stamp(float(request.timestamp_start), True, True))
    if socket is None:
        wanted = request.headers.get("upgrade", "").lower() == "websocket"
        if not wanted or response is None:
            return []
        body = response.get_text(strict=False) or ""
        return [
            pieces.refused(
                Step.UPGRADE, f"HTTP {response.status_code} {response.reason}", start,
                status=response.status_code, url=url, body=body,
                headers=tuple(response.headers.items(multi=True)),
            )
        ]  # fmt: skip
    headers = tuple(request.headers.items(multi=True))
    chosen = response.headers.get("sec-websocket-protocol") if response else None
    found = [pieces.opened(url, start, headers=headers, subprotocol=chosen)]
    unwrapper = Unwrapper(sender_of)
    for message in socket.messages:
        found.extend(_message(message, unwrapper))
    if socket.timestamp_end:
        by = Sender.CLIENT if socket.closed_by_client else Sender.SERVER
        end = Context(stamp=Stamp(float(socket.timestamp_end), True, True))
        sender = None if socket.closed_by_client is None else by
        reason = socket.close_reason or ""
        found.append(pieces.closed(socket.close_code or 1005, reason, sender, end, ""))
    return found


def _message(message: Any, unwrapper: Unwrapper) -> list[Piece]:
    sender = Sender.CLIENT if message.from_client else Sender.SERVER
    context = Context(sender, True, Stamp(float(message.timestamp), True, True))
    content = message.content
    assert isinstance(content, bytes)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return [Piece(What.MESSAGE, context, raw=content)]
    found = unwrapper.pieces({"from": sender.value, "data": text}, context)
    return found or [Piece(What.MESSAGE, context, text=text)]
