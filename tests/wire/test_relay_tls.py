"""TLS on both sides: the app trusts a throw-away authority, the upstream must prove itself."""

import asyncio
import ssl
import stat
import sys

import pytest
import trustme
from relay_lab import echo, relaying, websocket_server
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidMessage, InvalidStatus

from rtdebug.errors import UsageError
from rtdebug.model.records import Step
from rtdebug.wire.listen import ListenOptions
from rtdebug.wire.local_ca import make_authority
from rtdebug.wire.tls import client_context

SDK = {"compression": None, "max_size": None}


@pytest.fixture(scope="module")
def authority():
    made = make_authority()
    yield made
    made.remove()


@pytest.fixture(scope="module")
def upstream_ca():
    return trustme.CA()


def server_context(ca, *names):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*names).configure_cert(context)
    return context


def ca_file(ca, folder):
    path = folder / "ca.pem"
    path.write_bytes(ca.cert_pem.bytes())
    return path


@pytest.mark.parametrize("file", ["ca_file", "bundle"])
def test_an_app_that_insists_on_wss_is_served(authority, file):
    trust = ssl.create_default_context(cafile=getattr(authority, file))
    message = "x" * 300_000

    async def run():
        options = ListenOptions(context=authority.context)
        async with websocket_server(echo) as upstream, relaying(upstream, options=options) as lab:
            async with connect(f"wss://localhost:{lab.port}/v1", ssl=trust, **SDK) as app:
                await app.send(message)
                back = await app.recv()
                await app.close(4001, "done")
            return back, app.close_code, await lab.over()

    back, code, seen = asyncio.run(run())
    assert back == message
    assert code == 4001
    assert (seen.last().code, seen.last().reason) == (4001, "done")


def test_a_plain_app_on_the_tls_port_is_not_served_and_nobody_minds(authority):
    async def run():
        options = ListenOptions(context=authority.context)
        async with relaying("ws://127.0.0.1:1", options=options) as lab:
            with pytest.raises((InvalidMessage, ConnectionError)):
                await connect(f"ws://127.0.0.1:{lab.port}", open_timeout=2, **SDK)
            return lab.connections

    assert asyncio.run(run()) == []


def test_the_files_are_for_the_owner_only_and_go_away():
    made = make_authority(["host.docker.internal"])
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in made.folder.iterdir()} == {0o600}
    assert [name for name, _ in made.exports] == ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"]
    made.remove()
    assert not made.folder.exists()


def test_a_missing_library_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(UsageError) as caught:
        make_authority()
    assert "rtdebug[tls]" in caught.value.hint


def test_an_upstream_that_proves_itself_is_used(upstream_ca, tmp_path):
    async def run():
        tls = server_context(upstream_ca, "127.0.0.1")
        async with (
            websocket_server(echo, ssl=tls) as upstream,
            relaying(
                upstream.replace("ws:", "wss:"),
                context=client_context(ca_file(upstream_ca, tmp_path)),
            ) as lab,
            connect(lab.url, **SDK) as app,
        ):
            await app.send("hello")
            back = await app.recv()
            await app.close(4002, "bye")
            return back, app.close_code, await lab.over()

    back, code, seen = asyncio.run(run())
    assert (back, code) == ("hello", 4002)
    assert seen.last().code == 4002


@pytest.mark.parametrize(
    ("names", "trusted", "said"),
    [(["127.0.0.1"], False, "no authority"), (["other.example"], True, "another name")],
)
def test_an_upstream_that_does_not_is_refused_by_name(upstream_ca, tmp_path, names, trusted, said):
    async def run():
        tls = server_context(upstream_ca, *names)
        context = client_context(ca_file(upstream_ca, tmp_path) if trusted else None)
        async with (
            websocket_server(echo, ssl=tls) as upstream,
            relaying(upstream.replace("ws:", "wss:"), context=context) as lab,
        ):
            with pytest.raises(InvalidStatus) as caught:
                await connect(lab.url, **SDK)
            return caught.value.response.status_code, await lab.over()

    status, seen = asyncio.run(run())
    assert status == 502
    (refused,) = seen.written
    assert refused.step is Step.TLS
    assert said in refused.text


def test_a_plain_port_taken_for_a_tls_one_is_told():
    async def run():
        async with (
            websocket_server(echo) as upstream,
            relaying(upstream.replace("ws:", "wss:"), context=client_context()) as lab,
        ):
            with pytest.raises(InvalidStatus):
                await connect(lab.url, **SDK)
            return await lab.over()

    (refused,) = asyncio.run(run()).written
    assert refused.step is Step.TLS
    assert "ws://" in refused.text
