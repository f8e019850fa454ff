"""Text from a peer made safe to show: nothing in it can act on a terminal, a browser or CI.

Every renderer passes every string a peer, a log or a scenario wrote through :func:`safe`.
"""

from __future__ import annotations

import re

# C0 but tab and newline, DEL, C1; surrogates; what reorders or hides text (format characters,
# bidi controls, zero width, line and paragraph separators, tags, fillers, variation selectors).
_UNSAFE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufffb\ud800-\udfff\U000110bd\U000e0000-\U000e0fff]"
)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


# Machines that run pipelines act on these anywhere in a line: "##[error]" (GitHub),
# "##vso[task.setvariable]" (Azure), "##teamcity[message]".
RUNNER_COMMAND = r"##(?=\w*\[)"


def safe(text: str) -> str:
    """``text`` with every character that could act made visible as an escape, and no command to
    the machine that runs a pipeline.

    Newlines and tabs stay; use :func:`one_line` where a row must stay a row.
    """
    if not (text.isascii() and text.isprintable()):
        text = re.sub(_UNSAFE, _escape, text)
    return re.sub(RUNNER_COMMAND, "## ", text) if "##" in text else text


def one_line(text: str, limit: int = 0) -> str:
    """``text`` safe, on one line, cut to ``limit`` characters (0 = whole) with an ellipsis."""
    if limit:
        text = text[: limit + 1]
    flat = safe(text).replace("\n", "\\n").replace("\t", "\\t")
    return flat if not limit or len(flat) <= limit else flat[: limit - 1] + "…"
