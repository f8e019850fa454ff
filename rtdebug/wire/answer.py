"""The HTTP answer to an upgrade, read leniently: a debugger shows what a client must refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RELAY = "rtdebug"
"""The ``type`` of errors that a proxy of this program makes up itself."""

MAX_BODY = 4096
"""How much of a body is kept, in characters."""

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})(?: ([^\r\n]*))?\r?(?:\n|$)")
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title>")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, reason phrase, headers and body as the peer sent them, not yet redacted."""

    status: int
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""

    def header(self, name: str) -> str:
        """The first value of a header, empty if there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def html(self) -> bool:
        """Whether the body is a web page."""
        start = self.body[:200].lstrip().lower()
        return "text/html" in self.header("content-type").lower() or start.startswith(
            ("<!doctype html", "<html")
        )

    @property
    def title(self) -> str:
        """The title of a web page, empty if there is none."""
        match = _TITLE.search(self.body)
        return " ".join(match.group(1).split()) if match else ""

    @property
    def of_relay(self) -> tuple[str, str]:
        """Code and message where a proxy of this program answers for itself, else empty."""
        try:
            error = json.loads(self.body)["error"]
            told = error["type"] == RELAY and (str(error["code"]), str(error["message"]))
        except (ValueError, RecursionError, LookupError, TypeError):
            return ("", "")
        return told or ("", "")

    @property
    def complaint(self) -> str:
        """What the body says is wrong: the error message and code of a JSON body, or short text."""
        if self.html:
            return ""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return " ".join(self.body[:300].split())
        return _complaint(value)


def _complaint(value: Any) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, Mapping):
        value = value.get("error") or value
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        return ""
    says = next((str(value[key]) for key in ("message", "detail", "error") if value.get(key)), "")
    code = value.get("code") or value.get("type")
    return f"{says} ({code})".strip() if code else says


def read_answer(data: bytes) -> Answer | None:
    """The answer that starts ``data``, whole or not; None if these bytes are no HTTP."""
    first = _STATUS_LINE.match(data)
    if not first:
        return None
    head, _, body = data[first.end() :].partition(b"\r\n\r\n")
    if data[first.end() : first.end() + 2] == b"\r\n":
        head, body = b"", data[first.end() + 2 :]
    headers = []
    for line in head.splitlines():
        name, colon, value = line.partition(b":")
        if colon:
            headers.append((name.decode("latin-1").strip(), value.decode("latin-1").strip()))
    reason = (first.group(2) or b"").decode("latin-1").strip()
    return Answer(int(first.group(1)), reason, tuple(headers), body_text(bytes(body)))


def body_text(body: bytes) -> str:
    """A body as text; what is no UTF-8 is replaced."""
    return body.decode("utf-8", "replace")
