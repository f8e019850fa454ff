"""Which findings rest on evidence that is masked in a capture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rtdebug.model.findings import Finding
from rtdebug.model.records import Event

_IDS = ("item_id", "response_id", "call_id", "event_id", "id")
_MOST = 10_000


class Tainted:
    """The masked events so far, and what they belong to."""

    def __init__(self) -> None:
        self._events: set[int] = set()
        self._subjects: set[str] = set()

    def add(self, event: Event) -> None:
        """An event that was masked."""
        if len(self._events) < _MOST:
            self._events.add(event.seq)
            payload = event.payload
            for part in (payload, payload.get("item"), payload.get("response")):
                self._subjects.update(_ids(part))

    def __bool__(self) -> bool:
        """Whether anything was masked."""
        return bool(self._events)

    def untouched(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Those that rest on none of them."""
        if not self._events:
            return findings
        return [one for one in findings if not self.touches(one)]

    def touches(self, finding: Finding) -> bool:
        """Whether a finding rests on one of them."""
        if not self._events:
            return False
        if finding.subject is not None and finding.subject in self._subjects:
            return True
        return not self._events.isdisjoint(finding.evidence)


def _ids(part: Any) -> list[str]:
    if not isinstance(part, dict):
        return []
    return [one for name in _IDS if isinstance(one := part.get(name), str)]
