"""What a probe says before it begins: the list of its cases, and what it will cost."""

from __future__ import annotations

from collections.abc import Sequence

from rtdebug.model.probed import Plan
from rtdebug.probe.case import Case
from rtdebug.reports.figures import counted, duration


def listing(cases: Sequence[Case]) -> str:
    """The cases, one a line: number, name, what it costs at most, what it asks."""
    width = max(len(case.name) for case in cases)
    rows = [
        f"{case.number:>4}  {case.name:<{width}}  {_tokens(case):>12}  {case.title}\n"
        for case in cases
    ]
    return "".join(rows)


def plan_words(plan: Plan) -> str:
    """What is about to be asked, what it may cost and how long it may take."""
    asked = plan.cases - plan.over_budget
    cost = (
        f"{plan.costly} of them ask for responses, about {plan.tokens:,} tokens at most"
        if plan.costly
        else "none of them asks for a response"
    )
    left = f"\n{plan.over_budget} left out by --budget" if plan.over_budget else ""
    return f"{counted(asked, 'case')} in at most {duration(plan.seconds)}\n{cost}{left}\n"


def _tokens(case: Case) -> str:
    return counted(case.tokens, "token") if case.tokens else ""
