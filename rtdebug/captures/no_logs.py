"""Files of rtdebug's own that are no logs: what each is, and which command reads it."""

from __future__ import annotations

import re

from rtdebug.errors import UnreadableError

# Most logs are told by their first sign, so these are compiled where they are needed.
_REPORT = rb'(?:\xef\xbb\xbf)?\s*\{\s*"rtdebug"\s*:\s*"[^"]{0,40}"'
_KEY = r"[A-Za-z_]\w*\s*:(?:\s|$)"
_VERSION = r"(?m)^rtdebug\s*:\s*\d+\s*(?:#.*)?$"
_STEPS = (
    r"(?m)^steps\s*:\s*(?:\[|(?:#.*)?$\n(?:\s*(?:#.*)?\n)*\s*-\s*\{?\s*"
    r"(?:expect|send|absent|wait|close|after|repeat|for_each|include)\w*\b)"
)
_HEAD = 1 << 14


def refuse_no_log(name: str, head: bytes) -> None:
    """Raises UnreadableError for a file of which its first bytes tell that it is no log."""
    if b'"runs"' in head and re.match(_REPORT, head):
        raise UnreadableError(
            f"{name}: expected a log, found a JSON report of rtdebug, which holds no messages",
            "diagnose the log or the capture that the report names in runs[].source",
        )
    if head.startswith(b"{"):
        return
    text = head[:_HEAD].decode("utf-8", "replace").replace("\r\n", "\n")
    if not _is_yaml(text):
        return
    if re.search(_STEPS, text):
        raise UnreadableError(
            f"{name}: expected a log, found a scenario", f"play it: rtdebug run {name}"
        )
    if re.search(_VERSION, text):
        raise UnreadableError(
            f"{name}: expected a log, found a scenario or a mock script",
            f"see which, and whether it is right: rtdebug check {name}",
        )


def _is_yaml(text: str) -> bool:
    """Whether the first line that is no comment is a key of a YAML document."""
    lines = (
        line for line in text.split("\n") if line.strip() and not line.startswith(("#", "---"))
    )
    return re.match(_KEY, next(lines, "")) is not None
