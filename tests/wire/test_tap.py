"""What crosses a relay arrives as it was sent, and its record says what crossed."""

import asyncio
import json
import os

import pytest
from relay_lab import ask, echo, raw_server, relaying, websocket_server
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Opened,
    Refused,
    Sender,
    Step,
    Undecodable,
    Unjudged,
    Violation,
)

SIZES = (0, 1, 125, 126, 127, 65_535, 65_536, 300_000)
SDK = {"compression": None, "max_size": None}
HELLO = json.dumps({"type": "session.created", "event_id": "event_1"})


def text(size):
    return ("größe→" * (size // 6 + 1))[:size]


@pytest.mark.parametrize("compression", [None, "deflate"])
def test_messages_of_all_sizes_and_kinds_cross_unchanged_both_ways(compression):
    said = [text(size) for size in SIZES] + [os.urandom(size) for size in SIZES]

    async def run():
        heard, back = [], []

        async def answer(connection):
            async for message in connection:
                heard.append(message)
                await connection.send(message)

        async with (
            websocket_server(answer, compression=compression) as upstream,
            relaying(upstream) as lab,
            connect(f"{lab.url}/v1", compression=compression, max_size=None) as app,
        ):
            for message in said:
                await app.send(message)
                back.append(await app.recv())
            await app.close()
            return heard, back, await lab.over()

    heard, back, seen = asyncio.run(run())
    assert heard == back == said
    assert seen.texts(Sender.CLIENT) == seen.texts(Sender.SERVER) == said
    assert seen.ending.failure is None
    assert seen.ending.notes == ()


def test_fragments_cross_as_fragments_and_are_judged_as_one_message():
    async def run():
        frames = []

        async def answer(connection):
            async for piece in connection.recv_streaming():
                frames.append(piece)
            await connection.send(iter(['{"type": "session', ".created", '"}']))

        async with (
            websocket_server(answer) as upstream,
            relaying(upstream) as lab,
            connect(lab.url, **SDK) as app,
        ):
            await app.send(iter(["one", "two", "three"]))
            pieces = [piece async for piece in app.recv_streaming()]
            with pytest.raises(ConnectionClosed):
                await app.recv()
            return frames, pieces, await lab.over()

    frames, pieces, seen = asyncio.run(run())
    assert frames == ["one", "two", "three", ""]
    assert pieces == ['{"type": "session', ".created", '"}', ""]
    assert seen.texts(Sender.CLIENT) == ["onetwothree"]
    assert [r.type for r in seen.written if isinstance(r, Event)] == ["session.created"]


def test_path_query_subprotocol_and_headers_reach_the_server():
    sent = {
        "Authorization": "Bearer sk-canary000000",
        "api-key": "canary-azure-key",
        "OpenAI-Beta": "realtime=v1",
        "x-goog-api-key": "canary-goog",
        "Cookie": "session=canary-cookie",
        "Proxy-Authorization": "Basic canary",
    }

    async def run():
        got = []

        async def answer(connection):
            got.append(connection.request)
            got.append(connection.subprotocol)

        async with (
            websocket_server(answer, subprotocols=["realtime"]) as upstream,
            relaying(upstream) as lab,
            connect(
                f"{lab.url}//v1/realtime?model=gpt%20x&a=b&a=c",
                additional_headers=sent,
                user_agent_header="app/1.0",
                subprotocols=["other", "realtime"],
                **SDK,
            ) as app,
        ):
            assert app.subprotocol == "realtime"
            await app.wait_closed()
            return got, await lab.over(), upstream

    (request, subprotocol), seen, upstream = asyncio.run(run())
    assert request.path == "//v1/realtime?model=gpt%20x&a=b&a=c"
    assert subprotocol == "realtime"
    for name in ("Authorization", "api-key", "OpenAI-Beta", "x-goog-api-key"):
        assert request.headers[name] == sent[name]
    assert request.headers["User-Agent"] == "app/1.0"
    assert request.headers["Host"] == upstream.removeprefix("ws://")
    assert "Cookie" not in request.headers
    assert "Proxy-Authorization" not in request.headers
    opened = seen.written[0]
    assert isinstance(opened, Opened)
    assert opened.subprotocol == "realtime"
    assert opened.url == f"{upstream}//v1/realtime?model=gpt%20x&a=b&a=c"
    assert "canary" not in str(seen)
    assert seen.ending.notes == (
        "headers that did not pass (--pass-header NAME lets one): cookie, proxy-authorization",
    )


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (4001, "vorbei"), (1011, "a" * 123)])
@pytest.mark.parametrize("who", [Sender.CLIENT, Sender.SERVER])
def test_close_codes_and_reasons_cross_and_are_recorded(code, reason, who):
    async def run():
        ends = asyncio.Queue()

        async def answer(connection):
            if who is Sender.SERVER:
                await connection.close(code, reason)
            await connection.wait_closed()
            await ends.put((connection.close_code, connection.close_reason))

        async with (
            websocket_server(answer) as upstream,
            relaying(upstream) as lab,
            connect(lab.url, **SDK) as app,
        ):
            if who is Sender.CLIENT:
                await app.close(code, reason)
            await app.wait_closed()
            seen = await lab.over()
            return (app.close_code, app.close_reason), await ends.get(), seen.last()

    app, server, closed = asyncio.run(run())
    assert app == server == (code, reason)
    assert isinstance(closed, Closed)
    assert (closed.code, closed.reason, closed.sender) == (code, reason, who)


