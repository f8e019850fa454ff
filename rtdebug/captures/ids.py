"""The server's clock in its ids.

Ids that OpenAI and Azure OpenAI make (``event_``, ``resp_``, ``item_``, ``sess_``, ``conv_``) end
in 21 characters of which the first five are base-62 digits: seconds since 1576800000 (checked
against ``expires_at`` and client clocks of recorded sessions, 2024 to 2026; not documented).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

EPOCH = 1576800000
_EARLIEST = 1704067200  # 2024-01-01: there was no Realtime API before
_LATEST = 2051222400  # 2035-01-01
_MOST_BACKWARDS = 0.1
_LONGEST = 3 * 86400

_ID = re.compile(r"^(?:event|resp|item|sess|conv)_([0-9A-Za-z]{5})[0-9A-Za-z]{16}$")
_DIGITS = {
    digit: value
    for value, digit in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
}


def second_of(name: object) -> int | None:
    """Seconds since 1970 in an id, None when it holds no credible time."""
    match = _ID.match(name) if isinstance(name, str) else None
    if match is None:
        return None
    seconds = 0
    for digit in match[1]:
        seconds = seconds * 62 + _DIGITS[digit]
    seconds += EPOCH
    return seconds if _EARLIEST <= seconds < _LATEST else None


def credible(seconds: Sequence[int]) -> bool:
    """Whether seconds read out of a log's ids, in its order, look like one session's clock."""
    if len(seconds) < 2:
        return bool(seconds)
    backwards = sum(late > early for late, early in pairwise(seconds))
    return backwards <= len(seconds) * _MOST_BACKWARDS and max(seconds) - min(seconds) <= _LONGEST
