"""A target is checked before anything is sent, and every refusal says what to write instead."""

import pytest

from rtdebug.errors import UsageError
from rtdebug.wire.target import Endpoint, parse_target, shown


@pytest.mark.parametrize(
    ("text", "host", "port", "secure", "address"),
    [
        (
            "wss://api.openai.com/v1/realtime?model=m",
            "api.openai.com",
            443,
            True,
            "api.openai.com:443",
        ),
        ("ws://localhost:8080", "localhost", 8080, False, "localhost:8080"),
        ("  ws://[::1]:9/x \n", "::1", 9, False, "[::1]:9"),
        ("WSS://EXAMPLE.COM/", "example.com", 443, True, "example.com:443"),
        ("ws://bücher.example/ü", "bücher.example", 80, False, "bücher.example:80"),
    ],
)
def test_a_url_is_taken_apart(text, host, port, secure, address):
    target = parse_target(text)
    assert target == Endpoint(text.strip(), secure, host, port)
    assert target.address == address


def test_the_query_is_sent_as_it_was_written():
    url = "wss://h/p?api-version=2024-10-01-preview&deployment=a%20b&x="
    assert parse_target(url).url == url


@pytest.mark.parametrize(
    ("text", "expected", "hint"),
    [
        ("", "an empty one", "`mock`"),
        ("https://h/p", "got https://", "write wss://h/p"),
        ("http://h/p", "got http://", "write ws://h/p"),
        ("ftp://h", "got ftp://", "wss://"),
        ("h:443/p", "no scheme", "write wss://h:443/p"),
        ("localhost:8080", "no scheme", "write ws://localhost:8080"),
        ("ws:///p", "expected a host", "name the host"),
        ("ws://h/a b", "a blank as character 9", "%20"),
        ("ws://h/\r\nHost: evil", "U+000D as character 8", "remove it"),
        ("ws://h/#frag", "without a fragment", "%23"),
        ("ws://h:0/", "from 1 to 65535", "host:443"),
        ("ws://h:65536/", "got '65536'", "host:443"),
        ("ws://h:abc/", "got 'abc'", "host:443"),
        ("ws://h:/", "got nothing", "leave the colon out"),
        ("ws://::1:80/", "IPv6 address in brackets", "ws://[::1]:8080/path"),
        ("ws://[::1/", "IPv6 address in brackets", "ws://[::1]:8080/path"),
        ("ws://a..b/", "parts of 1 to 63", "doubled dots"),
        ("ws://" + "a" * 64 + "/", "parts of 1 to 63", "doubled dots"),
        ("ws://" + "ü" * 64 + "/", "parts of 1 to 63", "doubled dots"),
    ],
)
def test_a_wrong_url_is_refused_with_what_to_write(text, expected, hint):
    with pytest.raises(UsageError) as caught:
        parse_target(text)
    assert expected in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("text", ["wss://user:hunter22@h/p", "https://user:hunter22@h/p"])
def test_a_password_in_a_url_is_refused_and_not_repeated(text):
    with pytest.raises(UsageError) as caught:
        parse_target(text)
    assert "hunter22" not in caught.value.message + caught.value.hint


def test_a_key_in_a_query_is_not_shown():
    assert shown("wss://h/p?key=AIzaSyExample&x=1") == "wss://h/p?key=[redacted]&x=1"


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("ws://localhost/", True),
        ("ws://app.localhost/", True),
        ("ws://127.0.0.1/", True),
        ("ws://127.9.9.9/", True),
        ("ws://[::1]/", True),
        ("ws://localhost.example.com/", False),
        ("ws://10.0.0.1/", False),
    ],
)
def test_loopback_is_known(url, loopback):
    assert parse_target(url).loopback is loopback
