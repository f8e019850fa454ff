"""Every turn costs more than the one before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rtdebug.engine.fields import number_of, object_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.rule import Rule

_LEAST_TURNS = 4
_LEAST, _MANY = 1000, 10_000


class TokenUsageGrowth(Rule):
    """Follows the input tokens of the conversation."""

    name = "token-usage-growth"
    roles = ("response.done",)

    _turns = 0
    _at = 0.0

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._rows: list[tuple[float, float, int]] = []

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response is done."""
        response = self.state.finished
        if response is None or response.usage is None or response.conversation is None:
            return NOTHING
        tokens = number_of(response.usage.get("input_tokens"))
        if tokens:
            self._row(tokens, object_of(response.usage.get("input_token_details")), event)
        return NOTHING

    def _row(self, tokens: float, details: dict[str, Any], event: Event) -> None:
        rows = self._rows
        if rows and tokens <= rows[-1][0]:
            rows.clear()
            self._turns = 0
        rows.append((tokens, number_of(details.get("cached_tokens")) or 0.0, event.seq))
        self._turns, self._at = self._turns + 1, event.at
        if len(rows) > _LEAST_TURNS:
            del rows[1:-_LEAST_TURNS]

    def finished(self) -> Iterable[Finding]:
        """The row as it stands at the end."""
        if self._turns < _LEAST_TURNS:
            return
        first, _, started = self._rows[0]
        last, cached, ended = self._rows[-1]
        if last < 2 * first or last < _LEAST:
            return
        share = cached / last
        message = (
            f"input tokens grew in {self._turns} turns from {first:,.0f} to {last:,.0f}; "
            f"{share:.0%} of the last came from the cache"
        )
        heavy = last >= _MANY and share < 0.5
        yield self.finding(
            message, at=self._at, evidence=(started, ended),
            severity=Severity.WARNING if heavy else None,
        )  # fmt: skip
