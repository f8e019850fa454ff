"""The one server a relay dials, and where on it a request of the app goes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from rtdebug.wire.target import Endpoint, parse_target

_HTTP = re.compile(r"(?i)http(s?)://")


@dataclass(frozen=True, slots=True)
class Upstream:
    """A fixed server. ``path`` is without a slash at its end, ``query`` without question mark."""

    target: Endpoint
    path: str = ""
    query: str = ""

    @property
    def host_header(self) -> str:
        """The Host header (RFC 9110, 7.2): the port only where it is not the scheme's own."""
        usual = 443 if self.target.secure else 80
        whole = self.target.address
        return whole if self.target.port != usual else whole.rpartition(":")[0]

    def location(self, asked: str) -> str:
        """Path and query for what the app asked.

        The upstream's own path goes before the app's unless it is already there, so that both
        ``wss://host/v1`` and ``wss://host`` serve an app whose base URL ends in ``/v1``. The app's
        query stays as it is; parameters of the upstream's own are added where the app has none.
        """
        path, mark, query = asked.partition("?")
        if path in ("", "/"):
            path = self.path or "/"
        elif self.path and path != self.path and not path.startswith(self.path + "/"):
            path = self.path + path
        names = {part.partition("=")[0] for part in query.split("&")}
        parts = self.query.split("&") if self.query else []
        own = [part for part in parts if part.partition("=")[0] not in names]
        joined = "&".join([*([query] if query else []), *own])
        return f"{path}?{joined}" if joined or mark else path

    def url(self, asked: str) -> str:
        """The whole URL of what the app asked; it may hold a key."""
        scheme = "wss" if self.target.secure else "ws"
        return f"{scheme}://{self.host_header}{self.location(asked)}"


def parse_upstream(text: str) -> Upstream:
    """The server that a ``ws(s)://`` or ``http(s)://`` URL names; raises UsageError."""
    url = _HTTP.sub(lambda match: f"ws{match[1].lower()}://", text.strip(), count=1)
    target = parse_target(url)
    parts = urlsplit(url)
    return Upstream(target, parts.path.rstrip("/"), parts.query)
