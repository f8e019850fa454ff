"""Who may use a relay's port, and what becomes of plain HTTP requests."""

import asyncio
import errno
import json

import pytest
from relay_lab import ask, echo, raw_server, relaying, websocket_server
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from rtdebug.errors import UnreadableError, UsageError
from rtdebug.wire.listen import ListenOptions, refuse_exposure

SDK = {"compression": None, "max_size": None}


def status_of(data):
    return int(data.split(b" ", 2)[1])


def body_of(data):
    return data.partition(b"\r\n\r\n")[2]


async def keep(reader, writer, heads):
    """Answer one plain request with its own body, chunked as it came."""
    head = await reader.readuntil(b"\r\n\r\n")
    heads.append(head.decode())
    body = await reader.readexactly(11)
    writer.write(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\n"
        b"Content-Length: 11\r\nX-Request-Id: req_9\r\n\r\n" + body
    )


def test_a_plain_request_goes_to_the_same_upstream_with_its_body():
    async def run():
        heads = []
        async with (
            raw_server(lambda r, w: keep(r, w, heads)) as upstream,
            relaying(f"{upstream}/base") as lab,
        ):
            data = await ask(
                lab,
                f"POST /v1/realtime/client_secrets?x=1 HTTP/1.1\nHost: {lab.host}:{lab.port}\n"
                f"Authorization: Bearer sk-canary0000\nCookie: c=canary\nContent-Length: 11\n"
                f"Content-Type: application/json\nOpenAI-Project: proj_1\nConnection: keep-alive\n",
                b'{"a": "bc"}',
            )
        return heads[0], data, lab.notes, lab.connections

    head, data, notes, connections = asyncio.run(run())
    lines = head.split("\r\n")
    assert lines[0] == "POST /base/v1/realtime/client_secrets?x=1 HTTP/1.1"
    assert "Authorization: Bearer sk-canary0000" in lines
    assert "OpenAI-Project: proj_1" in lines
    assert "Content-Type: application/json" in lines
    assert "Connection: close" in lines
    assert "Cookie" not in head
    assert data.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n")
    assert b"X-Request-Id: req_9" in data
    assert b"Set-Cookie" not in data
    assert data.endswith(b'\r\n\r\n{"a": "bc"}')
    assert notes == ["POST /v1/realtime/client_secrets: the upstream answered 200"]
    assert connections == []


def test_an_answer_that_is_no_http_crosses_as_it_is():
    async def run():
        async def say(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"220 smtp ready\r\n\r\n")

        async with raw_server(say) as upstream, relaying(upstream) as lab:
            return await ask(lab, f"GET / HTTP/1.1\nHost: {lab.host}:{lab.port}\n"), lab.notes

    data, notes = asyncio.run(run())
    assert data == b"220 smtp ready\r\n\r\n"
    assert notes == ["GET /: the upstream never answered"]


def test_a_plain_request_to_a_server_that_is_down_gets_a_502():
    async def run():
        async with relaying("ws://127.0.0.1:1") as lab:
            return await ask(lab, f"GET /v1/models HTTP/1.1\nHost: {lab.host}:{lab.port}\n")

    data = asyncio.run(run())
    assert status_of(data) == 502
    assert json.loads(body_of(data))["error"]["code"] == "upstream-tcp"


@pytest.mark.parametrize(
    ("host", "headers", "status"),
    [
        ("127.0.0.1", "", 101),
        ("127.0.0.1", "Origin: http://localhost:3000\n", 101),
        ("127.0.0.1", "Origin: https://evil.example\n", 403),
        ("127.0.0.1", "Origin: null\n", 403),
        ("rebound.example", "", 421),
        ("localhost", "", 101),
        ("[::1]", "", 101),
        ("me.localhost", "", 101),
        ("127.0.0.1", "Host: evil.example\n", 421),
    ],
)
def test_host_and_origin_decide_who_may_connect(host, headers, status):
    options = ListenOptions(origins=("http://LOCALHOST:3000",))

    async def run():
        async with websocket_server(echo) as upstream, relaying(upstream, options=options) as lab:
            reader, writer = await asyncio.open_connection(lab.host, lab.port)
            writer.write(
                f"GET /v1 HTTP/1.1\nHost: {host}:{lab.port}\nUpgrade: websocket\nConnection: Upgrade\n"
                f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n{headers}\n"
                .replace("\n", "\r\n").encode()
            )  # fmt: skip
            head = await reader.readuntil(b"\r\n\r\n")
            writer.close()
        return status_of(head), lab.notes, lab.connections

    found, notes, connections = asyncio.run(run())
    assert found == status
    assert bool(notes) == (status != 101) == (not connections)


def test_the_ipv6_loopback_serves_as_well():
    async def run():
        async with websocket_server(echo) as upstream, relaying(upstream, host="::1") as lab:
            async with connect(f"ws://[::1]:{lab.port}/", **SDK) as app:
                await app.send("hello")
                back = await app.recv()
            with pytest.raises(InvalidStatus) as caught:
                await connect(f"ws://[::1]:{lab.port}/", origin="http://[::2]:80", **SDK)
            return back, caught.value.response.status_code

    assert asyncio.run(run()) == ("hello", 403)


