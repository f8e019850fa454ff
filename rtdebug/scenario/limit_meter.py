"""Measures every response against the limits of a scenario.

``first_delta`` runs from response.created to the first delta of any kind, ``response`` from
response.created to response.done. What could not be measured did not keep its limit.
"""

from __future__ import annotations

from collections.abc import Mapping

from rtdebug.model.records import Event
from rtdebug.scenario.document import Limit
from rtdebug.scenario.durations import format_duration
from rtdebug.scenario.stage import StepEnd
from rtdebug.scenario.substitution import part_of

_DELTAS = ("text.delta", "audio.delta", "transcript.delta", "arguments.delta")
_SHOWN = 3


class _Response:
    __slots__ = ("created", "first_delta", "response", "seq")

    def __init__(self, seq: int, created: float) -> None:
        self.seq = seq
        self.created = created
        self.first_delta: float | None = None
        self.response: float | None = None

    def took(self, limit: str) -> float | None:
        return self.first_delta if limit == "first_delta" else self.response


class LimitMeter:
    """Times of responses; only those that matter for a verdict are kept."""

    def __init__(self, limits: tuple[Limit, ...], roles: Mapping[str, str]) -> None:
        self._limits = limits
        self._created = roles.get("response.created")
        self._done = roles.get("response.done")
        self._deltas = frozenset(roles[role] for role in _DELTAS if role in roles)
        self._open: dict[str, _Response] = {}
        self._finished: list[tuple[str, _Response]] = []

    def observe(self, event: Event) -> None:
        """Note the times of a response."""
        if not self._limits:
            return
        if event.type in self._deltas:
            response = self._open.get(_id(event, "response_id"))
            if response is not None and response.first_delta is None:
                response.first_delta = event.at - response.created
        elif event.type == self._created:
            self._open[_id(event, "response", "id")] = _Response(event.seq, event.at)
        elif event.type == self._done:
            name = _id(event, "response", "id")
            response = self._open.pop(name, None)
            if response is not None:
                response.response = event.at - response.created
                self._finished.append((name, response))

    def verdicts(self) -> list[tuple[Limit, StepEnd]]:
        """How each limit was kept."""
        return [(limit, self._verdict(limit)) for limit in self._limits]

    def _verdict(self, limit: Limit) -> StepEnd:
        responses = [*self._finished, *self._open.items()]
        if not responses:
            return StepEnd(False, "No response was created, so nothing could be measured.")
        slow: list[str] = []
        evidence: list[int] = []
        worst = 0.0
        for name, response in responses:
            took = response.took(limit.name)
            if took is not None and took <= limit.seconds:
                worst = max(worst, took)
                continue
            evidence.append(response.seq)
            missing = "had no delta" if limit.name == "first_delta" else "was not done at the end"
            slow.append(f"{name} {missing if took is None else f'took {format_duration(took)}'}")
        if slow:
            more = f" and {len(slow) - _SHOWN} more" if len(slow) > _SHOWN else ""
            bound = format_duration(limit.seconds)
            told = f"{', '.join(slow[:_SHOWN])}{more}; the limit is {bound}."
            return StepEnd(False, told, tuple(evidence[:10]))
        count = f"{len(responses)} responses" if len(responses) > 1 else "1 response"
        return StepEnd(True, f"{count}, the slowest {format_duration(worst)}")


def _id(event: Event, *path: str) -> str:
    found = part_of(event.payload, path)
    return found if isinstance(found, str) else f"the response of #{event.seq}"