@pytest.mark.parametrize("who", [Sender.CLIENT, Sender.SERVER])
def test_a_connection_that_is_dropped_ends_for_both_and_says_who(who):
    async def run():
        gone = asyncio.Event()

        async def answer(connection):
            await connection.send(HELLO)
            if who is Sender.SERVER:
                connection.transport.abort()
            await connection.wait_closed()
            assert connection.close_code == 1006
            gone.set()

        async with (
            websocket_server(answer) as upstream,
            relaying(upstream) as lab,
            connect(lab.url, **SDK) as app,
        ):
            assert await app.recv() == HELLO
            if who is Sender.CLIENT:
                app.transport.abort()
            await app.wait_closed()
            assert app.close_code == 1006
            await gone.wait()
            return await lab.over()

    seen = asyncio.run(run())
    closed = seen.last()
    assert isinstance(closed, Closed)
    assert (closed.code, closed.sender) == (1006, who)
    assert seen.texts(Sender.SERVER) == [HELLO]


def test_what_was_sent_before_a_reset_arrives():
    async def run():
        async def answer(connection):
            for number in range(3):
                await connection.send(f"message {number}")
            sock = connection.transport.get_extra_info("socket")
            sock.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # SO_LINGER 0: close by a reset
            connection.transport.abort()

        async with (
            websocket_server(answer) as upstream,
            relaying(upstream) as lab,
            connect(lab.url, **SDK) as app,
        ):
            heard = [await app.recv() for _ in range(3)]
            with pytest.raises(ConnectionClosed):
                await app.recv()
            return heard, await lab.over()

    heard, seen = asyncio.run(run())
    assert heard == seen.texts(Sender.SERVER) == ["message 0", "message 1", "message 2"]


def test_pings_go_through_to_the_other_end():
    async def run():
        async with (
            websocket_server(echo, ping_interval=None) as upstream,
            relaying(upstream) as lab,
            connect(lab.url, ping_interval=None, **SDK) as app,
        ):
            pong = await app.ping(b"payload of my own")
            await pong
            await app.close()
            return await lab.over()

    seen = asyncio.run(run())
    assert seen.texts(Sender.CLIENT) == []
    assert seen.ending.notes == ()


