"""JSON that any program and any terminal can take, whatever a peer wrote.

Characters that could act on a terminal, and lone surrogates, are written as JSON escapes; NaN,
infinities and integers that few parsers keep become null or text; nesting is bounded.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from rtdebug.model.findings import Finding
from rtdebug.model.results import Owed, Run
from rtdebug.safe import RUNNER_COMMAND, safe

_DEEPEST = 64
_LARGEST = 2**63
_NOT_ASCII = re.compile("[^\x00-\x7e]+")


def encode(value: object, *, indent: int | None = None) -> str:
    """``value`` as JSON; ``indent`` None makes one line."""
    separators = (",", ": ") if indent else (", ", ": ")
    return harmless(
        json.dumps(plain(value), ensure_ascii=False, indent=indent, separators=separators)
    )


def harmless(text: str) -> str:
    """JSON with an escape in place of whatever could act on a terminal or a pipeline."""
    if "##" in text:
        text = re.sub(RUNNER_COMMAND, r"#\\u0023", text)
    return text if text.isascii() and "\x7f" not in text else _NOT_ASCII.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    run = match.group()
    if safe(run) == run:
        return run
    return "".join(sign if safe(sign) == sign else json.dumps(sign)[1:-1] for sign in run)


def plain(value: object, depth: int = 0) -> Any:
    """``value`` with nothing in it that JSON cannot hold; floats to the microsecond."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if -_LARGEST <= value < _LARGEST else "a number out of range"
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if depth >= _DEEPEST:
        return "nested too deeply"
    if isinstance(value, Mapping):
        return {str(key): plain(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner, depth + 1) for inner in value]
    return str(value)


def finding_fields(finding: Finding) -> dict[str, object]:
    """A finding as it stands in every JSON this program writes."""
    causes = [
        {"text": cause.text, "likelihood": cause.likelihood, "test": cause.test}
        for cause in finding.causes
    ]
    withdrawn = {"withdrawn": True} if finding.withdrawn else {}
    return {
        "key": finding.key,
        "name": finding.name,
        "severity": finding.severity.value,
        "certainty": finding.certainty.value,
        "title": finding.title,
        "message": finding.message,
        "causes": causes,
        "fix": finding.fix,
        "subject": finding.subject,
        "at": finding.at,
        "evidence": finding.evidence,
        "count": finding.count,
        "first": finding.first,
        "last": finding.last,
        "under": finding.under,
        "docs": finding.docs,
        **withdrawn,
    }


def end_fields(run: Run) -> dict[str, object]:
    """What a run came to in all, what was open at its end and how much of it was judged, as every
    JSON says it."""
    known = run.coverage
    return {
        "totals": _totals(run),
        "open": [_owed(one) for one in run.open],
        "coverage": {
            "judged": known.judged,
            "unknown": known.unknown,
            "unread": known.unread,
            "first_unread": known.first_unread,
            "why": known.why,
        },
    }


def _owed(one: Owed) -> dict[str, object]:
    return {
        "what": one.what,
        "event": one.event,
        "since": one.since,
        "owed_by": one.owed_by.value,
        "awaited": one.awaited,
        "subject": one.subject,
        "until": one.until,
    }


def _totals(run: Run) -> dict[str, object]:
    """What there was in all, whatever of it is told below."""
    totals = run.totals
    return {
        "responses": max(run.response_count, len(run.responses)),
        "bytes": {"client": totals.client_bytes, "server": totals.server_bytes},
        "audio_ms": {"client": totals.client_audio_ms, "server": totals.server_audio_ms},
    }