def test_the_ports_own_address_as_origin_is_welcome():
    async def run():
        async with (
            websocket_server(echo) as upstream,
            relaying(upstream) as lab,
            connect(lab.url, origin=f"http://127.0.0.1:{lab.port}", **SDK) as app,
        ):
            await app.send("hello")
            return await app.recv()

    assert asyncio.run(run()) == "hello"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("CONNECT evil.example:443 HTTP/1.1\nHost: HERE\n", 400),
        ("GET http://evil.example/ HTTP/1.1\nHost: HERE\n", 400),
        ("GET /\n", 400),
        ("GET / HTTP/1.1\nHost: HERE\nBad Name: x\n", 400),
        ("GET / HTTP/1.1\nHost: HERE\nX: " + "a" * 9_000 + "\n", 431),
        ("GET / HTTP/1.1\nHost: HERE\n" + "X: a\n" * 200, 431),
        ("GET / HTTP/1.1\n", 421),
    ],
)
def test_requests_nobody_should_send_are_turned_away(head, status):
    async def run():
        async with relaying("ws://127.0.0.1:1") as lab:
            return await ask(lab, head.replace("HERE", f"{lab.host}:{lab.port}"))

    assert status_of(asyncio.run(run())) == status


def test_a_head_without_end_is_turned_away():
    async def run():
        async with relaying("ws://127.0.0.1:1") as lab:
            return await ask(lab, "GET / HTTP/1.1\nX: " + "a" * 100_000)

    assert status_of(asyncio.run(run())) == 431


def test_a_head_that_drips_is_turned_away_in_time():
    async def run():
        async with relaying("ws://127.0.0.1:1", handshake=0.1) as lab:
            reader, writer = await asyncio.open_connection(lab.host, lab.port)
            writer.write(b"GET / HTTP/1.1\r\n")
            data = await reader.read()
            writer.close()
            return data

    assert status_of(asyncio.run(run())) == 408


def test_more_connections_than_allowed_are_turned_away():
    async def run():
        options = ListenOptions(most=2)
        async with (
            websocket_server(echo) as upstream,
            relaying(upstream, options=options) as lab,
            connect(lab.url, **SDK),
            connect(lab.url, **SDK),
        ):
            with pytest.raises(InvalidStatus) as caught:
                await connect(lab.url, **SDK)
            return caught.value.response.status_code, lab.notes

    status, notes = asyncio.run(run())
    assert status == 503
    assert "2 connections" in notes[0]


def test_whoever_has_written_already_is_told_why_there_is_no_room():
    async def run():
        options = ListenOptions(most=1)
        async with (
            websocket_server(echo) as upstream,
            relaying(upstream, options=options) as lab,
            connect(lab.url, **SDK),
        ):
            head = f"POST /v1/x HTTP/1.1\nHost: {lab.host}:{lab.port}\nContent-Length: 100000\n"
            return await asyncio.gather(*(ask(lab, head, bytes(100_000)) for _ in range(20)))

    for data in asyncio.run(run()):
        assert status_of(data) == 503
        assert b"Retry-After: 5\r\n" in data
        error = json.loads(body_of(data))["error"]
        assert "1 connections are open already" in error["message"]
        assert "--max-connections" in error["hint"]


def test_few_descriptors_mean_few_connections_and_a_word_about_it(monkeypatch):
    monkeypatch.setattr("rtdebug.wire.listen.room_for_connections", lambda: 1)

    async def run():
        async with (
            websocket_server(echo) as upstream,
            relaying(upstream) as lab,
            connect(lab.url, **SDK),
        ):
            return await ask(lab, f"GET / HTTP/1.1\nHost: {lab.host}:{lab.port}\n")

    data = asyncio.run(run())
    assert status_of(data) == 503
    assert "ulimit -n" in json.loads(body_of(data))["error"]["message"]


def test_a_socket_that_cannot_be_accepted_is_told_once_and_no_traceback(capsys):
    async def run():
        async with relaying("ws://127.0.0.1:1") as lab:
            loop = asyncio.get_running_loop()
            for number in (errno.EMFILE, errno.ENFILE, errno.EMFILE):
                error = OSError(number, "Too many open files")
                loop.call_exception_handler({"message": "accept", "exception": error})
            return lab.notes

    notes = asyncio.run(run())
    assert notes == ["whoever connects now has to wait: Too many open files (ulimit -n)"]
    assert capsys.readouterr().err == ""


SECOND = b"GET /v1/second HTTP/1.1\r\nHost: evil.example\r\n\r\n"


