"""Scenarios over all their plays: how many were bad, how long responses took, which limits hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, inf

from rtdebug.model.results import Outcome, Problem, Repeated, ResponseSummary, Run
from rtdebug.model.value import replace
from rtdebug.scenario.document import Limit, Scenario
from rtdebug.scenario.durations import format_duration

Plays = Sequence[tuple[Scenario, Run]]


def repeated(plays: Plays) -> tuple[Repeated, ...]:
    """The sums of each scenario that was played more than once."""
    return tuple(_sum(one, runs) for one, runs in _by_scenario(plays) if len(runs) > 1)


def limit_problems(plays: Plays) -> tuple[Problem, ...]:
    """The limits over all plays that do not hold; one that could not be measured does not."""
    return tuple(
        problem
        for scenario, runs in _by_scenario(plays)
        for limit in scenario.limits
        if limit.over < 100
        for problem in _broken(scenario, limit, runs)
    )


def excuse_flakes(plays: Plays, most: float) -> list[Run]:
    """The runs, bad ones excused where at most this share of the plays of their scenario is bad."""
    excused: dict[int, Run] = {}
    for _, runs in _by_scenario(plays):
        bad = [run for run in runs if run.outcome is Outcome.FAILED]
        if bad and len(bad) < len(runs) and len(bad) <= most * len(runs):
            words = f"{len(bad)} of {len(runs)} plays are bad, and {most:.1%} may be"
            excused.update({id(run): replace(run, excused=words) for run in bad})
    return [excused.get(id(run), run) for _, run in plays]


def _by_scenario(plays: Plays) -> Iterable[tuple[Scenario, list[Run]]]:
    found: dict[int, tuple[Scenario, list[Run]]] = {}
    for scenario, run in plays:
        found.setdefault(id(scenario), (scenario, []))[1].append(run)
    return found.values()


def _sum(scenario: Scenario, runs: Sequence[Run]) -> Repeated:
    responses = [response for run in runs for response in run.responses]
    return Repeated(
        scenario.name,
        len(runs),
        sum(not run.outcome.is_good for run in runs),
        _both([one.first_delta for one in responses]),
        _both([one.duration for one in responses]),
    )


def _both(times: Iterable[float | None]) -> tuple[float, float] | None:
    known = sorted(time for time in times if time is not None)
    return (share_of(known, 50), share_of(known, 95)) if known else None


def share_of(ordered: Sequence[float], percent: int) -> float:
    """The value that so many percent of some are at most: the nearest rank, one that was seen."""
    return ordered[max(ceil(len(ordered) * percent / 100), 1) - 1]


def _broken(scenario: Scenario, limit: Limit, runs: Sequence[Run]) -> Iterable[Problem]:
    responses = [response for run in runs for response in run.responses]
    times = sorted(_time(limit.name, response) for response in responses)
    took = share_of(times, limit.over) if times else inf
    if took <= limit.seconds:
        return
    seen = f"took {format_duration(took)}" if took < inf else "could not be measured"
    words = (
        f"{scenario.name}: p{limit.over} of {limit.name} {seen} over {len(times)} responses; "
        f"the limit is {format_duration(limit.seconds)}"
    )
    yield Problem("limit-exceeded", words, limit.head.source)


def _time(name: str, response: ResponseSummary) -> float:
    took = response.first_delta if name == "first_delta" else response.duration
    return inf if took is None else took
