"""The head of an HTTP/1.1 message, read strictly: what cannot be passed on exactly is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rtdebug.model.value import Value

MAX_LINE = 8 * 1024
MAX_HEADERS = 128
MAX_HEAD = 64 * 1024
END = b"\r\n\r\n"

_REQUEST = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e]+) HTTP/1\.([01])")
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9][0-9])(?: ([^\x00-\x08\x0a-\x1f\x7f]*))?")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*")

Headers = tuple[tuple[str, str], ...]


class BadHead(Exception):
    """These bytes are no HTTP head; ``status`` is what a server answers to that."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


class HttpHead(Value):
    """A start line and headers, in order and spelling as they came (as Latin-1)."""

    if TYPE_CHECKING:
        start: str
        headers: Headers

    def get(self, name: str) -> str | None:
        """All values of a header joined by commas (RFC 9110, 5.2), None without one."""
        values = [value for key, value in self.headers if key.lower() == name]
        return ", ".join(values) if values else None

    def tokens(self, name: str) -> frozenset[str]:
        """The words of a comma list such as Connection, in small letters."""
        value = self.get(name) or ""
        return frozenset(word.strip().lower() for word in value.split(",")) - {""}

    def encode(self) -> bytes:
        """The bytes that go over the wire, the blank line included."""
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers), "", ""]
        return "\r\n".join(lines).encode("latin-1")


class Body(Value):
    """How long the body of a request is: ``length`` bytes, or by its chunks."""

    length: int = 0
    chunked: bool = False


class HttpRequest(HttpHead):
    """A request; ``target`` is as it came."""

    start: str
    headers: Headers
    method: str = ""
    target: str = ""

    def without(self, name: str) -> HttpRequest:
        """The same request without a header."""
        headers = tuple(pair for pair in self.headers if pair[0].lower() != name)
        return HttpRequest(self.start, headers, self.method, self.target)

    @property
    def body(self) -> Body:
        """How its body is delimited (RFC 9112, 6.3); raises BadHead where that is ambiguous."""
        lengths = [value for name, value in self.headers if name.lower() == "content-length"]
        codings = self.get("transfer-encoding")
        if len(lengths) > 1 or (lengths and codings is not None):
            raise BadHead("expected one Content-Length, or a Transfer-Encoding instead, got both")
        if codings is not None:
            if codings.strip().lower() != "chunked":
                raise BadHead("expected no Transfer-Encoding but chunked")
            return Body(chunked=True)
        if lengths and not (lengths[0].isascii() and lengths[0].isdecimal()):
            raise BadHead("expected a number as Content-Length")
        return Body(int(lengths[0][:18]) if lengths else 0)

    @property
    def upgrade(self) -> bool:
        """Whether it asks for a WebSocket (RFC 6455, 4.1)."""
        asks = "upgrade" in self.tokens("connection")
        return self.method == "GET" and asks and "websocket" in self.tokens("upgrade")


class HttpResponse(HttpHead):
    """An answer."""

    start: str
    headers: Headers
    status: int = 0
    reason: str = ""


def parse_request(data: bytes) -> HttpRequest:
    """The request whose head is ``data``, its blank line included; raises BadHead."""
    first, lines = _lines(data)
    match = _REQUEST.fullmatch(first)
    if not match:
        raise BadHead("expected a request line such as 'GET /path HTTP/1.1'")
    method, target = match[1].decode(), match[2].decode()
    return HttpRequest(first.decode(), _headers(lines), method, target)


def parse_response(data: bytes) -> HttpResponse:
    """The answer whose head is ``data``, its blank line included; raises BadHead."""
    first, lines = _lines(data)
    match = _STATUS.fullmatch(first)
    if not match:
        raise BadHead("expected a status line such as 'HTTP/1.1 101 Switching Protocols'", 502)
    reason = (match[3] or b"").decode("latin-1")
    return HttpResponse(first.decode("latin-1"), _headers(lines), int(match[2]), reason)


def _lines(data: bytes) -> tuple[bytes, list[bytes]]:
    first, *lines = data.removesuffix(END).split(b"\r\n")
    if len(lines) > MAX_HEADERS:
        raise BadHead(f"expected at most {MAX_HEADERS} headers, got {len(lines)}", 431)
    if max(map(len, (first, *lines))) > MAX_LINE:
        raise BadHead(f"expected lines of at most {MAX_LINE} bytes, got a longer one", 431)
    return first, lines


def _headers(lines: list[bytes]) -> Headers:
    found = []
    for number, line in enumerate(lines, 1):
        match = _HEADER.fullmatch(line)
        if not match:  # its text is not repeated: it may hold a key
            raise BadHead(f"expected 'Name: value' as header {number}, got something else")
        found.append((match[1].decode(), match[2].decode("latin-1")))
    return tuple(found)
