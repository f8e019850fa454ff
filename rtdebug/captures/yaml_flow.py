"""Values as YAML on one line, for files that people go on with."""

from __future__ import annotations

import json
import re
from typing import Any

from rtdebug.safe import safe

_PLAIN = re.compile(r"[A-Za-z_][\w./-]*(?: [\w./-]+)*\Z", re.ASCII)
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


def flow(value: Any) -> str:
    """``value`` in flow style, names and plain words without quotes."""
    if isinstance(value, dict):
        inner = ", ".join(f"{flow(str(key))}: {flow(one)}" for key, one in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, str):
        return _text(value)
    return json.dumps(value)


def comment(text: str, limit: int = 160) -> str:
    """A line that is a comment whatever stands in ``text``."""
    flat = " ".join(safe(text).split())
    return f"# {flat if len(flat) <= limit else flat[: limit - 1] + '…'}"


def _text(text: str) -> str:
    if _PLAIN.match(text) and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(r"[^\x20-\x7e]", _escaped, quoted) if not text.isascii() else quoted


def _escaped(sign: re.Match[str]) -> str:
    """What is not safe to show by its number; half a surrogate, which YAML has no place for, as
    the sign that stands for what is lost."""
    code = ord(sign[0])
    if 0xD800 <= code < 0xE000:
        return "\\uFFFD"
    if safe(sign[0]) == sign[0] and sign[0].isprintable():
        return sign[0]
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
