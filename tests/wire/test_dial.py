"""Every way a connection can fail to come about is named by its step and explained in a sentence."""

import asyncio
import contextlib
import json
import logging
import socket

import pytest
from faultserver import (
    close_frame,
    forever,
    http,
    raw,
    read_frame,
    read_head,
    reset,
    serving,
    upgrade,
)

from rtdebug.model.records import Refused, Step
from rtdebug.secrets.masker import Masker
from rtdebug.wire.answers import refusal_bytes
from rtdebug.wire.dial import Connected, DialOptions, dial
from rtdebug.wire.fault import Fault
from rtdebug.wire.handshake import unreachable
from rtdebug.wire.headers import redactor_for
from rtdebug.wire.target import parse_target

KEY = "sk-" + "proj0123456789abcdef"
QUICK = DialOptions(open_timeout=0.2, close_timeout=0.2)
PAGE = "<html><head><title>Hotel \x1b[31mWi-Fi</title></head>" + "x" * 9000 + "</html>"
ERROR = json.dumps({"error": {"message": f"Incorrect key: {KEY}.", "code": "invalid_api_key"}})


async def reach(url, options=QUICK):
    """What dialling came to; an open connection is closed again."""
    target = parse_target(url)
    dialled = await dial(target, options)
    if isinstance(dialled, Connected):
        await dialled.connection.close()
    return dialled


def dialled_at(script, options=QUICK, path="/v1/realtime"):
    async def run():
        async with serving(script) as port:
            return await reach(f"ws://127.0.0.1:{port}{path}", options)

    return asyncio.run(run())


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


async def accepting(reader, writer):
    await upgrade(reader, writer)
    await read_frame(reader)
    writer.write(close_frame(1000))


async def wrong_key(reader, writer):
    await read_head(reader)
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: bm9uc2Vuc2U=\r\n\r\n"
    )
    await forever()


async def unasked_extension(reader, writer):
    await upgrade(reader, writer, "Sec-WebSocket-Extensions: permessage-deflate")
    await forever()


async def unasked_subprotocol(reader, writer):
    await upgrade(reader, writer, "Sec-WebSocket-Protocol: graphql-ws")
    await forever()


async def no_answer(reader, writer):
    await read_head(reader)


async def reset_at_once(reader, writer):
    await read_head(reader)
    reset(writer)


async def half_an_answer(reader, writer):
    await read_head(reader)
    writer.write(b"HTTP/1.1 101 Swit")
    await forever()


async def silence(reader, writer):
    await forever()


async def endless_body(reader, writer):
    await read_head(reader)
    writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 99\r\n\r\nnot you")
    await forever()


