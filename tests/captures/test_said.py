"""What lines of text say: closes, refusals, errors, lists of types, and what silence is told."""

from __future__ import annotations

from typing import Any

import pytest

from rtdebug.api.diagnosing import sender_of
from rtdebug.captures.pasted.closes import close_in
from rtdebug.captures.pasted.connects import connect_in, header_in
from rtdebug.captures.pasted.errors import error_in
from rtdebug.captures.pasted.handshakes import refusal_in
from rtdebug.captures.pasted.names_only import Name, names_in
from rtdebug.captures.pasted.words import heading, left_out, stamp_at_head
from rtdebug.captures.pieces import NO_CONTEXT
from rtdebug.model.records import Clock, Remark, Sender, Step

CLIENT, SERVER = Sender.CLIENT, Sender.SERVER


@pytest.mark.parametrize(
    ("line", "code", "reason", "sender"),
    [
        ("received 4000 (private use) a_b.c_d; then sent 4000 (private use) a_b.c_d",
         4000, "a_b.c_d", SERVER),
        ("received 1001 (going away) It is late; good night.; then sent 1001 (going away) It is",
         1001, "It is late; good night.", SERVER),
        ("sent 1000 (OK); then received 1000 (OK)", 1000, "", CLIENT),
        ("E: sent 1011 (internal error) keepalive ping timeout; no close frame received",
         1011, "keepalive ping timeout", CLIENT),
        ("ConnectionClosedError: no close frame received or sent", 1006, "", None),
        ("code = 4001 (private use), reason = too long", 4001, "too long", SERVER),
        ("websocket: close 1009 (message too big)", 1009, "", SERVER),
        ('status = StatusPolicyViolation and reason = "bad key"', 1008, "bad key", SERVER),
        ("CloseStatus: InternalServerError", 1011, "", None),
        ("onClose code: 1005 reason:", 1005, "", None),
        ("closed code=1006 reason=", 1006, "", None),
        ('[close] 4000 "a reason."', 4000, "a reason.", None),
        ("Disconnected (code: 1000, reason: 'bye')", 1000, "bye", None),
        ("WebSocket closed: 1008 Policy says no", 1008, "Policy says no", None),
        ("the server closed the connection with code 1011: internal", 1011, "internal", SERVER),
        ("It closes with 1006 after two minutes.", 1006, "", None),
        ("WSMessage(type=<WSMsgType.CLOSE: 8>, data=1000, extra='')", 1000, "", None),
        ("[ws] connection closed", 1005, "", None),
        ("connection lost", 1006, "", None),
        ("disconnected unexpectedly with code: WSCloseCode.ABNORMAL_CLOSURE", 1006, "", None),
        ("closed, CloseCode.POLICY_VIOLATION", 1008, "", None),
        ("Exception: OpenAI S2S connection closed unexpectedly {\"pid\": 4}", 1005, "", None),
        ("realtime api connection closed abnormally", 1006, "", None),
        ("connection closed: read: connection reset by peer", 1006,
         "read: connection reset by peer", SERVER),
    ],
)  # fmt: skip
def test_a_close_is_heard(line: str, code: int, reason: str, sender: Sender | None) -> None:
    piece = close_in(line, NO_CONTEXT)
    assert piece is not None
    assert (piece.data["code"], piece.data["reason"], piece.data["sender"]) == (
        code, reason, sender,
    )  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "I close the door at 1000",
        "closed after 1006 ms",
        "We got 1000 events and then closed the app",
        "at close (/app/node_modules/ws/lib/receiver.js:1011:23)",
        "port 4000 is open",
        "session.created",
        "the model has 4096 tokens",
    ],
)
def test_no_close_is_heard_where_there_is_none(line: str) -> None:
    piece = close_in(line, NO_CONTEXT)
    assert piece is None or "1000" in line.rsplit(maxsplit=1)[-1]


