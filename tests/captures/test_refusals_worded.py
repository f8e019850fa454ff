"""Lines of several platforms that say no connection came about, and lines that only look so."""

from __future__ import annotations

from typing import Any

import pytest

from rtdebug.model.records import Closed, Refused, Step


def refusals(whole: Any) -> list[Refused]:
    return [record for record in whole.records if isinstance(record, Refused)]


@pytest.mark.parametrize(
    ("line", "step", "status"),
    [
        ("WebSocketException: Unable to connect to the remote server", Step.UPGRADE, None),
        ("websocket connection failed: Unable to connect to the remote server", Step.UPGRADE, None),
        ("CheckFailedException: Unexpected HTTP response status code 401", Step.UPGRADE, 401),
        (
            'Realtime voice error: unexpected status 404 Not Found: {"detail":"Not Found"}',
            Step.UPGRADE,
            404,
        ),
        (
            "dial answered: &{403 Forbidden 403 HTTP/1.1 1 1 map[Server:[nginx]] {0xc01} 9 [] false"
            " false map[] 0xc02 <nil>}",
            Step.UPGRADE,
            403,
        ),
        ("handshake transport error: invalid peer certificate: UnknownIssuer", Step.TLS, None),
        (
            "SSLHandshakeException: PKIX path building failed: unable to find valid certification"
            " path to requested target",
            Step.TLS,
            None,
        ),
        ("E (8120) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x7780", Step.TLS, None),
        ('UnknownHostException: Unable to resolve host "voice.example.net"', Step.NAME, None),
        ("A server with the specified hostname could not be found.", Step.NAME, None),
        (
            'Websocket exception Error Domain=XErrorDomain Code=2132 "received bad response code'
            ' from server 403"',
            Step.UPGRADE,
            403,
        ),
        (
            'Error Domain=NSURLErrorDomain Code=-1011 "There was a bad response from the server."',
            Step.UPGRADE,
            None,
        ),
        (
            'Error Domain=NSURLErrorDomain Code=-1009 "The Internet connection appears to be'
            ' offline."',
            Step.TCP,
            None,
        ),
        ("ERROR WebSocket connection failure: gave up (attempt 1/3)", Step.UPGRADE, None),
        (
            "WebSocketException: Connection to 'https://voice.example.net#' was not upgraded to"
            " websocket",
            Step.UPGRADE,
            None,
        ),
        ("net::ERR_CONNECTION_TIMED_OUT", Step.TCP, None),
        ("Connection timeout of 10000ms exceeded", Step.TCP, None),
        ("OpenAI realtime transcription connection timeout", Step.TCP, None),
    ],
)
def test_a_refusal_is_read_in_the_words_of_its_platform(
    read_one: Any, line: str, step: Step, status: int | None
) -> None:
    (refused,) = refusals(read_one(f"{line}\n"))
    assert (refused.step, refused.status) == (step, status)


@pytest.mark.parametrize(
    "line",
    [
        "INFO using connection timeout 30s",
        '  "connect timeout": "15000 ms",',
        "Connection timeout: 30 seconds, ping interval: 20 seconds",
        "DEBUG connect timeout set to 10 s",
        "the shop's API gave an unexpected status 404 Not Found",
        "ERROR:websockets.server:opening handshake failed",
        "tool answered: &{404 Not Found 404 HTTP/2.0 2 0 map[] {0xc01} 9 [] false <nil>}",
    ],
)
def test_a_setting_or_an_answer_of_another_server_is_no_refusal(read_one: Any, line: str) -> None:
    assert refusals(read_one(f"{line}\n")) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[speech] WebSocket closed (code=1000, reason=)", ""),
        ("`ConnectionClosedError - received 4000 x_error.y_off`. Seen since May", "x_error.y_off"),
    ],
)
def test_a_reason_ends_with_its_bracket_and_its_code_span(
    read_one: Any, line: str, reason: str
) -> None:
    (closed,) = [record for record in read_one(f"{line}\n").records if isinstance(record, Closed)]
    assert closed.reason == reason


def test_a_beta_that_the_server_does_not_know_is_an_error_it_said(read_one: Any) -> None:
    (event,) = read_one("[voice-call] realtime error: Unknown beta requested: 'realtime'.\n").events
    assert event.payload["error"]["message"] == "Unknown beta requested: 'realtime'."


