"""The few colours reports use, as escape codes for strings that are made without Rich.

Only colours that can be read on light and on dark grounds: no black, no white, no background.
"""

from __future__ import annotations

import re

RED = "\x1b[31m"
GREEN = "\x1b[32m"
YELLOW = "\x1b[33m"
CYAN = "\x1b[36m"
BOLD = "\x1b[1m"
DIM = "\x1b[2m"
RESET = "\x1b[0m"


def paint(text: str, *codes: str, color: bool) -> str:
    """``text`` in these colours, or as it is where colours are off."""
    return f"{''.join(codes)}{text}{RESET}" if color and text else text


_CODES = re.compile(r"\x1b\[[\d;]*m")


def plain(text: str) -> str:
    """``text`` without colours."""
    return _CODES.sub("", text)