@pytest.mark.parametrize(
    ("line", "step", "status"),
    [
        ("InvalidStatus: server rejected WebSocket connection: HTTP 401", Step.UPGRADE, 401),
        ("Error: Unexpected server response: 429", Step.UPGRADE, 429),
        ("WSServerHandshakeError: 403, message='Invalid response status'", Step.UPGRADE, 403),
        ("Handshake status 400 Bad Request -+-+- {}", Step.UPGRADE, 400),
        ("E (9) ws: esp_transport_connect() failed with -1, esp_ws_handshake_status_code=401, errno=1",
         Step.UPGRADE, 401),
        ("E (9) ws: esp_transport_connect() failed with -1, esp_ws_handshake_status_code=0, errno=1",
         Step.TCP, None),
        ("returned status code '404' when status code '101' was expected", Step.UPGRADE, 404),
        ("returned status code ‘403’ when status code ‘101’ was expected", Step.UPGRADE, 403),
        ("expected handshake response status code 101 but got 502", Step.UPGRADE, 502),
        ("Expected HTTP 101 response but was '401 Unauthorized'", Step.UPGRADE, 401),
        ("< HTTP/1.1 405 Method Not Allowed", Step.UPGRADE, 405),
        ("Error during WebSocket handshake: Unexpected response code: 500", Step.UPGRADE, 500),
        ("HTTP error: 401 Unauthorized", Step.UPGRADE, 401),
        ("https://x.test isn't a valid URI: scheme isn't ws or wss", Step.UPGRADE, None),
        ("The URL's scheme must be either 'ws' or 'wss'. 'https' is not allowed.",
         Step.UPGRADE, None),
        ("getaddrinfo ENOTFOUND api.example.test", Step.NAME, None),
        ("connect ECONNREFUSED 127.0.0.1:8080", Step.TCP, None),
        ("SSLCertVerificationError: certificate verify failed", Step.TLS, None),
    ],
)  # fmt: skip
def test_a_refusal_is_heard(line: str, step: Step, status: int | None) -> None:
    piece = refusal_in(line, NO_CONTEXT)
    assert piece is not None
    assert (piece.data["step"], piece.data["status"]) == (step, status)


@pytest.mark.parametrize(
    "line", ["I have 401 things", "status of the session: ok", "it took 403 ms", "line 404, in x"]
)
def test_no_refusal_is_heard_where_there_is_none(line: str) -> None:
    assert refusal_in(line, NO_CONTEXT) is None


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("session.created", [Name("session.created")]),
        ("<- session.created", [Name("session.created", 1, SERVER)]),
        ("[12:00:01] -> response.create (41 bytes)", [Name("response.create", 1, CLIENT)]),
        ("response.audio.delta (8)", [Name("response.audio.delta", 8)]),
        ("12x response.audio.delta", [Name("response.audio.delta", 12)]),
        ("- `response.done`", [Name("response.done")]),
        ("Received event of type: response.new_thing", [Name("response.new_thing", 1, SERVER)]),
        ("| 3 | server | session.updated | 0.3 |", [Name("session.updated", 1, SERVER)]),
        ("session.created → session.updated, response.created",
         [Name("session.created"), Name("session.updated"), Name("response.created")]),
        ("server: error", [Name("error", 1, SERVER)]),
        ("Event: response.done - it is over.", [Name("response.done")]),
        ("response.done    <-- this one never came here", [Name("response.done")]),
        ("9.5  S>C  session.created   session.type=realtime, all as ever",
         [Name("session.created", 1, SERVER)]),
        ("9.5  S>C  response.done (of the second turn)", [Name("response.done", 1, SERVER)]),
        ("then response.done   comes, and I am glad", []),
        ("response.done <- server", [Name("response.done", 1, SERVER)]),
        ("The event response.done - if it comes - ends it", []),
        ("I get response.done but no audio", []),
        ("The file is called main.py", []),
        ("response.create fails when I call it twice", []),
        ("see docs.example.com", []),
    ],
)  # fmt: skip
def test_a_row_of_a_list_is_told_from_a_sentence(line: str, names: list[Name]) -> None:
    assert names_in(line, sender_of) == names


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Error: Unknown parameter: 'session.x'.", "Unknown parameter: 'session.x'."),
        ("[RT] API error: Conversation already has an active response",
         "Conversation already has an active response"),
        ("fatal: ErrorFrame(error: Your session hit the maximum duration of 5 minutes., fatal: True)",
         "Your session hit the maximum duration of 5 minutes."),
        ("it says: `\"Invalid modalities: ['x']. Supported are ['y'].\\\"` But then",
         "Invalid modalities: ['x']. Supported are ['y']."),
        ('failed: "Unknown parameter: \'session.x\'." and more', "Unknown parameter: 'session.x'."),
        ("APIError('Only model output audio messages can be truncated')",
         "Only model output audio messages can be truncated"),
        ("Tool call ID ‘call_1’ not found in conversation.",
         "Tool call ID 'call_1' not found in conversation."),
    ],
)  # fmt: skip
def test_an_error_is_heard_without_its_event(line: str, message: str) -> None:
    error = error_in(line)
    assert error is not None
    assert error["message"] == message


def test_a_sentence_about_an_error_is_none() -> None:
    assert error_in("I think the message Unknown parameter: 'x' is wrong") is None
    assert error_in("something went wrong") is None


@pytest.mark.parametrize(
    ("line", "sender"),
    [
        ("My request:", CLIENT),
        ("API Responce:", SERVER),
        ("**Server:**", SERVER),
        ("client", CLIENT),
        ("- Then I send this:", CLIENT),
        ("So that went well:", None),
        ("I waited for a response from the server for a very long time", None),
    ],
)
def test_a_heading_tells_who_sent_what_follows(line: str, sender: Sender | None) -> None:
    assert heading(line) is sender


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("2026-03-04 10:00:00,120 DEBUG x", 1772618400.12),
        ("[10:00:01.5] recv", 36001.5),
        ("+120ms -> x", 0.12),
        ("0.25, recv, x", 0.25),
        ("after 5 s it hangs", None),
        ("It took 12:30 minutes to answer", None),
    ],
)
def test_a_line_s_time_is_told_from_a_time_in_a_sentence(line: str, seconds: float | None) -> None:
    stamp = stamp_at_head(line)
    assert (stamp and stamp.seconds) == (seconds and pytest.approx(seconds))


