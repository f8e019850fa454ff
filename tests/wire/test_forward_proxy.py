"""Which proxy the environment asks for, and that loopback is never sent through one."""

import pytest

from rtdebug.wire.forward_proxy import Proxy, proxy_for
from rtdebug.wire.target import parse_target

SECURE = parse_target("wss://api.example.com/v1")
PLAIN = parse_target("ws://api.example.com:81/v1")


@pytest.mark.parametrize(
    ("target", "environ", "expected"),
    [
        (SECURE, {}, None),
        (SECURE, {"HTTPS_PROXY": "http://p:1"}, Proxy("http://p:1", "HTTPS_PROXY")),
        (SECURE, {"HTTP_PROXY": "http://p:1"}, None),
        (PLAIN, {"HTTP_PROXY": "http://p:1"}, Proxy("http://p:1", "HTTP_PROXY")),
        (SECURE, {"ALL_PROXY": "socks5://p:1"}, Proxy("socks5://p:1", "ALL_PROXY")),
        (
            SECURE,
            {"ALL_PROXY": "http://a", "https_proxy": "b:2"},
            Proxy("http://b:2", "https_proxy"),
        ),
        (SECURE, {"SOCKS_PROXY": "http://p:1"}, Proxy("socks5h://p:1", "SOCKS_PROXY")),
        (SECURE, {"HTTPS_PROXY": " "}, None),
    ],
)
def test_the_environment_names_the_proxy(target, environ, expected):
    assert proxy_for(target, environ) == expected


@pytest.mark.parametrize("url", ["wss://localhost/", "ws://127.0.0.1:1/", "ws://[::1]/"])
def test_loopback_goes_through_no_proxy(url):
    assert (
        proxy_for(parse_target(url), {"HTTPS_PROXY": "http://p:1", "HTTP_PROXY": "http://p:1"})
        is None
    )


@pytest.mark.parametrize(
    ("listed", "bypassed"),
    [
        ("api.example.com", True),
        (".example.com", True),
        ("example.com", True),
        ("other.com, example.com:443", True),
        ("example.com:80", False),
        ("ample.com", False),
        ("*", True),
        ("", False),
    ],
)
def test_no_proxy_bypasses_hosts_and_their_subdomains(listed, bypassed):
    found = proxy_for(SECURE, {"HTTPS_PROXY": "http://p:1", "NO_PROXY": listed})
    assert (found is None) is bypassed


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:hunter22@p:1/", "HTTPS_PROXY=http://p:1"),
        ("http://user:hun@ter22@p:1", "HTTPS_PROXY=http://p:1"),
        ("http://[::1", "HTTPS_PROXY"),
    ],
)
def test_a_proxy_is_shown_without_its_password(url, shown):
    assert Proxy(url, "HTTPS_PROXY").shown == shown
