"""Where to connect: a ``ws://`` or ``wss://`` URL a person wrote, checked before it is used."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from rtdebug.errors import UsageError
from rtdebug.redaction import DEFAULT, REDACTED
from rtdebug.safe import one_line

_BLANK_OR_CONTROL = r"[\x00-\x20\x7f-\xa0\u2028\u2029]"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_USERINFO = re.compile(r"(//)[^/?#]*@")
_TWINS = {"http": "ws", "https": "wss"}


class Endpoint(NamedTuple):
    """A checked URL. ``host`` is without brackets; ``port`` is always set."""

    url: str
    secure: bool
    host: str
    port: int

    @property
    def address(self) -> str:
        """``host:port``, an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether it can only be this machine."""
        host = self.host.lower().rstrip(".")
        return host == "::1" or host.startswith("127.") or f".{host}".endswith(".localhost")


def parse_target(text: str) -> Endpoint:
    """The target a URL names; raises UsageError that says what was expected and seen."""
    url = text.strip()
    if not url:
        raise UsageError(
            "expected a target URL such as wss://host/path, got an empty one",
            "give a ws:// or wss:// URL, or `mock` for the embedded server",
        )
    _refuse_blanks(url)
    parts = _split(url)
    _refuse_extras(url, parts)
    host = _host(url, parts)
    secure = parts.scheme == "wss"
    return Endpoint(url, secure, host, _port(url, parts) or (443 if secure else 80))


def shown(url: str) -> str:
    """A URL as it may be shown: without secrets and on one line."""
    return one_line(DEFAULT.text(_USERINFO.sub(rf"\1{REDACTED}@", url)), 200)


def _refuse_blanks(url: str) -> None:
    plain = url.isascii() and url.isprintable() and " " not in url
    wrong = None if plain else re.search(_BLANK_OR_CONTROL, url)
    if wrong:
        kind = "a blank" if wrong.group() == " " else f"U+{ord(wrong.group()):04X}"
        raise UsageError(
            f"expected a URL without blanks, got {kind} as character {wrong.start() + 1} "
            f"of {shown(url)}",
            "remove it, or write %20 where a blank is meant",
        )


def _split(url: str) -> SplitResult:
    scheme = _SCHEME.match(url)
    found = scheme.group(1).lower() if scheme else ""
    if found not in ("ws", "wss"):
        seen = f"{found}://" if found else "no scheme"
        raise UsageError(
            f"expected a ws:// or wss:// URL, got {seen} in {shown(url)}", _scheme_hint(url, found)
        )
    try:
        return urlsplit(url)
    except ValueError:
        raise UsageError(
            f"expected a host name or an IPv6 address in brackets, got {shown(url)}",
            "write an IPv6 address as ws://[::1]:8080/path",
        ) from None


def _scheme_hint(url: str, scheme: str) -> str:
    if scheme in _TWINS:
        return f"write {_TWINS[scheme]}{shown(url[len(scheme) :])}"
    if scheme:
        return "a WebSocket URL starts with wss:// (TLS) or ws:// (plain)"
    bare = url.lstrip("/")
    near = bare.startswith(("localhost", "127.", "[::1]"))
    return f"write {'ws' if near else 'wss'}://{shown(bare)}"


def _refuse_extras(url: str, parts: SplitResult) -> None:
    if "@" in parts.netloc:
        raise UsageError(
            f"expected a URL without user name and password, got {shown(url)}",
            "send them as a header: --header 'Authorization: Basic …'",
        )
    if "#" in url:
        raise UsageError(
            f"expected a URL without a fragment, got '#' in {shown(url)} (RFC 6455, section 3)",
            "remove it, or write %23 where a # is meant",
        )


def _host(url: str, parts: SplitResult) -> str:
    host = parts.hostname
    if _bare_ipv6(parts.netloc):
        raise UsageError(
            f"expected an IPv6 address in brackets, got {shown(url)}",
            "write it as ws://[::1]:8080/path",
        )
    if not host:
        raise UsageError(f"expected a host after ://, got none in {shown(url)}", "name the host")
    if ":" in host:
        return host
    try:
        labels = host.removesuffix(".").encode("ascii" if host.isascii() else "idna").split(b".")
    except UnicodeError:
        labels = [b""]
    if not all(0 < len(label) < 64 for label in labels):
        raise UsageError(
            f"expected a host name with parts of 1 to 63 characters, got {shown(url)}",
            "check the host name for doubled dots",
        )
    return host


def _bare_ipv6(netloc: str) -> bool:
    return not netloc.startswith("[") and netloc.count(":") > 1


def _port(url: str, parts: SplitResult) -> int | None:
    raw = parts.netloc.rpartition("]")[2].partition(":")
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0 or (raw[1] and not raw[2]):
        seen = repr(one_line(raw[2], 20)) if raw[2] else "nothing"
        raise UsageError(
            f"expected a port from 1 to 65535 after the colon, got {seen} in {shown(url)}",
            "write it as host:443, or leave the colon out",
        )
    return port
