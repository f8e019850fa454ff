"""How a call over WebRTC or SIP failed is read from consoles, logs and archives."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from rtdebug.api.diagnosing import diagnose, sender_of
from rtdebug.captures.formats import read
from rtdebug.model.records import Closed, Refused, Remark

BODY = '{"error":{"type":"invalid_request_error","code":"invalid_offer","message":"Bad offer."}}'


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("api.openai.com/v1/realtime/calls:1   Failed to load resource: the server responded with"
         " a status of 400 ()", 400),
        ("POST https://api.openai.com/v1/realtime/calls 400 (Bad Request)", 400),
        ("POST https://api.openai.com/v1/realtime?model=gpt-realtime 401 (Unauthorized)", 401),
        ('INFO httpx: HTTP Request: POST https://api.openai.com/v1/realtime/client_secrets'
         ' "HTTP/1.1 403 Forbidden"', 403),
        ("Error: POST /v1/realtime/calls/rtc_u1/accept failed with status 404", 404),
        (f"https://api.openai.com/v1/realtime/sessions -> 500 {BODY}", 500),
    ],
)  # fmt: skip
def test_a_refused_request_is_a_refusal_of_the_call(line: str, status: int, read_one: Any) -> None:
    (refused,) = [one for one in read_one(line).records if isinstance(one, Refused)]
    assert (refused.status, refused.transport) == (status, "webrtc")
    assert "/realtime" in (refused.url or "")


@pytest.mark.parametrize(
    "line",
    [
        "POST https://api.openai.com/v1/realtime/calls 201 (Created)",
        "POST /v1/realtime/calls took 400 ms",
        "iceConnectionState: connected",
        "Failed to execute 'setRemoteDescription' on 'RTCPeerConnection': Failed to parse it",
        "the peer connection of the database failed over in 12 s",
    ],
)
def test_other_words_of_a_call_are_remarks(line: str, read_one: Any) -> None:
    assert all(isinstance(one, Remark) for one in read_one(line).records)


@pytest.mark.parametrize(
    ("line", "transport"),
    [
        ("6/10/2025, 2:11:24 PM\ticeconnectionstatechange\tfailed", "webrtc"),
        ("PeerConnectionState: failed", "webrtc"),
        ("[pc] connection state changed to failed", "webrtc"),
        ("ICE connection failed", "webrtc"),
        ("data channel closed", "data-channel"),
        ("RTCErrorEvent {isTrusted: true, error: OperationError: User-Initiated Abort, "
         "reason=Close called, type: 'error'}", "data-channel"),
    ],
)  # fmt: skip
def test_the_end_of_a_call_names_its_transport(line: str, transport: str, read_one: Any) -> None:
    (closed,) = [one for one in read_one(line).records if isinstance(one, Closed)]
    assert closed.transport == transport
    assert not read_one(line).events


def test_an_archive_tells_of_the_refused_offer(read_log: Any) -> None:
    entry = {
        "startedDateTime": "2026-03-01T10:00:00Z",
        "request": {"method": "POST", "url": "https://api.openai.com/v1/realtime/calls"},
        "response": {"status": 400, "statusText": "Bad Request", "content": {"text": BODY}},
    }  # fmt: skip
    fine = {**entry, "response": {"status": 201, "statusText": "Created"}}
    (whole,) = read_log(json.dumps({"log": {"entries": [fine, entry]}}))
    (refused,) = whole.records
    assert (refused.status, refused.transport, refused.body) == (400, "webrtc", BODY)


ROWS = {
    "fields": [{"msg": "pc", "iceConnectionState": "checking"},
               {"msg": "pc", "iceConnectionState": "failed"}],
    "peer": [{"event": "state", "detail": {"connectionState": "connecting"}},
             {"event": "state", "detail": {"connectionState": "failed"}}],
    "events": [{"event": "oniceconnectionstatechange", "state": "checking"},
               {"event": "oniceconnectionstatechange", "state": "failed"}],
    "internals": [{"PeerConnections": {"1-1": {"url": "https://app.example/", "updateLog": [
        {"time": "10:00:00", "type": "iceConnectionStateChange", "value": "checking"},
        {"time": "10:00:15", "type": "iceconnectionstatechange", "value": "failed"}]}}}],
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_the_states_of_a_call_are_read_from_structured_logs(name: str) -> None:
    rows = "".join(json.dumps(row) + "\n" for row in ROWS[name])
    (reading,) = read(io.BytesIO(rows.encode()), sender_of=sender_of)
    (run,) = diagnose(reading, "a.log")
    assert [one.name for one in run.findings] == ["webrtc-connection-failed"]
    healthy = rows.replace("failed", "connected")
    (reading,) = read(io.BytesIO(healthy.encode()), sender_of=sender_of)
    (run,) = diagnose(reading, "a.log")
    assert run.findings == ()
