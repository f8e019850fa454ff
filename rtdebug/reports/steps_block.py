"""The steps of a scenario on a screen: the failed ones with their place, all of them where few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.text import Text

from rtdebug.model.results import Outcome, StepResult
from rtdebug.reports.lines import Lines
from rtdebug.reports.signs import Signs
from rtdebug.reports.verdict import place_words

_FEW = 5
_FAILED_SHOWN = 5
_STYLES = {Outcome.PASSED: "green", Outcome.FAILED: "red"}


def steps_block(
    steps: Sequence[StepResult], signs: Signs, verbose: bool
) -> Iterable[RenderableType | Lines]:
    """Nothing where nothing failed, unless ``verbose``."""
    failed = [step for step in steps if step.outcome is Outcome.FAILED]
    if not steps or not (failed or verbose):
        return
    listed = verbose or len(steps) <= _FEW
    yield Text(f"\nSteps: {_counts(steps)}", "bold")
    for step in steps if listed else failed[:_FAILED_SHOWN]:
        yield from _step(step, signs)


def _counts(steps: Sequence[StepResult]) -> str:
    counts = {
        outcome: sum(step.outcome is outcome for step in steps)
        for outcome in (Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED)
    }
    return ", ".join(f"{number} {outcome}" for outcome, number in counts.items() if number)


def _step(step: StepResult, signs: Signs) -> Iterable[Lines]:
    failed = step.outcome is Outcome.FAILED
    head = Text()
    head.append(f"{signs.outcome(step.outcome)} ", _STYLES.get(step.outcome, "dim"))
    head.append(f"{step.index:>2}  {signs.line(step.label, 100)}", "bold" if failed else "")
    if step.at is not None:
        head.append(f"  at {step.at:.3f} s", "dim")
    yield Lines(head)
    if failed and step.source:
        yield Lines(Text(place_words(step.source, signs), "cyan"), 8, whole=True)
    if step.outcome is not Outcome.PASSED and step.detail.strip():
        yield Lines(Text(signs.text(step.detail.rstrip())), 8)
