"""Says what a log is in which nothing could be judged, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rtdebug.model.records import Record, Remark
from rtdebug.redaction import DEFAULT

# The first bytes of files that are no text (of those that the formats themselves fix), what such
# a file is, and how to get at a log that may be in it.
_UNPACK = "unpack it and name the log in it"
_ZSTD = "unpack it: zstd -dc FILE | rtdebug diagnose -, or pip install 'rtdebug[zstd]'"
_DAMAGED = "it is damaged or torn: make or copy it anew"
_PACKETS = "follow the WebSocket in Wireshark and save its text"
_NO_TEXT = "name the log itself, as text"
_TELLTALES: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n", "a PNG image", "a picture of a log cannot be read: copy its text"),
    (b"\xff\xd8\xff", "a JPEG image", "a picture of a log cannot be read: copy its text"),
    (b"GIF8", "a GIF image", "a picture of a log cannot be read: copy its text"),
    (b"%PDF-", "a PDF document", "copy its text into a file"),
    (b"\x1f\x8b", "gzip", _DAMAGED),
    (b"BZh91AY&SY", "bzip2", _DAMAGED),
    (b"\xfd7zXZ\0", "xz", _DAMAGED),
    (b"\x28\xb5\x2f\xfd", "Zstandard", _ZSTD),
    (b"PK\x03\x04", "zip", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip", _UNPACK),
    (b"SQLite format 3\0", "an SQLite database", "export the rows that hold the messages"),
    (b"\xd4\xc3\xb2\xa1", "packets (pcap)", _PACKETS),
    (b"\xa1\xb2\xc3\xd4", "packets (pcap)", _PACKETS),
    (b"\x0a\x0d\x0d\x0a", "packets (pcapng)", _PACKETS),
    (b"RIFF", "a WAV or another RIFF file", _NO_TEXT),
    (b"OggS", "Ogg audio", _NO_TEXT),
    (b"ID3", "MP3 audio", _NO_TEXT),
    (b"fLaC", "FLAC audio", _NO_TEXT),
    (b"\x1aE\xdf\xa3", "WebM or Matroska", _NO_TEXT),
    (b"\x7fELF", "a program", _NO_TEXT),
    (b"MZ", "a program", _NO_TEXT),
)  # fmt: skip
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b")
_MOST_CONTROLS = 0.05
_HTML = re.compile(r"(?i)\s*(?:<!doctype html|<html|<head|<body|<div|<p>|<table)")
_XML = re.compile(r"\s*<(?:\?xml|[A-Za-z][\w:.-]*[\s/>])")
_HOLD = "a log of the messages themselves is needed, or of how the connection failed"


def binary(head: bytes, *, long: bool) -> str | None:
    """What a file that is no text is, and what to do, None for one that may hold a log. A file of
    a kind that is known is not searched, nor is a ``long`` one of any kind."""
    for start, kind, hint in _TELLTALES:
        if head.startswith(start) and (len(start) > 3 or _is_binary(head) or b"\n" not in head):
            return f"binary (looks like {kind}), not read; {hint}"
    return f"binary, not read; {_NO_TEXT}" if long and _is_binary(head) else None


def in_text(data: bytes, text: str) -> str:
    """What a text is in which no event was found; ``data`` are its first bytes."""
    if not data:
        return "empty: 0 bytes; see that the app wrote its log, and to this file"
    if not text.strip():
        return f"{len(text)} blank characters and nothing else; {_HOLD}"
    if _is_binary(data):
        return f"binary, with no event in it; {_NO_TEXT}"
    lines = text.count("\n") + (not text.endswith("\n"))
    what = _looks_like(text)
    return f"{lines} line{'s' * (lines != 1)}, no event: looks like {what}"


def in_json(value: Any) -> str:
    """What a JSON document is in which no event was found."""
    if isinstance(value, list):
        return f"a JSON array of {len(value)}, no event in it; {_HOLD}"
    if not isinstance(value, dict):
        return f"JSON, but {_kind(value)} where messages were expected; {_HOLD}"
    if isinstance(value.get("log"), dict) and isinstance(value["log"].get("entries"), list):
        count = len(value["log"]["entries"])
        return (
            f"a HAR of {count} entr{'y' if count == 1 else 'ies'}, none with WebSocket messages; "
            "open the network panel before the connection is made, and export all of it"
        )
    return f"a JSON object with {_fields(value)}, no event in it; {_HOLD}"


def in_long_text(lines: int) -> str:
    """What a long text is in which no event was found."""
    return f"{lines} lines of text, no event in them; {_HOLD}"


def in_lines(lines: int, first: Any) -> str:
    """What JSON lines are in which no event was found."""
    fields = f"; the first has {_fields(first)}" if isinstance(first, dict) else ""
    return f"{lines} lines of JSON, no event in them{fields}; {_HOLD}"


def is_nothing(records: Iterable[Record]) -> bool:
    """Whether records hold nothing that can be judged."""
    return all(isinstance(record, Remark) for record in records)


def _looks_like(text: str) -> str:
    start = text[:4000]
    if _HTML.match(start):
        return "an HTML page; copy the text of the log from it, or name the file it links to"
    if _XML.match(start):
        return f"XML; {_HOLD}"
    first = next(line for line in text.splitlines() if line.strip()).strip()
    shown = DEFAULT.quote(first, 60)
    return f"text (it begins {shown!r}); {_HOLD}"


def _is_binary(data: bytes) -> bool:
    head = data[:4096]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or not head:
        return False
    if head[1::2].count(0) * 2 > len(head[1::2]) * 0.9:  # UTF-16 without its mark
        return False
    return len(head) - len(head.translate(None, _CONTROLS)) > len(head) * _MOST_CONTROLS


def _fields(value: dict[str, Any]) -> str:
    names = [str(name)[:40] for name in value][:5]
    more = len(value) - len(names)
    if not names:
        return "no fields"
    listed = f"the field{'s' * (len(names) != 1)} {', '.join(names)}"
    return listed + (f" and {more} more" if more else "")


def _kind(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null, true or false"
    return "a string" if isinstance(value, str) else "a number"