@pytest.mark.parametrize(
    "line",
    [
        'receive failed: Error Domain=NSPOSIXErrorDomain Code=54 "Connection reset by peer"',
        'Error Domain=NSURLErrorDomain Code=-1005 "The network connection was lost."',
        "WebSocket protocol error: Connection reset without closing handshake",
        "E (4567) websocket_client: esp_transport_read() failed with -1",
        "W OkHttp onFailure: java.io.EOFException",
        "WebSocket failed: java.net.SocketException: Software caused connection abort",
    ],
)
def test_a_connection_that_broke_is_read_in_the_words_of_its_platform(
    read_one: Any, line: str
) -> None:
    (closed,) = [record for record in read_one(f"{line}\n").records if isinstance(record, Closed)]
    assert (closed.code, closed.reason, closed.sender) == (1006, "", None)


def test_a_socket_used_after_its_end_is_no_second_end(read_one: Any) -> None:
    log = 'closed 1000\nError Domain=NSPOSIXErrorDomain Code=57 "Socket is not connected"\n'
    closes = [record for record in read_one(log).records if isinstance(record, Closed)]
    assert [one.code for one in closes] == [1000]


@pytest.mark.parametrize(
    "line",
    [
        "Event {isTrusted: true, type: 'error', target: WebSocket, eventPhase: 2, …}",
        'socket failed {"isTrusted": true, "type": "error"}',
    ],
)
def test_an_event_of_the_browser_itself_is_no_error_of_the_server(read_one: Any, line: str) -> None:
    assert read_one(f"{line}\n").events == []


def test_a_message_in_an_event_of_the_browser_is_read(read_one: Any) -> None:
    log = """MessageEvent {isTrusted: true, data: '{"type":"response.created"}', type: 'message'}"""
    assert read_one(f"{log}\n").types == ["response.created"]


def test_the_type_of_a_response_that_failed_is_told_in_words(read_one: Any) -> None:
    line = "error=APIError('OpenAI Realtime API response failed with error type: server_error')"
    (event,) = read_one(f"{line}\n").events
    assert event.payload["error"]["type"] == "server_error"


def test_a_bracket_within_a_message_stays(read_one: Any) -> None:
    message = "The server had an error (name the session sess_1.)"
    (event,) = read_one(f'ERROR: "{message}" (attempt 2)\n').events
    assert event.payload["error"]["message"] == message


def test_a_null_as_apple_prints_it_is_none(read_one: Any) -> None:
    log = """error: ["error": {
    code = "session_expired";
    message = "Your session hit the maximum duration of 30 minutes.";
    param = "<null>";
    type = "invalid_request_error";
}, "type": error, "event_id": event_1]
"""
    (event,) = read_one(log).events
    assert event.payload["error"]["param"] is None
    assert event.payload["error"]["code"] == "session_expired"


def test_an_empty_reason_is_not_the_next_line_of_the_program(read_one: Any) -> None:
    log = "Delegate: did close with code 1000, reason:\nqueue cannot accept write requests\n"
    (closed,) = [record for record in read_one(log).records if isinstance(record, Closed)]
    assert (closed.code, closed.reason) == (1000, "")


def test_who_is_spoken_of_in_the_next_sentence_did_not_close(read_one: Any) -> None:
    log = "It ends by closing with `1007 Not a valid shape`. That looks as if sent by the user.\n"
    (closed,) = [record for record in read_one(log).records if isinstance(record, Closed)]
    assert (closed.code, closed.sender) == (1007, None)


def test_a_type_with_fields_before_its_body_is_one_event(read_one: Any) -> None:
    log = '<- session.created\n<- response.output_text.delta item_id=i1 index=0 {"delta": "Hi"}\n'
    whole = read_one(log)
    assert whole.types == ["session.created", "response.output_text.delta"]
    assert whole.events[1].payload["delta"] == "Hi"


def test_a_log_that_tells_of_an_open_alone_does_not_show_its_first_messages(read_one: Any) -> None:
    log = """2026-01-01 10:00:00 INFO Connecting to wss://voice.example.net/v1/realtime?model=m1
2026-01-01 10:00:30 INFO call ended
"""
    assert not read_one(log).reading.view.from_start
    shown = log.replace("call ended", "< session.created")
    assert read_one(shown).reading.view.from_start
