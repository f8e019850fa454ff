"""The matrix of a probe for programs, as one JSON document (schemas/rtdebug/probe.schema.json)."""

from __future__ import annotations

from rtdebug.model.probed import CaseResult, CaseVerdict, Matrix
from rtdebug.reports.encoding import encode
from rtdebug.reports.figures import outcome_of

FORMAT = 1


def render(matrix: Matrix) -> str:
    """``matrix`` as JSON ending in a newline."""
    plan = matrix.plan
    fields = {
        "rtdebug": matrix.version,
        "probe": FORMAT,
        "outcome": outcome_of(matrix.exit_code).value,
        "exit_code": matrix.exit_code,
        "started": matrix.started,
        "duration": matrix.duration,
        "target": matrix.target,
        "pack": matrix.pack,
        "refused": matrix.refused,
        "tokens": matrix.tokens,
        "plan": {name: getattr(plan, name) for name in plan._fields},
        "counts": {verdict.value: matrix.count(verdict) for verdict in CaseVerdict},
        "expected": sum(one.expected for one in matrix.results),
        "stale": matrix.stale,
        "cases": [_case(one) for one in matrix.results],
    }
    return encode(fields, indent=2) + "\n"


def _case(result: CaseResult) -> dict[str, object]:
    return {
        "number": result.number,
        "name": result.name,
        "area": result.area,
        "asks": result.title,
        "verdict": result.verdict.value,
        "expected": result.expected,
        "why": result.detail,
        "breaks": result.breaks,
        "deviations": [
            {"text": one.text, "evidence": one.evidence, "breaks": one.breaks}
            for one in result.deviations
        ],
        "duration": result.duration,
        "tokens": result.tokens,
    }
