"""The mock over the loopback, with a real client."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from rtdebug.documents import parse_document
from rtdebug.errors import UsageError
from rtdebug.model.records import Closed, Event, Opened, Record, Sender, Undecodable
from rtdebug.packs.load import load_pack
from rtdebug.scenario.mock_reader import read_mock_script
from rtdebug.scenario.mock_script import MockScript
from rtdebug.scenario.vocabulary import vocabulary_of
from rtdebug.wire.mock import MockServer, Terms, serve_mock

PACK = load_pack("openai-realtime")
CHECK = vocabulary_of("openai-realtime").check_event
SOUND = base64.b64encode(b"\x00\x20\x00\xe0" * 1200).decode()  # 100 ms, loud


def script(text: str) -> MockScript:
    document = parse_document(text, "script.yaml")
    return read_mock_script(document.value, document.error)


class Client:
    """A connection to the mock; every event it reads must be one the pack knows."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, type_: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": type_, **fields}))

    async def read(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(await self.socket.recv())
        kind = PACK.kind(Sender.SERVER, event["type"])
        assert kind is not None, event["type"]
        assert kind.is_clean(event), kind.faults(event) or kind.unknown(event)
        return event

    async def until(self, type_: str) -> list[dict[str, Any]]:
        events = [await self.read()]
        while events[-1]["type"] != type_:
            events.append(await self.read())
        return events


@asynccontextmanager
async def talking(mock: MockServer, **options: Any) -> AsyncIterator[Client]:
    async with connect(mock.url, proxy=None, **options) as socket:
        yield Client(socket)


def run(test: Coroutine[Any, Any, None]) -> None:
    async def within() -> None:
        async with asyncio.timeout(10):
            await test
        others = asyncio.all_tasks() - {asyncio.current_task()}
        assert not others, "the mock left tasks behind"

    asyncio.run(within())


def test_a_text_turn_over_the_socket() -> None:
    async def test() -> None:
        async with (
            serve_mock(script("reply: {text: Good day}"), check_event=CHECK) as mock,
            talking(mock) as client,
        ):
            assert mock.url == f"ws://127.0.0.1:{mock.port}/v1/realtime"
            created = await client.read()
            assert created["type"] == "session.created"
            await client.send(
                "session.update", session={"type": "realtime", "output_modalities": ["text"]}
            )
            await client.send("response.create")
            events = await client.until("rate_limits.updated")
            text = "".join(e["delta"] for e in events if e["type"] == "response.output_text.delta")
            assert text == "Good day"
            await client.send("session.update", session={"voice": "x"}, event_id="old")
            error = await client.read()
            assert error["error"]["event_id"] == "old"

    run(test())


@pytest.mark.parametrize(
    "path",
    [
        "/v1/realtime?model=gpt-realtime-mini",
        "/openai/v1/realtime?model=mine&x=y",
        "/openai/realtime?api-version=2025-04-01-preview&deployment=mine",
        "/voice-live/realtime?api-version=1&model=mine",
        "/realtime",
        "/",
    ],
)
def test_paths_of_all_known_clients_are_served(path: str) -> None:
    async def test() -> None:
        async with (
            serve_mock() as mock,
            connect(
                mock.url.replace("/v1/realtime", path),
                proxy=None,
                origin=f"http://127.0.0.1:{mock.port}",  # some libraries send the server's own
            ) as socket,
        ):
            session = json.loads(await socket.recv())["session"]
            wanted = "mine" if "mine" in path else None
            wanted = "gpt-realtime-mini" if "mini" in path else wanted
            assert session["model"] == (wanted or "gpt-realtime")

    run(test())


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Origin": "https://page.example"}, 403), ({"Host": "page.example"}, 421)],
)
def test_a_page_of_somebody_else_is_not_let_in(headers: dict[str, str], status: int) -> None:
    async def test() -> None:
        async with serve_mock() as mock:
            with pytest.raises(InvalidStatus) as caught:
                await connect(mock.url, proxy=None, additional_headers=headers)
            assert caught.value.response.status_code == status

    run(test())


def test_no_more_connections_than_the_most() -> None:
    async def test() -> None:
        async with serve_mock(terms=Terms(most=1)) as mock, talking(mock) as client:
            await client.until("session.created")
            with pytest.raises(InvalidStatus) as caught:
                await connect(mock.url, proxy=None)
            assert caught.value.response.status_code == 503

    run(test())


def test_other_paths_are_not_found() -> None:
    async def test() -> None:
        async with serve_mock() as mock:
            for path in ("/v1/responses", "//v1/realtime", "/v1/realtime/translations"):
                with pytest.raises(InvalidStatus) as caught:
                    await connect(mock.url.replace("/v1/realtime", path), proxy=None)
                assert caught.value.response.status_code == 404
                error = json.loads(caught.value.response.body)["error"]
                assert "/v1/realtime" in error["message"]
            assert mock.connections == 0

    run(test())


