"""Code quality for GitLab: faults as a merge request shows them, on the lines of scenarios."""

from __future__ import annotations

from rtdebug.model.findings import Severity
from rtdebug.model.results import Report
from rtdebug.reports.encoding import encode
from rtdebug.reports.faults import Fault, all_faults, from_here
from rtdebug.safe import one_line

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: Report) -> str:
    """A JSON array ending in a newline; a fault without a file is left to the other formats."""
    rows = [_row(one) for one in all_faults(report) if one.place is not None]
    return encode(rows, indent=2) + "\n"


def _row(fault: Fault) -> dict[str, object]:
    assert fault.place is not None
    severity = _SEVERITIES[fault.severity] if fault.fails else "minor"
    return {
        "description": one_line(f"{fault.who}: {fault.title}", 500),
        "check_name": one_line(fault.name, 200),
        "fingerprint": fault.fingerprint,
        "severity": severity,
        "location": {
            "path": one_line(from_here(fault.place.path)),
            "lines": {"begin": max(fault.place.line, 1)},
        },
    }
