"""Where on the upstream a request of the app goes."""

import pytest

from rtdebug.errors import UsageError
from rtdebug.wire.upstream import parse_upstream


@pytest.mark.parametrize(
    ("upstream", "asked", "expected"),
    [
        ("wss://api.example.com", "/v1/realtime?model=m", "/v1/realtime?model=m"),
        ("wss://api.example.com/", "/v1/realtime", "/v1/realtime"),
        ("wss://api.example.com/v1", "/realtime", "/v1/realtime"),
        ("wss://api.example.com/v1", "/v1/realtime", "/v1/realtime"),
        ("wss://api.example.com/v1/", "/v1", "/v1"),
        ("wss://api.example.com/v1", "/v10/x", "/v1/v10/x"),
        ("wss://api.example.com/v1/realtime?model=m", "/", "/v1/realtime?model=m"),
        (
            "wss://api.example.com/x?model=m&api-version=1",
            "/x?model=own",
            "/x?model=own&api-version=1",
        ),
        ("wss://api.example.com", "//ws/google.ai?key=1", "//ws/google.ai?key=1"),
        ("wss://api.example.com", "/a?", "/a?"),
        ("wss://api.example.com", "/%2e%2E/a%20b?c=%26", "/%2e%2E/a%20b?c=%26"),
    ],
)
def test_paths_are_joined_and_queries_kept(upstream, asked, expected):
    assert parse_upstream(upstream).location(asked) == expected


@pytest.mark.parametrize(
    ("upstream", "host", "secure"),
    [
        ("https://api.example.com/v1", "api.example.com", True),
        ("HTTPS://api.example.com:443", "api.example.com", True),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", False),
        ("ws://[::1]", "[::1]", False),
        ("ws://[::1]:81", "[::1]:81", False),
        ("wss://api.example.com:80", "api.example.com:80", True),
    ],
)
def test_http_and_ws_urls_name_the_same_server(upstream, host, secure):
    found = parse_upstream(upstream)
    assert (found.host_header, found.target.secure) == (host, secure)


def test_the_whole_url_is_told_as_ws():
    assert (
        parse_upstream("https://h.example/v1").url("/realtime?a=b")
        == "wss://h.example/v1/realtime?a=b"
    )


@pytest.mark.parametrize("text", ["ftp://x", "wss://", "", "https://user:pw@host"])
def test_what_is_no_server_is_a_wrong_usage(text):
    with pytest.raises(UsageError):
        parse_upstream(text)