@pytest.mark.parametrize(
    ("headers", "body", "sent", "status"),
    [
        ("Content-Length: 5\n", b"hello", b"hello", 200),
        ("Content-Length: 5\n", b"hello" + SECOND, None, 400),
        ("", SECOND, None, 400),
        ("Content-Length: 5\nContent-Length: 5\n", b"hello", None, 400),
        ("Content-Length: 5\nTransfer-Encoding: chunked\n", b"0\r\n\r\n", None, 400),
        ("Content-Length: +5\n", b"hello", None, 400),
        ("Transfer-Encoding: gzip, chunked\n", b"0\r\n\r\n", None, 400),
        ("Transfer-Encoding: chunked\n", b"5\r\nhello\r\n0\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n", 200),
        ("Transfer-Encoding: chunked\n", b"5\r\nhello\r\n0\r\n\r\n" + SECOND, None, 400),
        ("Transfer-Encoding: chunked\n", b"5;a=b\r\nhelloo\r\n0\r\n\r\n", None, 400),
        ("Transfer-Encoding: chunked\n", b"-5\r\n", None, 400),
    ],
)  # fmt: skip
def test_one_request_passes_and_nothing_that_hides_behind_it(headers, body, sent, status):
    async def run():
        got = []

        async def answer(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            got.append(await reader.readexactly(len(sent or b"")))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        async with raw_server(answer) as upstream, relaying(upstream) as lab:
            head = f"POST /v1/x HTTP/1.1\nHost: {lab.host}:{lab.port}\n{headers}"
            return await ask(lab, head, body), got

    data, got = asyncio.run(run())
    assert status_of(data) == status
    assert got == ([] if sent is None else [sent])


def test_what_comes_later_behind_the_body_stays_here():
    async def run():
        got = []

        async def answer(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            got.append(await reader.readexactly(5))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            got.append(await reader.read())

        async with raw_server(answer) as upstream, relaying(upstream) as lab:
            reader, writer = await asyncio.open_connection(lab.host, lab.port)
            writer.write(
                f"POST /v1/x HTTP/1.1\r\nHost: {lab.host}:{lab.port}\r\nContent-Length: 5\r\n\r\n".encode()
            )
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"hello" + SECOND)
            writer.write_eof()
            await reader.read()
            writer.close()
        return got

    assert asyncio.run(run()) == [b"hello", b""]


@pytest.mark.parametrize(
    ("location", "passes"),
    [
        ("/v1/elsewhere", True),
        ("elsewhere?x=1", True),
        ("https://evil.example/v1", False),
        ("//evil.example/v1", False),
        ("\\\\evil.example", False),
        ("WSS://evil.example", False),
    ],
)
@pytest.mark.parametrize("upgrade", [False, True])
def test_a_redirect_past_the_relay_is_not_passed_on(location, passes, upgrade):
    async def run():
        async def answer(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(
                f"HTTP/1.1 307 Moved\r\nLocation: {location}\r\nContent-Length: 2\r\n\r\nno".encode()
            )

        more = "Upgrade: websocket\nConnection: Upgrade\n" if upgrade else ""
        async with raw_server(answer) as upstream, relaying(upstream) as lab:
            head = f"GET /v1/x HTTP/1.1\nHost: {lab.host}:{lab.port}\n{more}"
            return await ask(lab, head)

    data = asyncio.run(run())
    assert status_of(data) == (307 if passes else 502)
    assert (b"\r\nLocation:" in data) is passes
    if not passes:
        assert json.loads(body_of(data))["error"]["code"] == "upstream-redirects"


def test_a_port_in_use_is_a_wrong_usage():
    async def run():
        async with relaying("ws://127.0.0.1:1") as lab:
            from rtdebug.wire.listen import listen

            await listen("127.0.0.1", lab.port, None, stop=asyncio.Event())

    with pytest.raises(UsageError, match="cannot listen on"):
        asyncio.run(run())


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", ""])
def test_only_the_loopback_is_listened_on_unless_allowed(host):
    with pytest.raises(UsageError, match="loopback"):
        refuse_exposure(host, allowed=False)
    refuse_exposure(host, allowed=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"])
def test_the_loopback_is_known_by_all_its_names(host):
    refuse_exposure(host, allowed=False)


def test_a_relay_to_itself_is_refused():
    async def run():
        async with relaying("ws://127.0.0.1:1") as lab:
            free = lab.port
        async with relaying(f"ws://localhost:{free}", port=free):
            pass

    with pytest.raises(UsageError, match="other than this relay itself"):
        asyncio.run(run())


def test_an_app_is_served_when_nobody_can_look():
    async def run():
        def nobody(arrival):
            raise UnreadableError("captures/: the folder is gone")

        async with websocket_server(echo) as upstream:
            lab_task = relaying(upstream, on_connection=nobody)
            async with lab_task as lab, connect(lab.url, **SDK) as app:
                await app.send("hello")
                back = await app.recv()
                notes = list(lab.notes)
                await app.close()
                lab.stop.set()
                with pytest.raises(UnreadableError):
                    await lab.task
                lab.task = asyncio.ensure_future(asyncio.sleep(0))
        return back, notes

    back, notes = asyncio.run(run())
    assert back == "hello"
    assert notes == ["a connection passes unseen: captures/: the folder is gone"]
