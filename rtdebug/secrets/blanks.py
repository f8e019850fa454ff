"""Values that stand where a key belongs and are none: what an unset variable leaves."""

from __future__ import annotations

import re

from rtdebug.secrets.names import names_a_secret

_BLANK = re.compile(r"(?i)(?:(?:bearer|basic|token)\b)?\s*(?:none|null|nil|undefined)?")


def is_blank_credential(name: str, value: str) -> bool:
    """Whether a header is there to hold a key, and holds none."""
    return names_a_secret(name, alone=True) and _BLANK.fullmatch(value.strip()) is not None
