"""Tells the format of a log by a look at its first bytes."""

from __future__ import annotations

import re

from rtdebug.captures.jsonl import MARK, loads

# A tnetstring: the length, a colon, the content, a type mark; a flow is a dictionary of them.
_FLOW = re.compile(rb"\d{1,9}:\d{1,9}:\w[\w ]*[,;]")


def looks_like_own(head: bytes) -> bool:
    """Whether a log is a capture of ours: its first line is our header."""
    line = head.split(b"\n", 1)[0]
    if MARK.encode() not in line:
        return False
    fields = _parsed(line)
    return isinstance(fields, dict) and MARK in fields


def looks_like_flows(head: bytes) -> bool:
    """Whether a log is one of mitmproxy's: tnetstrings of dictionaries with a version."""
    return _FLOW.match(head) is not None and (b"mitmproxy" in head or b":version" in head)


def looks_like_lines(head: bytes) -> bool:
    """Whether a log is JSON lines: its first lines are objects, each on one line. A single
    object is a document."""
    lines = [line for line in head.split(b"\n") if line.strip()][:20]
    if len(lines) < 2 or not lines[0].lstrip().startswith(b"{"):
        return False
    whole = lines if head.endswith(b"\n") else lines[:-1]
    return _is_object(whole[0]) and sum(map(_is_object, whole)) >= len(whole) * 0.8


def looks_like_document(head: bytes) -> bool:
    """Whether a log may be one JSON document: it begins as an object or an array does."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _is_object(line: bytes) -> bool:
    return isinstance(_parsed(line), dict)


def _parsed(line: bytes) -> object:
    try:
        return loads(line)
    except ValueError:
        return None
