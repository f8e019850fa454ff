"""Heads are read strictly and written back as they were."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtdebug.wire.http_head import BadHead, parse_request, parse_response

names = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,15}", fullmatch=True)
values = st.from_regex(r"([!-~]([ -~]{0,30}[!-~])?)?", fullmatch=True)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(names, values), max_size=6), st.from_regex(r"/[!-~]{0,20}", fullmatch=True)
)
def test_a_head_is_written_back_as_it_was(headers, target):
    data = f"GET {target} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers) + "\r\n"
    request = parse_request(data.encode())
    assert request.headers == tuple(headers)
    assert (request.method, request.target) == ("GET", target)
    assert request.encode() == data.encode()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_a_bad_head_or_a_head(noise):
    for parse in (parse_request, parse_response):
        with contextlib.suppress(BadHead):
            assert parse(noise + b"\r\n\r\n").encode().endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/2.0\r\n",
        b"GET  / HTTP/1.1\r\n",
        b"GET /\x80 HTTP/1.1\r\n",
        b"GET / HTTP/1.1\nHost: x\r\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n",
        b"GET / HTTP/1.1\r\nA: b\r\n folded\r\n",
        b"GET / HTTP/1.1\r\nA: b\x00c\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n",
    ],
)
def test_what_is_not_clearly_a_request_is_refused(head):
    with pytest.raises(BadHead) as caught:
        parse_request(head + b"\r\n")
    assert caught.value.status == 400


def test_a_bad_header_is_told_by_its_number_not_its_text():
    with pytest.raises(BadHead) as caught:
        parse_request(b"GET / HTTP/1.1\r\nHost: x\r\nBearer sk-canary\r\n\r\n")
    assert "header 2" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_an_upgrade_is_known_by_its_words():
    head = b"GET / HTTP/1.1\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\n"
    assert parse_request(head).upgrade
    assert not parse_request(head.replace(b"GET", b"POST")).upgrade
    assert not parse_request(head.replace(b"WebSocket", b"h2c")).upgrade
    assert not parse_request(head.replace(b", Upgrade", b"")).upgrade


def test_an_answer_has_status_and_reason():
    response = parse_response("HTTP/1.1 401 Nicht erlaubt, ü\r\nA: b\r\n\r\n".encode("latin-1"))
    assert (response.status, response.reason) == (401, "Nicht erlaubt, ü")
    assert parse_response(b"HTTP/1.1 204\r\n\r\n").reason == ""
