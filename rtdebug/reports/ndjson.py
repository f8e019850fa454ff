"""The report of a stream: one line of JSON for each record, as it comes, with what it brought up.

``{"seq": 1, "at": 0.012, "from": "server", "event": {...}, "findings": [...]}``: the fields of a
capture's line, and the findings of the JSON report where there are any. Findings that no record
brought (a deadline passed, the stream ended) make a line of their own.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from rtdebug.model.findings import Finding
from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Found,
    Opened,
    Paused,
    Record,
    Refused,
    Remark,
    Undecodable,
    Unjudged,
    Violation,
)
from rtdebug.reports.encoding import encode, finding_fields


def line(
    record: Record | None, findings: Sequence[Finding] = (), *, connection: int | None = None
) -> str:
    """One line ending in a newline; ``record`` None for findings that came without one.

    ``connection`` is told where a stream is of several.
    """
    fields: dict[str, object] = {} if connection is None else {"connection": connection}
    if record is not None:
        fields |= _fields(record)
    if findings or record is None:
        fields["findings"] = [finding_fields(finding) for finding in findings]
    return encode(fields) + "\n"


def _fields(record: Record) -> dict[str, object]:
    at: dict[str, object] = {"at": record.at}
    match record:
        case Event():
            body = {"event": record.payload} if record.payload else {"type": record.type}
            return {"seq": record.seq, **at, "from": record.sender.value, **body}
        case Undecodable():
            said = {"seq": record.seq, **at, "from": record.sender.value, "reason": record.reason}
            if isinstance(record.data, str):
                return {**said, "text": record.data}
            return {**said, "binary": base64.b64encode(record.data).decode()}
        case Opened():
            opened = {"url": record.url, "subprotocol": record.subprotocol, "status": record.status}
            return {**at, "opened": opened}
        case Refused():
            refused = {"step": record.step.value, "text": record.text, "url": record.url,
                       "status": record.status, "body": record.body}  # fmt: skip
            return {**at, "refused": refused}
        case Closed():
            by = record.sender.value if record.sender else None
            return {**at, "closed": {"code": record.code, "reason": record.reason, "by": by}}
        case Ended():
            return {**at, "ended": {"reason": record.reason, "waited": record.waited}}
        case Violation():
            broken = {"by": record.sender.value, "kind": record.kind, "detail": record.detail}
            return {**at, "violation": broken}
        case Unjudged():
            passed = {"from": record.sender.value, "size": record.size, "why": record.why}
            return {**at, "unjudged": passed}
        case Paused():
            return {**at, "paused": {"seconds": record.seconds}}
        case Found():
            return at
        case Remark():
            return {**at, "remark": {"text": record.text, "line": record.line}}