def test_a_reader_that_stops_slows_the_sender_down_and_gets_everything():
    count, message = 40, "x" * (1 << 20)

    async def run():
        stuck = asyncio.Event()

        async def answer(connection):
            for _ in range(count):
                sending = asyncio.ensure_future(connection.send(message))
                _, waiting = await asyncio.wait({sending}, timeout=0.1)
                if waiting:
                    stuck.set()
                await sending

        async with (
            websocket_server(answer) as upstream,
            relaying(upstream) as lab,
            connect(lab.url, max_queue=1, **SDK) as app,
        ):
            async with asyncio.timeout(5):
                await stuck.wait()
            heard = [await app.recv() for _ in range(count)]
            await app.wait_closed()
            return heard, await lab.over()

    heard, seen = asyncio.run(run())
    assert heard == [message] * count
    assert len(seen.texts(Sender.SERVER)) == count


def test_text_that_is_not_utf8_crosses_and_is_told():
    async def run():
        broken = Frame(Opcode.TEXT, b"ab\xff").serialize(mask=False)

        async def answer(connection):
            connection.transport.write(broken)
            await connection.wait_closed()

        async with (
            websocket_server(answer) as upstream,
            relaying(upstream) as lab,
            connect(lab.url, **SDK) as app,
        ):
            with pytest.raises(ConnectionClosed) as caught:
                await app.recv()
            return caught.value.sent.code, await lab.over()

    code, seen = asyncio.run(run())
    assert code == 1007
    record = seen.written[1]
    assert isinstance(record, Undecodable)
    assert record.data == b"ab\xff"
    assert "byte 2" in record.reason
    assert seen.last().code == 1007


def test_frames_that_break_the_protocol_cross_and_end_the_reading_only():
    async def run():
        async def answer(connection):
            await connection.send(HELLO)
            connection.transport.write(b"\x83\x03abc")
            await connection.wait_closed()

        async with (
            websocket_server(answer) as upstream,
            relaying(upstream) as lab,
            connect(lab.url, **SDK) as app,
        ):
            assert await app.recv() == HELLO
            with pytest.raises(ConnectionClosed) as caught:
                await app.recv()
            return caught.value.sent.code, await lab.over()

    code, seen = asyncio.run(run())
    assert code == 1002
    (violation,) = [one for one in seen.written if isinstance(one, Violation)]
    assert (violation.sender, violation.kind) == (Sender.SERVER, "reserved-opcode")
    assert violation.detail.endswith("(RFC 6455, 5.2): 3")
    assert seen.ending.failure is None
    assert (seen.last().code, seen.last().sender) == (1002, Sender.CLIENT)


def test_a_frame_cut_by_the_end_is_told():
    async def run():
        async def answer(connection):
            await connection.send(HELLO)
            connection.transport.write(b"\x81\x7e\x01\x00half")
            connection.transport.close()

        async with (
            websocket_server(answer) as upstream,
            relaying(upstream) as lab,
            connect(lab.url, **SDK) as app,
        ):
            await app.recv()
            await app.wait_closed()
            return await lab.over()

    seen = asyncio.run(run())
    assert "252 bytes were missing" in seen.last().reason


def test_what_the_server_says_with_its_answer_is_not_lost():
    async def run():
        async def answer(reader, writer):
            head = await reader.readuntil(b"\r\n\r\n")
            key = next(
                line
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"sec-websocket-key")
            )
            from websockets.utils import accept_key

            accept = accept_key(key.partition(b":")[2].strip().decode())
            writer.write(
                f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Set-Cookie: a=b\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode()
                + Frame(Opcode.TEXT, HELLO.encode()).serialize(mask=False)
            )
            await reader.read()

        async with (
            raw_server(answer) as upstream,
            relaying(upstream) as lab,
            connect(lab.url, close_timeout=0.1, **SDK) as app,
        ):
            heard = await app.recv()
            cookie = app.response.headers.get("Set-Cookie")
            await app.close()
            return heard, cookie, await lab.over()

    heard, cookie, seen = asyncio.run(run())
    assert heard == HELLO
    assert cookie is None
    assert seen.texts(Sender.SERVER) == [HELLO]