DEAD_END = refusal_bytes(
    unreachable(Fault(Step.TCP, "Tried to connect to h port 1, but it was refused; start the server."))
).partition(b"\r\n\r\n")[2].decode()  # fmt: skip
TURNED_AWAY = '{"error": {"type": "rtdebug", "code": "host", "message": "rtdebug: no such host"}}'
# name of the case: script, HTTP status, then what the sentence must say
UPGRADES = {
    "401": (http("401 Unauthorized", body=ERROR), 401, ["HTTP 401 Unauthorized", "(invalid_api_key)", "check the key"]),
    "403": (http("403 Forbidden"), 403, ["HTTP 403", "ask for access"]),
    "404": (http("404 Not Found"), 404, ["HTTP 404", "check the path"]),
    "429": (http("429 Too Many Requests", "Retry-After: 17"), 429, ["HTTP 429", "wait 17 s"]),
    "503": (http("503 Service Unavailable", body="\x1b[31mdown"), 503, ["HTTP 503", "saying: \\x1b[31mdown", "try again"]),
    "a proxy of ours without upstream": (http("502 Bad Gateway", body=DEAD_END), 502, ["expected HTTP 101, but the rtdebug tail that listens there could not reach its upstream (HTTP 502 Bad Gateway). It says: Tried to connect to h port 1, but it was refused; start the server."]),
    "a proxy of ours turns away": (http("421 Misdirected Request", body=TURNED_AWAY), 421, ["the rtdebug tail that listens there turned it away (HTTP 421 Misdirected Request). It says: no such host"]),
    "captive portal": (http("200 OK", "Content-Type: text/html", body=PAGE), 200, ["web page titled 'Hotel \\x1b[31mWi-Fi'", "browser"]),
    "no websocket": (http("200 OK", body="ok"), 200, ["HTTP 200 OK", "no WebSocket is served there"]),
    "HTTP/1.0": (raw(b"HTTP/1.0 403 Forbidden\r\n\r\nno"), 403, ["HTTP 403 Forbidden", "saying: no"]),
    "plain to TLS, in words": (raw(b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"), 400, ["use wss://"]),
    "endless body": (endless_body, 403, ["HTTP 403 Forbidden", "saying: not you"]),
    "wrong accept key": (wrong_key, 101, ["handshake that came is wrong", "Sec-WebSocket-Accept", "bm9uc2Vuc2U="]),
    "extension": (unasked_extension, 101, ["chose what was not offered", "extension"]),
    "subprotocol": (unasked_subprotocol, 101, ["chose what was not offered", "subprotocol"]),
    "garbage": (raw(b"SSH-2.0-x\r\n\x1b[2J" + b"\xff" * 300), None, ["no valid HTTP answer", "'SSH-2.0-x\\x0d\\n\\x1b[2J\\xff", "bytes more"]),
    "plain to TLS": (raw(b"\x15\x03\x01\x00\x02\x02\x46"), None, ["look like TLS", "use wss://"]),
    "end of file": (no_answer, None, ["was closed without an answer", "wss://"]),
    "reset": (reset_at_once, None, ["was reset without an answer"]),
    "drip": (half_an_answer, None, ["within 0.2 s", "only 17 bytes", "'HTTP/1.1 101 Swit'"]),
    "silence": (silence, None, ["within 0.2 s", "nothing came"]),
}  # fmt: skip


@pytest.mark.parametrize("case", UPGRADES)
def test_a_failed_upgrade_says_what_came_instead(case):
    script, status, said = UPGRADES[case]
    refused = dialled_at(script)
    assert isinstance(refused, Refused)
    assert (refused.step, refused.status) == (Step.UPGRADE, status)
    assert [part for part in said if part not in refused.text] == []
    assert refused.text.startswith("Asked ws://127.0.0.1:")
    assert refused.text.isprintable()
    assert KEY not in repr(Masker().record(refused))


def test_the_body_of_an_answer_is_kept_up_to_4_kib():
    refused = dialled_at(http("401 Unauthorized", "X-Id: 7", body=ERROR + "x" * 9000))
    assert refused.headers[0] == ("X-Id", "7")
    assert refused.body.startswith('{"error"')
    assert len(refused.body) == 4096


def test_a_redirect_is_told_and_not_followed():
    async def run():
        asked = []

        async def elsewhere(reader, writer):
            asked.append(await read_head(reader))

        async with serving(elsewhere) as other:
            moved = http("302 Found", f"Location: ws://127.0.0.1:{other}/v2")
            async with serving(moved) as port:
                options = QUICK._replace(headers=(("Authorization", f"Bearer {KEY}"),))
                refused = await reach(f"ws://127.0.0.1:{port}/", options)
        return refused, other, asked

    refused, other, asked = asyncio.run(run())
    assert (refused.step, refused.status) == (Step.UPGRADE, 302)
    assert f"points to ws://127.0.0.1:{other}/v2, which was not followed" in refused.text
    assert asked == []


def test_a_name_that_does_not_exist():
    refused = asyncio.run(reach("ws://nowhere.invalid/", DialOptions(open_timeout=5)))
    assert refused.step is Step.NAME
    assert refused.text.startswith("Looked up nowhere.invalid, expected an address, but")
    assert "check" in refused.text


def test_a_port_where_nobody_listens():
    port = free_port()
    refused = asyncio.run(reach(f"ws://127.0.0.1:{port}/"))
    assert refused.step is Step.TCP
    assert refused.text == (
        f"Tried to connect to 127.0.0.1 port {port}, expected a server there, but it was refused; "
        f"start the server, or check host and port."
    )


def test_an_address_that_swallows_the_attempt():
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        for _ in range(4):  # more than the queue of a listener that accepts nobody can hold
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        refused = asyncio.run(reach(f"ws://127.0.0.1:{port}/"))
    assert refused.step is Step.TCP
    assert f"Tried to connect to 127.0.0.1 port {port}, expected a server there" in refused.text
    assert "nothing came within 0.2 s" in refused.text


def test_ipv6_is_reached():
    async def run():
        async with serving(accepting, host="::1") as port:
            return await reach(f"ws://[::1]:{port}/")

    try:
        dialled = asyncio.run(run())
    except OSError:
        pytest.skip("this machine has no IPv6")
    assert isinstance(dialled, Connected)


def test_the_second_address_is_used_when_the_first_fails():
    async def run():
        from rtdebug.wire import tcp

        async with serving(accepting) as port:
            bad, good = free_port(), port
            sock = await tcp.connect(
                [tcp.Address(socket.AF_INET, ("127.0.0.1", at)) for at in (bad, good)]
            )
            with sock:
                return sock.getpeername()[1] == good

    assert asyncio.run(run())


def test_a_name_is_looked_up():
    async def run():
        async with serving(accepting) as port:
            return await reach(f"ws://localhost:{port}/")

    assert isinstance(asyncio.run(run()), Connected)


def test_what_was_sent_leaves_without_secrets():
    async def picky(reader, writer):
        await upgrade(reader, writer, "Sec-WebSocket-Protocol: realtime")
        await read_frame(reader)
        writer.write(close_frame(1000))

    options = DialOptions(
        headers=(("Authorization", f"Bearer {KEY}"), ("OpenAI-Beta", "realtime=v1")),
        subprotocols=("realtime", f"openai-insecure-api-key.{KEY}"),
    )
    opened = dialled_at(picky, options, f"/v1/realtime?model=m&key={KEY}").opened
    assert dict(opened.headers)["Authorization"] == f"Bearer {KEY}"
    opened = Masker().record(opened)
    headers = dict(opened.headers)
    assert (opened.at, opened.status, opened.subprotocol) == (0.0, 101, "realtime")
    assert headers["Authorization"] == "Bearer sk-[redacted]"
    assert headers["OpenAI-Beta"] == "realtime=v1"
    assert headers["User-Agent"].startswith("rtdebug/")
    assert "Sec-WebSocket-Key" not in headers
    assert headers["Sec-WebSocket-Protocol"].startswith(
        "realtime, openai-insecure-api-key.sk-[redacted]"
    )
    assert "model=m" in opened.url
    assert KEY not in repr(opened)


def test_the_request_that_is_sent_is_what_was_asked_for():
    heads = []

    async def keeping(reader, writer):
        heads.append(await upgrade(reader, writer))
        await read_frame(reader)
        writer.write(close_frame(1000))

    dialled_at(keeping, DialOptions(headers=(("X-Two", "a"), ("X-Two", "b"))), "/p?q=1")
    head = heads[0].decode()
    assert head.startswith("GET /p?q=1 HTTP/1.1\r\n")
    assert head.count("X-Two: ") == 2
    assert "permessage-deflate" not in head


def test_compression_is_offered_when_asked_for():
    heads = []

    async def keeping(reader, writer):
        heads.append(await upgrade(reader, writer))
        await read_frame(reader)
        writer.write(close_frame(1000))

    dialled_at(keeping, DialOptions(compression="deflate"))
    assert b"permessage-deflate" in heads[0]


def test_a_key_of_no_known_shape_that_is_echoed_stays_secret():
    key = "0f1e2d3c" * 4
    options = QUICK._replace(headers=(("api-key", key),))
    refused = dialled_at(
        http("401 Unauthorized", f"X-Key: {key}", body=f"bad key {key}"),
        options,
    )
    assert refused.status == 401
    assert key not in repr(Masker(redactor_for(options.headers)).record(refused))


def test_nothing_is_logged_even_at_debug_level(caplog):
    caplog.set_level(logging.DEBUG)
    dialled_at(accepting, DialOptions(headers=(("Authorization", f"Bearer {KEY}"),)))
    assert [record.name for record in caplog.records if record.name != "asyncio"] == []


# -- proxies -------------------------------------------------------------------------------------

REMOTE = "ws://api.example.com/v1/realtime"


@pytest.fixture
def proxied(monkeypatch):
    """Sets the proxy of the environment, and nothing but it."""
    for name in ("http", "https", "all", "socks", "ws", "wss", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name.upper()}_PROXY", raising=False)
    return lambda url: monkeypatch.setenv("HTTPS_PROXY", url)


def through(script, proxied):
    async def run():
        async with serving(script) as port:
            proxied(f"http://user:hunter22@127.0.0.1:{port}")
            return await reach(REMOTE), port

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://user:hunter22@127.0.0.1:{port}", "nothing listens there (connection refused)"),
        ("http://user:hunter22@nowhere.invalid:1", "the proxy's name does not resolve"),
        ("gopher://user:hunter22@127.0.0.1:1", "scheme gopher isn't supported"),
        ("http://user:hunter22@127.0.0.1:port", "no usable proxy URL"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named(proxied, url, said):
    proxied(url.replace("{port}", str(free_port())))
    refused = asyncio.run(reach(REMOTE, DialOptions(open_timeout=5)))
    assert refused.step is Step.PROXY
    assert said in refused.text
    assert "HTTPS_PROXY" in refused.text
    assert "set NO_PROXY=api.example.com to go around it" in refused.text
    assert "hunter22" not in repr(refused)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (http("407 Proxy Authentication Required"), "wants a user name and password (HTTP 407)"),
        (http("403 Forbidden"), "it answered HTTP 403"),
        (raw(b"SSH-2.0-x\r\n"), "no proxy of that kind"),
        (silence, "nothing came within 0.2 s"),
    ],
)
def test_a_proxy_that_gives_no_tunnel_is_named(proxied, script, said):
    refused, port = through(script, proxied)
    assert refused.step is Step.PROXY
    assert said in refused.text
    assert f"HTTPS_PROXY=http://127.0.0.1:{port}" in refused.text
    assert "hunter22" not in repr(refused)


def test_a_tunnel_is_asked_for_and_used(proxied):
    heads = []

    async def tunnel(reader, writer):
        heads.append(await read_head(reader))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await accepting(reader, writer)

    dialled, _ = through(tunnel, proxied)
    assert isinstance(dialled, Connected)
    assert heads[0].startswith(b"CONNECT api.example.com:80 HTTP/1.1\r\n")


def test_what_fails_behind_the_tunnel_is_not_the_proxys_fault(proxied):
    async def tunnel(reader, writer):
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await http("401 Unauthorized")(reader, writer)

    refused, _ = through(tunnel, proxied)
    assert (refused.step, refused.status) == (Step.UPGRADE, 401)
