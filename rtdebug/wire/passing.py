"""Which headers pass a relay, in both directions.

Requests have an allow-list: what a realtime API reads goes on, cookies and what belongs to one hop
do not. Answers have a deny-list: the app sees what the server said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.wire.http_head import Headers, HttpRequest, HttpResponse
from rtdebug.wire.upstream import Upstream

_NAMES = frozenset(
    {
        "authorization", "api-key", "user-agent", "origin", "accept", "accept-encoding",
        "accept-language", "content-type", "content-length", "content-encoding",
        "transfer-encoding", "expect", "idempotency-key", "traceparent", "tracestate", "baggage",
        "xi-api-key", "ocp-apim-subscription-key", "cache-control", "pragma",
        "if-match", "if-none-match", "if-modified-since", "range",
    }
)  # fmt: skip
_PREFIXES = (
    "openai-", "x-", "sec-websocket-", "access-control-", "anthropic-", "azureml-", "helicone-",
    "portkey-",
)  # fmt: skip
# Of the X- family these tell who asked whom, which is the relay's business, not the server's.
_OF_ONE_HOP = frozenset({"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"})

# What every app sends for one hop, or a browser for itself: nobody needs to be told it stays here.
_UNTOLD = frozenset(
    {"host", "connection", "upgrade", "keep-alive", "proxy-connection", "te", "priority", "dnt"}
)
_UNTOLD_PREFIXES = ("sec-fetch-", "sec-ch-")

# RFC 9110, 7.6.1, cookies, and what would bind the browser to a server it does not talk to.
_KEPT_FROM_APP = frozenset(
    {
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "upgrade",
        "set-cookie", "set-cookie2", "strict-transport-security", "alt-svc",
    }
)  # fmt: skip
_ABSOLUTE = re.compile(r"[ \t]*(?:[A-Za-z][A-Za-z0-9+.-]*:|[/\\]{2})")
_UPGRADE = (("Upgrade", "websocket"), ("Connection", "Upgrade"))
_CLOSE = (("Connection", "close"),)


def request_upstream(
    request: HttpRequest, upstream: Upstream, more: Iterable[str] = ()
) -> tuple[HttpRequest, tuple[str, ...]]:
    """The request as the server gets it, and the names of the headers that were left out.

    ``more`` are names (in small letters) that pass as well.
    """
    passing, left = [], []
    named = request.tokens("connection")  # what Connection names belongs to this hop
    allowed = _NAMES | frozenset(more)
    for name, value in request.headers:
        low = name.lower()
        known = low in allowed or (low.startswith(_PREFIXES) and low not in _OF_ONE_HOP)
        if known and low not in named:
            passing.append((name, value))
        elif low not in _UNTOLD and not low.startswith(_UNTOLD_PREFIXES):
            left.append(low)
    target = upstream.location(request.target)
    own = _UPGRADE if request.upgrade else _CLOSE
    headers = (("Host", upstream.host_header), *own, *passing)
    start = f"{request.method} {target} HTTP/1.1"
    return HttpRequest(start, headers, request.method, target), tuple(dict.fromkeys(left))


def answer_to_app(response: HttpResponse) -> HttpResponse:
    """The answer as the app gets it; its body follows untouched."""
    own: Headers = _UPGRADE if response.status == 101 else _CLOSE
    if response.status == 100:  # an interim answer; the connection stays (RFC 9110, 15.2.1)
        own = ()
    passing = [pair for pair in response.headers if pair[0].lower() not in _KEPT_FROM_APP]
    return HttpResponse(
        response.start, (*own, *passing), status=response.status, reason=response.reason
    )


def leads_away(response: HttpResponse) -> str:
    """Where a redirect would send the app past this relay; "" for any other answer.

    An app that followed it would take its key there, unseen. A path alone leads here again.
    """
    location = response.get("location") or ""
    if not 300 <= response.status < 400 or not location:
        return ""
    return location if _ABSOLUTE.match(location) else ""


def offered(headers: Headers) -> Headers:
    """The headers worth recording: without the handshake's own nonce."""
    return tuple(pair for pair in headers if pair[0].lower() != "sec-websocket-key")
