"""A word for those whose scenario waits for what the embedded server was never told to say."""

from __future__ import annotations

from collections.abc import Sequence

from rtdebug.api.mock_scripts import mock_script
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.results import Outcome, StepResult
from rtdebug.model.value import replace
from rtdebug.scenario.document import Scenario

HINT = (
    "This was the embedded server, which says only what it is told to: write under mock: what it "
    "is to say here (`reply`, `replies`), or play against a real one with --url."
)


def with_mock_hint(
    steps: Sequence[StepResult], scenario: Scenario, findings: Sequence[Finding]
) -> tuple[StepResult, ...]:
    """The steps; a failed expectation says that the script decides what comes, unless a finding
    says what is wrong or the script has faults, which are what the scenario is about."""
    if any(one.severity is not Severity.INFO for one in findings) or _is_faulty(scenario):
        return tuple(steps)
    return tuple(_hinted(step) for step in steps)


def _hinted(step: StepResult) -> StepResult:
    waited = step.label.startswith("expect") and not step.label.startswith("expect_close")
    if step.outcome is not Outcome.FAILED or not waited:
        return step
    return replace(step, detail=f"{step.detail} {HINT}")


def _is_faulty(scenario: Scenario) -> bool:
    script = mock_script(scenario)
    return bool(
        script.strikes
        or script.alter
        or script.drop
        or script.delay
        or script.silent
        or script.refuse
    )
