"""Which headers pass, and what the app is told of the others."""

from rtdebug.wire.http_head import parse_request, parse_response
from rtdebug.wire.passing import answer_to_app, request_upstream
from rtdebug.wire.upstream import parse_upstream

UPSTREAM = parse_upstream("wss://api.example.com/v1")


def passed(*headers, upgrade=True, more=()):
    """The headers that reach the server, and the names of those left out."""
    asked = ["Host: localhost:8080", *headers]
    if upgrade:
        asked += ["Connection: Upgrade", "Upgrade: websocket"]
    head = "\r\n".join(["GET /realtime?model=m HTTP/1.1", *asked, "", ""])
    request, left_out = request_upstream(parse_request(head.encode()), UPSTREAM, more)
    return request, left_out


def test_the_request_is_for_the_upstream():
    request, _ = passed()
    assert request.encode().startswith(
        b"GET /v1/realtime?model=m HTTP/1.1\r\nHost: api.example.com\r\n"
        b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    )


def test_what_an_api_reads_passes_in_order_and_spelling():
    headers = (
        "AUTHORIZATION: Bearer x", "api-key: y", "OpenAI-Organization: org_1", "X-Goog-Api-Key: z",
        "Sec-WebSocket-Protocol: realtime", "User-Agent: app/1", "OpenAI-Beta: realtime=v1",
    )  # fmt: skip
    request, left_out = passed(*headers)
    assert [f"{name}: {value}" for name, value in request.headers[3:]] == list(headers)
    assert left_out == ()


def test_cookies_and_what_is_for_one_hop_stay_here():
    request, left_out = passed(
        "Cookie: a=b", "Proxy-Authorization: Basic x", "X-Forwarded-For: 10.0.0.1", "Keep-Alive: 5",
        "Sec-Fetch-Site: none", "Own-Header: 1",
    )  # fmt: skip
    assert len(request.headers) == 3
    assert left_out == ("cookie", "proxy-authorization", "x-forwarded-for", "own-header")


def test_what_connection_names_stays_here():
    request, _ = passed("X-Own: 1", "Connection: X-Own")
    assert request.get("x-own") is None


def test_names_can_be_added():
    request, left_out = passed("Own-Header: 1", more={"own-header"})
    assert request.get("own-header") == "1"
    assert left_out == ()


def test_a_plain_request_asks_for_one_answer_only():
    request, _ = passed("Content-Length: 3", "Transfer-Encoding: chunked", upgrade=False)
    assert request.get("connection") == "close"
    assert request.get("upgrade") is None
    assert request.get("content-length") == "3"
    assert request.get("transfer-encoding") == "chunked"


def answered(head):
    return answer_to_app(parse_response(head.replace("\n", "\r\n").encode() + b"\r\n"))


def test_an_answer_keeps_its_words_but_not_what_binds_the_app_elsewhere():
    response = answered(
        "HTTP/1.1 401 Not You\nSet-Cookie: a=b\nAlt-Svc: h3\nRetry-After: 3\nConnection: keep-alive\n"
        "Strict-Transport-Security: max-age=1\nContent-Length: 2\n"
    )
    assert response.encode() == (
        b"HTTP/1.1 401 Not You\r\nConnection: close\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\n"
    )


def test_an_answered_upgrade_stays_one():
    response = answered(
        "HTTP/1.1 101 Switching Protocols\nConnection: upgrade\nUpgrade: websocket\n"
        "Sec-WebSocket-Accept: x\nSec-WebSocket-Protocol: realtime\n"
    )
    assert response.headers == (
        ("Upgrade", "websocket"), ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", "x"), ("Sec-WebSocket-Protocol", "realtime"),
    )  # fmt: skip


def test_an_interim_answer_does_not_close():
    assert answered("HTTP/1.1 100 Continue\n").headers == ()