def test_a_refusal_reaches_the_app_whole_and_becomes_a_record():
    body = b'{"error": {"message": "Incorrect API key provided: sk-canary00001", "code": "invalid_api_key"}}'

    async def run():
        async def answer(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(
                b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nX-Request-Id: req_1\r\n"
                b"Set-Cookie: a=b\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
            )
            await reader.read()  # a server that keeps the connection open

        async with raw_server(answer) as upstream, relaying(upstream) as lab:
            with pytest.raises(InvalidStatus) as caught:
                await connect(f"{lab.url}/v1/realtime", **SDK)
            return caught.value.response, await lab.over()

    response, seen = asyncio.run(run())
    assert (response.status_code, bytes(response.body)) == (401, body)
    assert response.headers["X-Request-Id"] == "req_1"
    assert "Set-Cookie" not in response.headers
    (refused,) = seen.written
    assert isinstance(refused, Refused)
    assert (refused.step, refused.status) == (Step.UPGRADE, 401)
    assert "invalid_api_key" in refused.body
    assert "canary" not in str(refused)
    assert seen.ending.judged.refused == refused


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Transfer-Encoding: chunked", b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"),
        ("Connection: close", b"hello!"),
    ],
)
def test_a_refusal_ends_where_its_body_ends(head, body):
    async def run():
        async def answer(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(f"HTTP/1.1 503 Busy\r\n{head}\r\n\r\n".encode() + body)
            if "close" not in head:
                await reader.read()

        async with raw_server(answer) as upstream, relaying(upstream) as lab:
            with pytest.raises(InvalidStatus) as caught:
                await connect(lab.url, **SDK)
            return caught.value.response, await lab.over()

    response, seen = asyncio.run(run())
    assert bytes(response.body) == b"hello!"
    assert seen.written[0].body == "hello!"


def test_a_server_that_cannot_be_reached_is_answered_for():
    async def run():
        async with relaying("ws://127.0.0.1:1") as lab:
            with pytest.raises(InvalidStatus) as caught:
                await connect(lab.url, **SDK)
            return caught.value.response, await lab.over()

    response, seen = asyncio.run(run())
    error = json.loads(bytes(response.body))["error"]
    assert response.status_code == 502
    assert error["code"] == "upstream-tcp"
    assert "refused" in error["message"]
    assert seen.written[0].step is Step.TCP


@pytest.mark.parametrize(
    ("answer", "seen_text"),
    [(b"", "closed"), (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "no valid HTTP"), (b"HTTP/1.1 1", "HTTP")],
)
def test_an_answer_that_is_none_is_answered_for(answer, seen_text):
    async def run():
        async def say(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)

        async with raw_server(say) as upstream, relaying(upstream) as lab:
            with pytest.raises(InvalidStatus) as caught:
                await connect(lab.url, **SDK)
            return caught.value.response, await lab.over()

    response, seen = asyncio.run(run())
    assert response.status_code == 502
    assert seen.written[0].step is Step.UPGRADE
    assert seen_text in seen.written[0].text


def test_a_server_that_never_answers_is_answered_for_in_time():
    async def run():
        async def say(reader, writer):
            await reader.read()

        async with raw_server(say) as upstream, relaying(upstream, handshake=0.1) as lab:
            with pytest.raises(InvalidStatus) as caught:
                await connect(lab.url, **SDK)
            return caught.value.response.status_code, await lab.over()

    status, seen = asyncio.run(run())
    assert status == 502
    assert "within 0.1 s" in seen.written[0].text


def test_compression_can_be_kept_out():
    async def run():
        async with (
            websocket_server(echo, compression="deflate") as upstream,
            relaying(upstream, compression=False) as lab,
            connect(lab.url, compression="deflate") as app,
        ):
            await app.send("hello")
            return await app.recv(), app.response.headers.get("Sec-WebSocket-Extensions")

    assert asyncio.run(run()) == ("hello", None)


def test_an_extension_nobody_knows_is_carried_unread():
    async def run():
        async def answer(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Extensions: x-own\r\n\r\n\x99\x99\x99"
            )
            writer.write(await reader.readexactly(4))

        async with raw_server(answer) as upstream, relaying(upstream) as lab:
            head = f"GET / HTTP/1.1\nHost: {lab.host}:{lab.port}\nUpgrade: websocket\nConnection: Upgrade\n"
            data = await ask(lab, head, b"\1\2\3\4")
            return data, await lab.over()

    data, seen = asyncio.run(run())
    assert data.endswith(b"\r\n\r\n\x99\x99\x99\1\2\3\4")
    violations = [one.kind for one in seen.written if isinstance(one, Violation)]
    assert violations == ["extension-not-offered"]
    unread = [one for one in seen.written if isinstance(one, Unjudged)]
    assert [one.sender for one in unread] == [Sender.CLIENT, Sender.SERVER]
    assert all("unknown extension x-own" in one.why for one in unread)
    assert isinstance(seen.last(), Closed)


def test_a_bug_in_judging_ends_the_judging_only():
    class Bug(Exception):
        pass

    class Broken:
        deadline = float("inf")

        def decode(self, data, at, sender, *, binary=False):
            raise Bug

        def observe(self, record):
            return ()

        receive = decode

    async def run():
        async with (
            websocket_server(echo) as upstream,
            relaying(upstream, session=Broken) as lab,
            connect(lab.url, **SDK) as app,
        ):
            back = []
            for number in range(3):
                await app.send(str(number))
                back.append(await app.recv())
            await app.close()
            return back, await lab.over()

    back, seen = asyncio.run(run())
    assert back == ["0", "1", "2"]
    assert isinstance(seen.ending.failure, Bug)
    assert seen.ending.judged is None


def test_every_connection_has_a_session_of_its_own():
    async def run():
        async with websocket_server(echo) as upstream, relaying(upstream) as lab:
            apps = [await connect(f"{lab.url}/{number}", **SDK) for number in range(5)]
            for number, app in enumerate(apps):
                await app.send(f"of {number}")
            for app in apps:
                await app.recv()
                await app.close()
            await lab.over(5)
            return lab.connections

    connections = asyncio.run(run())
    assert [seen.arrival.number for seen in connections] == [1, 2, 3, 4, 5]
    for number, seen in enumerate(connections):
        assert seen.texts(Sender.CLIENT) == seen.texts(Sender.SERVER) == [f"of {number}"]
        assert [r.seq for r in seen.written if hasattr(r, "seq")] == [1, 2]


def test_stopping_finishes_every_record_and_drops_the_connection():
    async def run():
        async with websocket_server(echo) as upstream, relaying(upstream) as lab:
            app = await connect(lab.url, **SDK)
            await app.send("hello")
            await app.recv()
            lab.stop.set()
            await lab.task
            seen = lab.connections[0]
            assert seen.over.is_set()
            await app.wait_closed()
            return app.close_code, seen

    code, seen = asyncio.run(run())
    assert code == 1006
    assert isinstance(seen.last(), Ended)
    assert seen.last().reason == "interrupted"
    assert seen.texts(Sender.SERVER) == ["hello"]


def test_stopping_in_the_middle_of_a_handshake_tells_everyone():
    async def run():
        async def say(reader, writer):
            await reader.read()

        async with raw_server(say) as upstream, relaying(upstream) as lab:
            opening = asyncio.ensure_future(connect(lab.url, **SDK).__aenter__())
            while not lab.connections:
                await asyncio.sleep(0)
            lab.stop.set()
            await lab.task
            await asyncio.gather(opening, return_exceptions=True)
            return lab.connections[0]

    seen = asyncio.run(run())
    assert seen.over.is_set()
    assert [type(record) for record in seen.written] == [Ended]
