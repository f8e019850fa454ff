"""Turns dumps of bytes in hexadecimal (tcpflow, xxd, hexdump, tcpdump) into the text they show."""

from __future__ import annotations

import re

# "0000: 7b22 7479 7065 …  {"type…", "00000000  7b 22 74 …  |{"type…|", "\t0x0000:  7b22 …"
_ROW = (
    r"[ \t]{0,8}(?:0x)?(?P<at>[0-9a-fA-F]{4,8})(?::[ \t]{1,3}|[ \t]{2,3})"
    r"(?P<hex>[0-9a-fA-F]{2}(?: {0,2}[0-9a-fA-F]{2}){0,31})(?:[ \t]|$)"
)
_FIRST = rb"[\[{]"
_STARTS = ("7b22", "7b 22", "7B22", "7B 22", "7b 0a", "7b0a")
# tcpflow names both ends before each flow: address and port of who sent, then of who received.
_FLOW = r"(?m)^(?:\d{3}\.){4}(\d{5})-(?:\d{3}\.){4}(\d{5}): *$"
_SERVERS = {"00443": True, "00080": True}


def without_dumps(text: str) -> str:
    """``text`` with each dump replaced by what it holds, on the line where it began."""
    if not any(start in text for start in _STARTS):
        return text
    text = re.sub(_FLOW, _towards, text)
    lines = text.split("\n")
    shown: list[str] = []
    dump: list[re.Match[str]] = []
    for line in [*lines, ""]:
        row = re.match(_ROW, line)
        if row is not None and (not dump or int(row["at"], 16) > int(dump[-1]["at"], 16)):
            dump.append(row)
            continue
        shown += _decoded(dump)
        dump = [row] if row is not None else []
        if row is None:
            shown.append(line)
    return "\n".join(shown[:-1])


def _decoded(dump: list[re.Match[str]]) -> list[str]:
    """As many lines as the dump had; as it was where it holds no text in brackets."""
    data = b"".join(bytes.fromhex(row["hex"]) for row in dump)
    first = re.search(_FIRST, data[:16])
    if first is None:
        return [row.string for row in dump]
    text = data[first.start() :].decode("utf-8", "replace").replace("\n", " ")
    return [text] + [""] * (len(dump) - 1)


def _towards(match: re.Match[str]) -> str:
    if match[1] in _SERVERS:
        return "from server:"
    return "from client:" if match[2] in _SERVERS else match.group()