def test_connections_and_their_headers_are_heard() -> None:
    piece = connect_in("Connecting to wss://a.test/v1/realtime (headers: OpenAI-Beta: realtime=v1)",
                       NO_CONTEXT)  # fmt: skip
    assert piece is not None
    assert piece.data["url"] == "wss://a.test/v1/realtime"
    assert piece.data["headers"] == (("OpenAI-Beta", "realtime=v1"),)
    assert connect_in("the docs are at https://a.test/guide", NO_CONTEXT) is None
    assert header_in('  "OpenAI-Beta": "realtime=v1",') == ("OpenAI-Beta", "realtime=v1")


def test_what_the_author_left_out_is_hidden() -> None:
    assert left_out("(audio deltas omitted)") == {"*audio.delta"}
    assert left_out("... 40 more deltas") == {"*.delta"}
    assert left_out("I removed the rate limits") >= {"rate_limits.*"}
    assert left_out("nothing was left out") == frozenset()


CREATED = '{"type":"response.created","event_id":"e1","response":{"id":"r","status":"in_progress"}}'


@pytest.mark.parametrize(
    ("text", "to_end"),
    [
        (CREATED, False),
        (f"{CREATED}\nThen nothing more.", True),
        (f"My log:\n{CREATED}\nWhat am I doing wrong here?", True),
        (f"My app never gets an answer:\n{CREATED}", True),
        (f"{CREATED}\n2026-01-01 00:00:00 INFO queue empty", False),
        (f"{CREATED}\nWebSocket closed: 1000", True),
        (f'{CREATED}\n{{"type":"response.output_item.added","event', False),
        (f'It hangs:\n{CREATED}\n{{"type":"response.output_item.added","event', False),
    ],
)
def test_silence_counts_only_where_the_log_s_author_saw_it(
    text: str, to_end: bool, read_one: Any
) -> None:
    assert read_one(text).reading.view.to_end is to_end


def test_a_paste_keeps_the_app_s_own_lines_in_place(read_one: Any) -> None:
    whole = read_one(f"start\n{CREATED}\nunknown server event type: x.y\n")
    remarks = [(r.line, r.text) for r in whole.records if isinstance(r, Remark)]
    assert remarks == [(1, "start"), (3, "unknown server event type: x.y")]
    assert [type(record).__name__ for record in whole.records] == ["Remark", "Event", "Remark"]


def test_a_list_with_times_below_its_rows_is_timed(read_one: Any) -> None:
    whole = read_one("client\nsession.update\n00:01.50\nserver\nsession.updated (2)\n00:02.25\n")
    assert [(e.at, e.sender) for e in whole.events] == [
        (1.5, CLIENT),
        (2.25, SERVER),
        (2.25, SERVER),
    ]
    assert whole.reading.view.clock is Clock.EXACT


def test_shortened_events_are_not_taken_for_whole(read_one: Any) -> None:
    log = """recv {"type":"response.output_audio.delta","event_id":"e","delta":"<4800 bytes>"}
recv {"type":"response.done","response":{"status":"completed"}}
recv {"type":"response.output_text.delta","event_id":"e","delta":"..."}
send {"type":"input_audio_buffer.append","audio":"UklGRiQ..."}"""
    assert [event.whole for event in read_one(log).events] == [False, False, True, False]


@pytest.mark.parametrize(
    ("line", "type_", "sender"),
    [
        ("2026-02-03 09:11:00,101 - bot - DEBUG - > response.create", "response.create", CLIENT),
        ("2026-02-03 09:11:00,310 - bot - DEBUG - < response.output_audio.delta (9600 b64 chars)",
         "response.output_audio.delta", SERVER),
        ("2026-03-01T10:00:00Z pod-1 [call=A] recv session.created", "session.created", SERVER),
        ("2026-03-01T10:00:00Z my-app/pod-1 send response.create", "response.create", CLIENT),
    ],
)  # fmt: skip
def test_a_row_of_any_logger_is_one(line: str, type_: str, sender: Sender) -> None:
    assert names_in(line, sender_of) == [Name(type_, 1, sender)]


@pytest.mark.parametrize(
    "line",
    ["2026-03-01T10:00:00Z we never send response.create", "pod-1 of mine sends session.created",
     "10:00:01 the bot should then send response.create"],
)  # fmt: skip
def test_a_sentence_with_a_time_is_none(line: str) -> None:
    assert names_in(line, sender_of) == []
