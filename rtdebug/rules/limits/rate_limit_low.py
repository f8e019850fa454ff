"""Little is left of a rate limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rtdebug.engine.fields import number_of, text_of
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.rule import Rule

_LOW = 0.1
_SHRINKS, _SHRUNK = 4, 0.3
_MOST = 100  # names of limits


class RateLimitLow(Rule):
    """Reads what is left."""

    name = "rate-limit-low"
    roles = ("rate_limits",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._shrinking: dict[str, list[tuple[float, int]]] = {}

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The limits, as they now are."""
        for name, limit, remaining, reset in _limits(event):
            if name not in self._shrinking and len(self._shrinking) >= _MOST:
                continue
            share = remaining / limit
            self._follow(name, remaining, event)
            if share < _LOW:
                message = f"{remaining:,.0f} of {limit:,.0f} {name} are left"
                message += f"; the limit is whole again in {reset:g} s" if reset else ""
                yield self.finding(message, at=event.at, evidence=(event.seq,), subject=name)
            elif len(self._shrinking[name]) >= _SHRINKS and share < _SHRUNK:
                first, seq = self._shrinking.pop(name)[0]
                message = (
                    f"{name} left shrank with every turn, from {first:,.0f} to {remaining:,.0f} of "
                    f"{limit:,.0f}"
                )
                yield self.finding(message, at=event.at, evidence=(seq, event.seq), subject=name)

    def _follow(self, name: str, remaining: float, event: Event) -> None:
        row = self._shrinking.setdefault(name, [])
        if row and remaining >= row[-1][0]:
            row.clear()
        row.append((remaining, event.seq))
        del row[:-100]


def _limits(event: Event) -> Iterator[tuple[str, float, float, float | None]]:
    rows = event.payload.get("rate_limits")
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict):
            continue
        limit, remaining = number_of(row.get("limit")), number_of(row.get("remaining"))
        if limit and limit > 0 and remaining is not None:
            name = text_of(row.get("name")) or "units"
            yield name, limit, remaining, number_of(row.get("reset_seconds"))
