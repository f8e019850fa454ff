"""TLS is verified, and each way it fails is told apart."""

import asyncio
import contextlib
import datetime
import functools
import os
import socket
import ssl
import threading

import pytest
import trustme
from conversations import HELLO, Player, Recorder, pack, saying, text
from faultserver import close_frame, forever, read_frame, reset, serving, upgrade

from rtdebug.engine.session import Session
from rtdebug.errors import UnreadableError
from rtdebug.model.records import Sender, Step
from rtdebug.wire import tls
from rtdebug.wire.dial import Connected, DialOptions, dial
from rtdebug.wire.driver import play
from rtdebug.wire.target import parse_target

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@functools.cache
def authority():
    return trustme.CA()


def server_context(name="127.0.0.1", **validity):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority().issue_cert(name, **validity).configure_cert(context)
    return context


@pytest.fixture
def ca_file(tmp_path):
    path = tmp_path / "ca.pem"
    authority().cert_pem.write_to_path(str(path))
    return path


async def accepting(reader, writer):
    await upgrade(reader, writer)
    await read_frame(reader)
    writer.write(close_frame(1000))


def dialled_at(script, context, *, scheme="wss", ca_file=None):
    async def run():
        # The server's side of a refused handshake is no news here.
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        async with serving(script, context) as port:
            options = DialOptions(ca_file=ca_file, open_timeout=0.5, close_timeout=0.2)
            dialled = await dial(parse_target(f"{scheme}://127.0.0.1:{port}/"), options)
            if isinstance(dialled, Connected):
                await dialled.connection.close()
            return dialled

    return asyncio.run(run())


def test_a_server_of_a_named_authority_is_trusted(ca_file):
    assert isinstance(dialled_at(accepting, server_context(), ca_file=ca_file), Connected)


def test_an_unknown_authority_is_refused():
    refused = dialled_at(accepting, server_context())
    assert refused.step is Step.TLS
    assert "no authority known here has signed it" in refused.text
    assert "--ca-file" in refused.text


def test_a_certificate_for_another_name_is_refused(ca_file):
    refused = dialled_at(accepting, server_context("other.example"), ca_file=ca_file)
    assert refused.step is Step.TLS
    assert "issued for another name" in refused.text
    assert "--ca-file" not in refused.text


def test_an_expired_certificate_is_refused(ca_file):
    dates = {"not_before": LONG_AGO, "not_after": LONG_AGO + datetime.timedelta(days=1)}
    refused = dialled_at(accepting, server_context(**dates), ca_file=ca_file)
    assert refused.step is Step.TLS
    assert "it has expired" in refused.text


def test_a_certificate_that_is_not_valid_yet_is_refused(ca_file):
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)
    dates = {"not_before": later, "not_after": later + datetime.timedelta(days=1)}
    refused = dialled_at(accepting, server_context(**dates), ca_file=ca_file)
    assert refused.step is Step.TLS
    assert "not valid yet" in refused.text


def test_plain_http_to_a_tls_port_points_to_wss(ca_file):
    refused = dialled_at(accepting, server_context(), scheme="ws")
    assert refused.step is Step.UPGRADE
    assert "use wss://" in refused.text


def test_a_server_that_wants_a_client_certificate_is_told(ca_file):
    context = server_context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(ca_file)

    def serve(listener):
        plain, _ = listener.accept()
        secure = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        with secure:
            with contextlib.suppress(ssl.SSLError):
                secure.do_handshake()
            while os.read(secure.fileno(), 4096):  # a close over unread bytes would be a reset
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        target = parse_target(f"wss://127.0.0.1:{listener.getsockname()[1]}/")
        refused = asyncio.run(dial(target, DialOptions(ca_file=ca_file, open_timeout=5)))
        thread.join()
    assert refused.step is Step.TLS
    assert "certificate required" in refused.text
    assert "client certificate" in refused.text


async def plain_answer(reader, writer):
    await reader.read(1000)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


async def plain_end(reader, writer):
    await reader.read(1000)


async def plain_reset(reader, writer):
    await reader.read(1000)
    reset(writer)


async def silence(reader, writer):
    await forever()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (plain_answer, "that port does not speak TLS; use ws://"),
        (plain_end, "the connection was cut; if the port does not speak TLS use ws://"),
        (plain_reset, "the connection was cut; if the port does not speak TLS use ws://"),
        (silence, "expected a TLS answer, but nothing came within 0.5 s"),
    ],
)
def test_tls_to_a_plain_port_is_told(script, said):
    refused = dialled_at(script, None)
    assert refused.step is Step.TLS
    assert said in refused.text


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "tlsv13 alert certificate required"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "sslv3 alert handshake failure"),
        ("SOMETHING_NEW", "it failed (something new)"),
    ],
)
def test_what_the_server_said_in_an_alert_is_told(reason, said):
    error = ssl.SSLError(1, "ignored")
    error.reason = reason
    assert said in tls.explain(error, "h:443", "h")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"\x30\x82\x01\x02", "a DER certificate"),
        (b"-----BEGIN PRIVATE KEY-----\nx", "a private key"),
        (b"hello", "something else"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "is damaged"),
    ],
)
def test_a_file_without_certificates_is_refused_before_dialling(tmp_path, content, found):
    path = tmp_path / "ca.pem"
    path.write_bytes(content)
    with pytest.raises(UnreadableError) as caught:
        tls.client_context(path)
    assert str(path) in caught.value.message
    assert found in caught.value.message
    assert caught.value.hint


def test_a_file_of_certificates_may_hold_remarks(ca_file):
    ca_file.write_bytes("# Főtanúsítvány\n".encode() + ca_file.read_bytes())
    assert isinstance(dialled_at(accepting, server_context(), ca_file=ca_file), Connected)


def test_a_missing_file_of_certificates_is_refused(tmp_path):
    with pytest.raises(UnreadableError, match="No such file"):
        tls.client_context(tmp_path / "none.pem")


def test_a_run_over_tls_is_played_and_closed(ca_file):
    async def run():
        recorder = Recorder()
        async with serving(saying(text()), server_context()) as port:
            target = parse_target(f"wss://127.0.0.1:{port}/")
            options = DialOptions(ca_file=ca_file, close_timeout=0.2)
            session = Session(pack(), ())
            await play(lambda: dial(target, options), Player(until=1), session, recorder=recorder)
        return recorder

    record = asyncio.run(run())
    assert record.server == [HELLO]
    assert (record.closed.code, record.closed.sender) == (1000, Sender.CLIENT)
