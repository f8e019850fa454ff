"""SARIF 2.1.0, for code scanning and editors: one result a fault, one rule a finding."""

from __future__ import annotations

from urllib.parse import quote

from rtdebug.model.findings import Severity
from rtdebug.model.results import Location, Report
from rtdebug.reports.encoding import encode
from rtdebug.reports.faults import Fault, all_faults, from_here
from rtdebug.safe import one_line, safe

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_MOST = 5000  # results; whoever shows SARIF shows no more
_LONGEST = 8000
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(report: Report) -> str:
    """``report`` as one SARIF log with one run, ending in a newline."""
    rows = all_faults(report)[:_MOST]
    rules = list({one.name: one for one in rows})
    driver = {
        "name": "rtdebug",
        "version": report.version or "0",
        "rules": [_rule(name) for name in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, rules.index(one.name)) for one in rows],
    }
    return encode({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(name: str) -> dict[str, object]:
    from rtdebug.catalogue.book import find

    known, id_ = find(name), one_line(name, 200) or "unnamed"
    if known is None:
        return {"id": id_}
    texts = {"shortDescription": known.title, "fullDescription": known.finds, "help": known.to_do}
    return {
        "id": id_,
        **{key: {"text": safe(text)} for key, text in texts.items() if text},
        "defaultConfiguration": {"level": _LEVELS[known.severity]},
    }


def _result(fault: Fault, rule: int) -> dict[str, object]:
    level = (
        _LEVELS[fault.severity]
        if fault.fails or fault.severity is not Severity.ERROR
        else "warning"
    )
    text = "\n".join((f"{fault.who}: {fault.title}", *fault.lines()))
    return {
        "ruleId": one_line(fault.name, 200) or "unnamed",
        "ruleIndex": rule,
        "level": level,
        "message": {"text": safe(text)[:_LONGEST]},
        "occurrenceCount": fault.times,
        "locations": [_location(fault.place)] if fault.place is not None else [],
        "partialFingerprints": {"rtdebug/v1": fault.fingerprint},
    }


def _location(place: Location) -> dict[str, object]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(from_here(place.path))},
            "region": {"startLine": max(place.line, 1), "startColumn": max(place.column, 1)},
        }
    }


def _uri(path: str) -> str:
    """A path as a reference; one from the root names its scheme."""
    text = quote(path.replace("\\", "/").encode("utf-8", "backslashreplace"), safe="/-._~")
    return f"file://{text}" if text.startswith("/") else text
