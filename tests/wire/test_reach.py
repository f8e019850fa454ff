"""The way to the upstream through a proxy that the environment names."""

import asyncio
import ssl

import pytest
import trustme
from relay_lab import echo, raw_server, relaying, websocket_server
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from rtdebug.model.records import Step
from rtdebug.wire.tls import client_context

SDK = {"compression": None, "max_size": None, "proxy": None}


async def pump(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


def tunnel(port, asked):
    """A proxy that knows one way, whatever it is asked for."""

    async def answer(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head.split(b"\r\n")[0].decode())
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    return answer


@pytest.mark.parametrize("secure", [False, True])
def test_a_tunnel_carries_as_well(monkeypatch, tmp_path, secure):
    ca = trustme.CA()
    (tmp_path / "ca.pem").write_bytes(ca.cert_pem.bytes())
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("api.example.com").configure_cert(tls)

    async def run():
        asked = []
        async with (
            websocket_server(echo, ssl=tls if secure else None) as server,
            raw_server(tunnel(int(server.rpartition(":")[2]), asked)) as proxy,
        ):
            monkeypatch.setenv("WSS_PROXY" if secure else "WS_PROXY", proxy.replace("ws:", "http:"))
            scheme, port = ("wss", 443) if secure else ("ws", 80)
            context = client_context(tmp_path / "ca.pem") if secure else None
            async with (
                relaying(f"{scheme}://api.example.com", context=context) as lab,
                connect(f"{lab.url}/v1", **SDK) as app,
            ):
                await app.send("hello")
                return await app.recv(), asked, port

    back, asked, port = asyncio.run(run())
    assert back == "hello"
    assert asked == [f"CONNECT api.example.com:{port} HTTP/1.1"]


def test_a_proxy_that_refuses_is_named(monkeypatch):
    async def run():
        async def refuse(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

        async with raw_server(refuse) as proxy:
            monkeypatch.setenv("WS_PROXY", proxy.replace("ws:", "http:"))
            async with relaying("ws://api.example.com") as lab:
                with pytest.raises(InvalidStatus) as caught:
                    await connect(lab.url, **SDK)
                return caught.value.response.status_code, await lab.over()

    status, seen = asyncio.run(run())
    assert status == 502
    assert seen.written[0].step is Step.PROXY
    assert "WS_PROXY" in seen.written[0].text
