"""What findings rest on, where some of it is secret: in a replay masked, in a report to be masked.

From a masked value nothing is concluded: a replay repeats what was found when the value could be
read, and leaves out what it finds in its stand-in.
"""

from __future__ import annotations

from collections.abc import Sequence

from rtdebug.engine.state import State
from rtdebug.model.findings import Finding, key_of
from rtdebug.model.records import Event, Found, MaskedPayload
from rtdebug.model.value import replace
from rtdebug.redaction import Redactor
from rtdebug.secrets.masker import Masker
from rtdebug.secrets.tainted import Tainted

_REPEATED = "(found when this was captured; what shows it is masked in the capture)"


class Evidence:
    """That of one session; ``masker`` masks what the session hands over, its timeline too."""

    def __init__(self, state: State, redactor: Redactor) -> None:
        self.masker = state.timeline.masker = Masker(redactor)
        self._state = state
        self._tainted = Tainted()

    def masked(self, event: Event) -> None:
        """An event of a capture in which something may have been masked."""
        if isinstance(event.payload, MaskedPayload):
            self._tainted.add(event)

    def standing(self, found: Sequence[Finding]) -> Sequence[Finding]:
        """What was found, without what is concluded from masked values. What the latest event
        holds of secrets is known from now on, for it may be quoted."""
        found = self._tainted.untouched(found)
        if found:
            self.masker.look_into(self._state.latest)
        return found

    def repeated(self, found: Found, known: Sequence[Finding]) -> Sequence[Finding]:
        """What was found when the capture was written, unless it is ``known`` anyway."""
        finding = found.finding
        same = [one for one in known if _alike(one, finding)]
        if found.withdrawn:
            self._state.withdrawn.extend(one.key for one in same)
        if same or found.withdrawn:
            return ()
        key = key_of(finding.name, finding.subject, finding.first, finding.at)
        return (replace(finding, message=f"{finding.message}\n{_REPEATED}", key=key),)


def _alike(one: Finding, other: Finding) -> bool:
    return one.name == other.name and one.subject == other.subject and one.at == other.at