def test_the_subprotocol_with_the_key_is_never_chosen() -> None:
    async def test() -> None:
        async with serve_mock() as mock:
            offered = ["realtime", "openai-insecure-api-key.sk-secret1234"]
            async with talking(mock, subprotocols=offered) as client:
                assert client.socket.subprotocol == "realtime"
            async with talking(mock, subprotocols=offered[1:]) as client:
                assert client.socket.subprotocol is None

    run(test())


def test_compression_is_off_unless_asked_for() -> None:
    async def test() -> None:
        for compression in (None, "deflate"):
            async with (
                serve_mock(compression=compression) as mock,
                talking(mock, compression="deflate") as client,
            ):
                assert bool(client.socket.protocol.extensions) is (compression is not None)
                assert (await client.read())["type"] == "session.created"

    run(test())


def test_a_refused_upgrade_has_status_headers_and_body() -> None:
    async def test() -> None:
        mock_script = script(
            "refuse: {status: 429, headers: {Retry-After: '20'}, body: '{\"error\": {}}'}"
        )
        async with serve_mock(mock_script) as mock:
            with pytest.raises(InvalidStatus) as caught:
                await connect(mock.url, proxy=None)
            response = caught.value.response
            assert response.status_code == 429
            assert response.headers["Retry-After"] == "20"
            assert response.headers["Content-Type"] == "application/json"
            assert bytes(response.body or b"") == b'{"error": {}}'

    run(test())


@pytest.mark.parametrize(
    ("close", "code", "reason"),
    [
        ("{after: session.created, code: 4004, reason: gone}", 4004, "gone"),
        ("{on: response.create, code: 1011}", 1011, ""),
        ("{after: session.created, abort: true}", None, None),
    ],
)
def test_closes_are_the_scripts(close: str, code: int | None, reason: str | None) -> None:
    async def test() -> None:
        async with serve_mock(script(f"close: {close}")) as mock, talking(mock) as client:
            await client.read()
            with contextlib.suppress(ConnectionClosed):
                await client.send("response.create")
            with pytest.raises(ConnectionClosed) as caught:
                await client.read()
            frame = caught.value.rcvd
            assert (frame and frame.code, frame and frame.reason) == (code, reason)

    run(test())


def test_a_stalled_server_still_answers_pings() -> None:
    async def test() -> None:
        async with (
            serve_mock(script("stall: {after: response.created}")) as mock,
            talking(mock) as client,
        ):
            await client.send("response.create")
            await client.until("response.created")
            await (await client.socket.ping())
            await client.send("response.cancel")
            events = await client.until("response.done")
            assert events[-1]["response"]["status"] == "cancelled"

    run(test())


def test_a_silent_server_says_nothing() -> None:
    async def test() -> None:
        async with serve_mock(script("silent: true")) as mock, talking(mock) as client:
            await client.send("response.create")
            await (await client.socket.ping())
            await client.socket.close()
            with pytest.raises(ConnectionClosed):
                await client.socket.recv()

    run(test())


def test_raw_messages_go_out_as_they_stand() -> None:
    async def test() -> None:
        mock_script = script("raw: [{on: connect, data: '{\"a'}, {on: connect, binary: AAE=}]")
        async with serve_mock(mock_script) as mock, talking(mock) as client:
            assert await client.socket.recv() == '{"a'
            assert await client.socket.recv() == b"\0\1"

    run(test())


def test_binary_and_broken_messages_leave_the_session_open() -> None:
    async def test() -> None:
        async with serve_mock() as mock, talking(mock) as client:
            await client.read()
            for data, code in (
                (b"\0\1", "invalid_event"),
                ("{", "invalid_json"),
                ("1", "invalid_event"),
            ):
                await client.socket.send(data)
                assert (await client.read())["error"]["code"] == code

    run(test())


def test_pipelined_audio_is_taken_without_being_read_meanwhile() -> None:
    async def test() -> None:
        mock_script = script("reply: {audio: {transcript: Hi, duration: 3s}}")
        async with serve_mock(mock_script, check_event=CHECK) as mock, talking(mock) as client:
            for _ in range(20):
                await client.send("input_audio_buffer.append", audio=SOUND)
            silence = base64.b64encode(bytes(48 * 500)).decode()
            await client.send("input_audio_buffer.append", audio=silence)
            for _ in range(400):
                await client.send("input_audio_buffer.append", audio=silence)
            events = await client.until("response.done")
            assert events[-1]["response"]["status"] == "completed"

    run(test())


def test_connections_have_their_own_session_and_ids() -> None:
    async def test() -> None:
        async with serve_mock() as mock, talking(mock) as one, talking(mock) as two:
            first, second = await one.read(), await two.read()
            assert first["event_id"] != second["event_id"]
            assert first["session"]["id"] != second["session"]["id"]
            assert mock.connections == 2

    run(test())


