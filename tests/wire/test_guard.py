"""A port on the loopback is for this machine's programs."""

import pytest

from rtdebug.wire.guard import guard_for
from rtdebug.wire.http_head import parse_request


def asked(host, origin=None):
    lines = [f"GET / HTTP/1.1\r\nHost: {host}\r\n"]
    if origin is not None:
        lines.append(f"Origin: {origin}\r\n")
    return parse_request("".join([*lines, "\r\n"]).encode())


def status(guard, *args):
    refusal = guard.refusal(asked(*args))
    return refusal.status if refusal else None


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost:8080", None),
        ("LOCALHOST:8080", None),
        ("127.0.0.2:8080", None),
        ("[::1]:8080", None),
        ("localhost.:8080", None),
        ("localhost:8081", None),
        ("localhost", None),
        ("localhost:0", 421),
        ("10.0.0.1:8080", 421),
        ("box.lan:8080", 421),
        ("localhost.evil.example:8080", 421),
        ("evil@localhost:8080", 421),
        ("localhost:8080/x", 421),
        ("localhost:99999", 421),
        ("", 421),
    ],
)
def test_the_host_must_name_the_loopback_whatever_port_leads_here(host, expected):
    assert status(guard_for(exposed=False), host) == expected


def test_names_can_be_added():
    guard = guard_for(exposed=False, hosts=["Host.Docker.Internal"])
    assert status(guard, "host.docker.internal:8080") is None
    assert status(guard, "host.docker.internal:8081") is None
    assert status(guard, "host.docker.external:8080") == 421


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("192.168.1.2:9000", None),
        ("[fd00::1]:8080", None),
        ("localhost:1", None),
        ("evil.example:8080", 421),
    ],
)
def test_an_exposed_port_also_answers_to_addresses_which_no_one_can_rebind(host, expected):
    assert status(guard_for(exposed=True), host) == expected


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (None, None),
        ("http://localhost:3000", None),
        ("HTTP://LOCALHOST:3000", None),
        ("http://localhost:8080", None),
        ("http://localhost:3001", 403),
        ("null", 403),
        ("", 403),
        ("https://evil.example", 403),
    ],
)
def test_a_page_must_be_of_an_origin_that_was_allowed(origin, expected):
    guard = guard_for(exposed=False, origins=["http://localhost:3000/"])
    assert status(guard, "localhost:8080", origin) == expected


def test_what_a_page_is_told_says_what_to_do_and_not_who_asked():
    refusal = guard_for(exposed=False).refusal(asked("localhost:1", "https://e.example"))
    assert "--allow-origin" in refusal.hint
    assert "e.example" not in refusal.message


@pytest.mark.parametrize(
    ("site", "expected"),
    [("none", None), ("same-origin", None), ("cross-site", 403), ("same-site", 403)],
)
def test_a_page_that_asks_without_an_origin_is_known_by_its_site(site, expected):
    head = f"GET / HTTP/1.1\r\nHost: localhost:1\r\nSec-Fetch-Site: {site}\r\n\r\n"
    refusal = guard_for(exposed=False).refusal(parse_request(head.encode()))
    assert (refusal.status if refusal else None) == expected
