"""Which proxy the environment asks for, and what it means when the way through it fails."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from rtdebug.safe import one_line
from rtdebug.wire.target import Endpoint

_SECURE = ("wss", "socks", "https", "all")
_PLAIN = ("ws", "socks", "https", "http", "all")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy and the environment variable that names it. ``url`` may hold a password."""

    url: str
    variable: str

    @property
    def shown(self) -> str:
        """The proxy as it may be shown, without user name and password."""
        try:
            parts = urlsplit(self.url)
            place = parts.netloc.rpartition("@")[2]
        except ValueError:
            return self.variable
        if not parts.scheme or not place:
            return self.variable
        return one_line(f"{self.variable}={parts.scheme}://{place}", 120)


def proxy_for(target: Endpoint, environ: Mapping[str, str]) -> Proxy | None:
    """The proxy for a target, None to go straight: there is none, or it is bypassed.

    The order is that of RFC 6455, section 4.1, and of websockets: a variable for WebSocket itself,
    SOCKS, HTTPS, then HTTP for plain targets, then ALL_PROXY. Loopback is never sent to a proxy.
    """
    if target.loopback:
        return None
    for scheme in _SECURE if target.secure else _PLAIN:
        for variable in (f"{scheme}_proxy", f"{scheme.upper()}_PROXY"):
            url = environ.get(variable, "").strip()
            if url:
                return None if _bypassed(target, environ) else _proxy(scheme, url, variable)
    return None


def _proxy(scheme: str, url: str, variable: str) -> Proxy:
    if "://" not in url:
        url = f"http://{url}"
    if scheme == "socks" and url.startswith("http://"):
        url = "socks5h://" + url.removeprefix("http://")
    return Proxy(url, variable)


def _bypassed(target: Endpoint, environ: Mapping[str, str]) -> bool:
    """NO_PROXY as everyone reads it: names, their subdomains, with or without a port, or ``*``."""
    listed = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    return any(_covers(entry, target) for entry in listed.lower().replace(",", " ").split())


def _covers(entry: str, target: Endpoint) -> bool:
    name, port = entry, ""
    if entry.count(":") == 1:
        name, _, port = entry.partition(":")
    if port and port != str(target.port):
        return False
    return name == "*" or f".{target.host.lower()}".endswith("." + name.lstrip("."))


def explain(error: Exception, proxy: Proxy, target: Endpoint) -> str:
    """What went wrong on the way through a proxy, as one sentence with the way around it."""
    tried = (
        f"Went through the proxy {proxy.shown} to reach {target.address}, expected a tunnel, but"
    )
    return f"{tried} {_seen(error)}; or set NO_PROXY={target.host} to go around it."


def _seen(error: Exception) -> str:
    """Never the library's own words as they are: they may repeat the variable's password."""
    if isinstance(error, socket.gaierror):
        return "the proxy's name does not resolve; check the variable"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there (connection refused); start the proxy, check the variable"
    if isinstance(error, ImportError):
        return "a SOCKS proxy needs the package python-socks; install it"
    if isinstance(error, OSError):
        return (
            f"it cannot be reached ({error.strerror or type(error).__name__}); check the variable"
        )
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status == 407:
        return "it wants a user name and password (HTTP 407); put them into the variable"
    if status:
        return f"it answered HTTP {status}; ask who runs it whether this host is allowed"
    if isinstance(error, ValueError) or hasattr(error, "msg"):
        why = one_line(getattr(error, "msg", "the URL is malformed"), 80)
        return f"that is no usable proxy URL ({why}); correct the variable"
    return "what answers there is no proxy of that kind; check the variable"
