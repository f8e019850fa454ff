"""The HTTP answers that a listening port gives by itself."""

from __future__ import annotations

import json

from rtdebug.redaction import DEFAULT
from rtdebug.safe import one_line, safe
from rtdebug.wire.answer import RELAY
from rtdebug.wire.guard import Refusal

_PHRASES = {
    400: "Bad Request", 403: "Forbidden", 405: "Method Not Allowed", 408: "Request Timeout",
    421: "Misdirected Request", 431: "Request Header Fields Too Large", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip


def redirected(location: str) -> Refusal:
    """What the app is told instead of a redirect that leads past this port."""
    where = one_line(DEFAULT.text(location), 200)
    return Refusal(
        502,
        "upstream-redirects",
        f"the server points to {where}, which was not passed on: the app would take its key there, "
        "past this port",
        "if you trust that address, use it as the upstream",
    )


def refusal_bytes(refusal: Refusal) -> bytes:
    """A whole answer; its JSON body has the form that the APIs behind a relay use for errors."""
    error = {
        "type": RELAY,
        "code": refusal.code,
        "message": safe(f"rtdebug: {refusal.message}"),
        "hint": refusal.hint,
    }
    body = json.dumps({"error": error}).encode()
    head = (
        f"HTTP/1.1 {refusal.status} {_PHRASES[refusal.status]}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Connection: close\r\n"
    )
    if refusal.retry_after:
        head += f"Retry-After: {refusal.retry_after}\r\n"
    return head.encode() + b"\r\n" + body
