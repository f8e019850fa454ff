"""Who may use a listening port: this machine's programs, and no web page that was not invited.

A browser lets any page open a WebSocket to the loopback, so the Origin is looked at; and a page
may get at it under a name of its own that resolves to the loopback, so the Host is looked at.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from rtdebug.model.value import Value
from rtdebug.safe import one_line
from rtdebug.wire.http_head import HttpRequest


class Refusal(Value):
    """An HTTP answer instead of what was asked."""

    status: int
    code: str
    message: str
    hint: str = ""
    retry_after: int = 0  # seconds, where it may be different then


class Guard(Value):
    """Judges a request by Host and Origin.

    ``exposed``: the port is open beyond the loopback, so an address is a fit Host as well (a name
    can be rebound, an address cannot). ``hosts`` are further names, ``origins`` the web origins
    that are welcome; ``pages`` is False where the port in front has judged who may come.
    """

    exposed: bool = False
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    pages: bool = True

    def refusal(self, request: HttpRequest) -> Refusal | None:
        """Why the request may not pass, None if it may."""
        hosts = [value for name, value in request.headers if name.lower() == "host"]
        if len(hosts) != 1 or not self._fit(hosts[0]):
            return Refusal(
                421,
                "wrong-host",
                f"the Host header {_told(hosts)} is none of this port's names",
                "use localhost or 127.0.0.1, with whatever port leads here; other names need "
                "--allow-host NAME",
            )
        if not self.pages:
            return None
        origins = [value for name, value in request.headers if name.lower() == "origin"]
        # A page can also ask without an Origin (an image, say); then the browser tells this.
        foreign = not origins and request.tokens("sec-fetch-site") & {"cross-site", "same-site"}
        if foreign or not all(self._welcome(origin, hosts[0]) for origin in origins):
            return Refusal(
                403,
                "wrong-origin",
                "a web page of an origin that was not allowed asked for this",
                "if the page is yours, start rtdebug with --allow-origin ORIGIN",
            )
        return None

    def _fit(self, host: str) -> bool:
        # The port proves nothing: a page that rebinds a name has the name wrong, and behind a
        # tunnel, a container or what ends TLS the port is another one for everybody.
        name = _name(host)
        return _loopback(name) or name in self.hosts or (self.exposed and _address(name))

    def _welcome(self, origin: str, host: str) -> bool:
        if origin.lower() in self.origins:
            return True
        # Some libraries send the server's own address as the Origin; no foreign page can.
        return origin.lower() in (f"http://{host}".lower(), f"https://{host}".lower())


def guard_for(
    *,
    exposed: bool,
    hosts: Iterable[str] = (),
    origins: Iterable[str] = (),
) -> Guard:
    """A guard whose names and origins are compared without regard to case."""
    return Guard(
        exposed,
        frozenset(host.lower().strip("[]") for host in hosts),
        frozenset(origin.lower().rstrip("/") for origin in origins),
    )


def _name(host: str) -> str:
    """The name in a Host header, "" when it cannot be read."""
    try:
        parts = urlsplit(f"//{host}")
        if parts.username is not None or parts.path or parts.query or parts.fragment:
            return ""
        return (parts.hostname or "").rstrip(".") if parts.port != 0 else ""
    except ValueError:
        return ""


def _told(hosts: list[str]) -> str:
    """What was asked for, for people."""
    if len(hosts) == 1:
        return repr(one_line(hosts[0], 60))
    return "is missing or" if not hosts else "comes twice or"


def _loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, 6.3
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
