"""Files of rtdebug's own that are no logs: what each is, and which command reads it."""

from __future__ import annotations

import re

from rtdebug.errors import UnreadableError

_REPORT = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"rtdebug"\s*:\s*"[^"]{0,40}"')
_KEY = re.compile(r"[A-Za-z_]\w*\s*:(?:\s|$)")
_VERSION = re.compile(r"(?m)^rtdebug\s*:\s*\d+\s*(?:#.*)?$")
_STEPS = re.compile(
    r"(?m)^steps\s*:\s*(?:\[|(?:#.*)?$\n(?:\s*(?:#.*)?\n)*\s*-\s*\{?\s*"
    r"(?:expect|send|absent|wait|close|after|repeat|for_each|include)\w*\b)"
)
_HEAD = 1 << 14


def refuse_no_log(name: str, head: bytes) -> None:
    """Raises UnreadableError for a file of which its first bytes tell that it is no log."""
    if _REPORT.match(head) and b'"runs"' in head:
        raise UnreadableError(
            f"{name}: expected a log, found a JSON report of rtdebug, which holds no messages",
            "diagnose the log or the capture that the report names in runs[].source",
        )
    text = head[:_HEAD].decode("utf-8", "replace").replace("\r\n", "\n")
    if not _is_yaml(text):
        return
    if _STEPS.search(text):
        raise UnreadableError(
            f"{name}: expected a log, found a scenario", f"play it: rtdebug run {name}"
        )
    if _VERSION.search(text):
        raise UnreadableError(
            f"{name}: expected a log, found a scenario or a mock script",
            f"see which, and whether it is right: rtdebug check {name}",
        )


def _is_yaml(text: str) -> bool:
    """Whether the first line that is no comment is a key of a YAML document."""
    lines = (
        line for line in text.split("\n") if line.strip() and not line.startswith(("#", "---"))
    )
    return _KEY.match(next(lines, "")) is not None
