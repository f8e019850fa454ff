"""The ledger: every finding of one session, each once under its key, and what may still change.

Rules report and withdraw; nothing else adds a finding or takes one back. A finding's key is made of
its name, its subject and its first event, so that the same fault reported twice is one row. The
severity of a row is fixed when it is reported, for it is shown then: what is softened is softened
before. In a log that somebody chose to write, a finding that rests on the absence of events waits
for the end, since only then it is known which kinds of event the log shows at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rtdebug.engine.cause_tree import cause_tree
from rtdebug.engine.doubts import rests, weighed
from rtdebug.engine.state import State
from rtdebug.model.findings import Finding
from rtdebug.model.value import replace

_KEPT = 5000


class Ledger:
    """Findings in the order in which they were reported, by key. ``beyond`` counts what was
    reported after as many as are kept."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._rows: dict[str, Finding] = {}
        self._waiting: list[Finding] = []
        self._withdrawn: set[str] = set()
        self._latest: dict[tuple[str, str], str] = {}
        self._alike: dict[str, int] = {}
        self.beyond = 0

    def report(self, findings: Iterable[Finding]) -> list[Finding]:
        """Takes findings in, and what rules have withdrawn since; returns what is to be shown."""
        shown: list[Finding] = []
        for finding in findings:
            if rests(finding, self._state):
                self._waiting.append(finding)
                continue
            taken = self._take(finding)
            if taken is not None:
                shown.append(taken)
        # Only now: what is withdrawn may have been found at the very same record.
        shown += [gone for key in self._drained() if (gone := self._withdraw(key)) is not None]
        return shown

    def conclude(self) -> list[Finding]:
        """Nothing more will come: what waited for the end is weighed and taken in."""
        waiting, self._waiting = self._waiting, []
        found = [weighed(one, self._state) for one in waiting]
        return [taken for one in found if (taken := self._take(one)) is not None]

    def all(self) -> list[Finding]:
        """All that was reported, in order; what was withdrawn is marked so."""
        return [
            replace(one, withdrawn=True) if key in self._withdrawn else one
            for key, one in self._rows.items()
        ]

    def standing(self) -> list[Finding]:
        """All that was reported and not withdrawn, in order."""
        return [one for key, one in self._rows.items() if key not in self._withdrawn]

    def tree(self) -> tuple[Finding, ...]:
        """What stands as a report shows it: repeats counted, each root before what follows from
        it, the worst first."""
        return cause_tree(self.standing())

    def _drained(self) -> Sequence[str]:
        withdrawn = self._state.withdrawn
        if not withdrawn:
            return ()
        keys = tuple(withdrawn)
        withdrawn.clear()
        return keys

    def _withdraw(self, key: str) -> Finding | None:
        row = self._rows.get(key)
        if row is None or key in self._withdrawn:
            first = next((n for n, one in enumerate(self._waiting) if one.key == key), None)
            if first is not None:
                del self._waiting[first]
            return None
        self._withdrawn.add(key)
        return replace(row, withdrawn=True)

    def _take(self, finding: Finding) -> Finding | None:
        """The finding under a key of its own; None where it is told already or one too many."""
        kind = (finding.name, finding.title)
        if len(self._rows) >= _KEPT and kind in self._latest:
            self.beyond += 1
            latest = self._latest[kind]
            self._rows[latest] = _once_more(self._rows[latest], finding)
            return None
        key = self._key_of(finding)
        if key is None:
            return None
        row = finding if key == finding.key else replace(finding, key=key)
        self._rows[key] = row
        self._latest[kind] = key
        return row

    def _key_of(self, finding: Finding) -> str | None:
        """A key that no row has; None where the very same was told and stands. What has a name,
        a subject and a first event in common with another row is numbered."""
        key = finding.key
        told = self._rows.get(key)
        if told is None:
            return key
        if key not in self._withdrawn and told.evidence == finding.evidence:
            if told.message == finding.message:
                return None
        self._alike[key] = number = self._alike.get(key, 1) + 1
        return f"{key}~{number}"


def _once_more(row: Finding, again: Finding) -> Finding:
    return replace(row, count=row.count + again.count, last=again.last or row.last)