class Kept:
    """A hallway that keeps what walks through it."""

    deadline = 0.05

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.woken: list[float] = []

    def decode(
        self, data: str | bytes, at: float, sender: Sender, *, binary: bool = False
    ) -> Event | Undecodable:
        if binary:
            return Undecodable(0, at, sender, data, "binary")
        payload = json.loads(data)
        return Event(0, at, sender, payload["type"], payload)

    def observe(self, record: Record) -> None:
        self.records.append(record)

    def advance(self, at: float) -> None:
        self.woken.append(at)
        self.deadline = float("inf")


def last_session(mock: MockServer) -> Kept:
    kept = mock.sessions[-1]
    assert isinstance(kept, Kept)
    return kept


def last_record(mock: MockServer) -> Record | None:
    records = last_session(mock).records
    return records[-1] if records else None


async def until(seen: Callable[[], bool]) -> None:
    """Lets the loop turn until something was seen; the test's own limit ends it otherwise."""
    while not seen():
        await asyncio.sleep(0)


def test_every_record_walks_through_the_hallway_as_it_came() -> None:
    async def test() -> None:
        async with serve_mock(hallway=Kept) as mock:
            async with talking(
                mock, additional_headers={"Authorization": "Bearer sk-verysecret123"}
            ) as client:
                await client.read()
                await client.send("conversation.item.delete", item_id="sk-verysecret123")
                await client.read()
                await until(lambda: bool(last_session(mock).woken))
                await client.socket.close(1000, "done")
            await until(lambda: isinstance(last_record(mock), Closed))
        kept = last_session(mock)
        opened, created, deleted, error, closed = kept.records
        assert isinstance(opened, Opened)
        assert opened.url == mock.url
        assert dict(opened.headers)["Authorization"] == "Bearer sk-verysecret123"
        assert [(e.sender, e.type) for e in (created, deleted, error) if isinstance(e, Event)] == [
            (Sender.SERVER, "session.created"),
            (Sender.CLIENT, "conversation.item.delete"),
            (Sender.SERVER, "error"),
        ]
        assert "verysecret" in repr(deleted)
        assert closed == Closed(closed.at, 1000, "done", Sender.CLIENT)
        times = [record.at for record in kept.records]
        assert times == sorted(times)
        assert len(kept.woken) == 1
        assert kept.woken[0] >= 0.05

    run(test())


@pytest.mark.parametrize(
    ("text", "end", "code", "sender"),
    [
        ("close: {after: session.created, code: 4001}", None, 4001, Sender.SERVER),
        ("close: {after: session.created, abort: true}", None, 1006, Sender.SERVER),
        ("{}", "drop", 1006, Sender.CLIENT),
    ],
)
def test_the_record_says_who_ended_it(
    text: str, end: str | None, code: int, sender: Sender
) -> None:
    async def test() -> None:
        async with serve_mock(script(text), hallway=Kept) as mock:
            async with talking(mock) as client:
                await client.read()
                if end == "drop":
                    client.socket.transport.abort()
                await client.socket.wait_closed()
            await until(lambda: isinstance(last_record(mock), Closed))
        closed = last_record(mock)
        assert isinstance(closed, Closed)
        assert (closed.code, closed.sender) == (code, sender)

    run(test())


def test_leaving_closes_open_connections() -> None:
    async def test() -> None:
        async with serve_mock(script("stall: {after: response.created}")) as mock:
            sockets = [await connect(mock.url, proxy=None) for _ in range(5)]
            for socket in sockets:
                await socket.recv()
        for socket in sockets:
            with pytest.raises(ConnectionClosed) as caught:
                await socket.recv()
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1001

    run(test())


def test_a_port_in_use_is_a_usage_error() -> None:
    async def test() -> None:
        async with serve_mock() as mock:
            with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1:{mock.port}"):
                async with serve_mock(port=mock.port):
                    pass

    run(test())


def test_a_bug_in_a_conversation_is_told_when_serving_ends() -> None:
    def broken(_payload: dict[str, Any]) -> list[Any]:
        raise ZeroDivisionError

    async def test() -> None:
        async with serve_mock(check_event=broken) as mock, talking(mock) as client:
            await client.read()
            await client.send("response.create")
            with pytest.raises(ConnectionClosed) as caught:
                await client.read()
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1011

    with pytest.raises(ZeroDivisionError):
        run(test())


def test_tls_is_served_with_a_context() -> None:
    import ssl

    import trustme

    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    client_side = ssl.create_default_context()
    authority.configure_trust(client_side)

    async def test() -> None:
        async with serve_mock(ssl=server, hallway=Kept) as mock:
            assert mock.url.startswith("wss://")
            async with talking(mock, ssl=client_side) as client:
                assert (await client.read())["type"] == "session.created"
            opened = last_session(mock).records[0]
            assert isinstance(opened, Opened)
            assert opened.url == mock.url

    run(test())


def test_importing_the_mock_does_not_import_websockets() -> None:
    import subprocess
    import sys

    code = "import sys, rtdebug.wire.mock; print('websockets' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
