"""A rule: watches one session for one kind of fault.

Its name is its link to its entry in the catalogue, which says what it means, how bad it is and how
sure. A rule reads records and the state, never a clock: ``at`` comes with every call.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rtdebug.catalogue.book import entry
from rtdebug.catalogue.entry import Entry
from rtdebug.engine.breaches import Breach
from rtdebug.engine.state import State
from rtdebug.engine.weighing import weighed
from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Opened,
    Paused,
    Refused,
    Remark,
    Undecodable,
    Unjudged,
    Violation,
)
from rtdebug.safe import one_line

NEVER = math.inf
NOTHING: Sequence[Finding] = ()


ODD_END = "response.done of another kind"
"""In ``roles`` and ``begins``: a response.done that ended a response which is not ``smooth``.
``observe`` is given the role "response.done" all the same; what wants every end lists that."""

ODD_CLOSE = "closed otherwise than well"
"""In ``begins``: an end of the connection that no WebSocket comes to by itself, or of a call."""
_GOOD_CLOSES = frozenset({1000, 1001, 1005, None})


def odd_close(closed: Closed) -> str:
    """What else an end of the connection is to rules: ODD_CLOSE, or nothing."""
    return ODD_CLOSE if closed.transport or closed.code not in _GOOD_CLOSES else ""


class NeutralRule:
    """Base of all rules; one instance a session. What derives from this alone reads what every
    session has, so that it judges any protocol.

    ``roles`` are the events it is shown, after the state has taken them in (``"*"`` shows every
    one: never for rules that deltas would slow; ODD_END shows each response.done but those of
    responses that are ``smooth``). ``breaches`` are the departures from the grammar
    it explains. ``deadline`` is when it wants to be woken, in seconds; set it by
    :meth:`wake_at`, which also tells the session.

    ``begins`` are roles and moments (``remarked``) before the first of which nothing concerns the
    rule, so that it need not be loaded; ``patient`` says the same of its ``roles``: at the end of
    a session it only speaks of events it was shown. ``serves`` says whose sessions it judges: of
    "any" pack, of those with a "grammar", or of those that are "data" alone.
    """

    name: ClassVar[str]
    roles: ClassVar[tuple[str, ...]] = ()
    breaches: ClassVar[tuple[str, ...]] = ()
    begins: ClassVar[tuple[str, ...]] = ()
    patient: ClassVar[bool] = False
    serves: ClassVar[str] = "any"

    def __init__(self, state: State, patience: float, wake: Callable[[float], None]) -> None:
        self.state = state
        self.patience = patience
        self.deadline = NEVER
        self._wake = wake

    @property
    def entry(self) -> Entry:
        """What the catalogue says of this rule's finding, its causes weighed by the record."""
        return weighed(entry(self.name), self.state)

    # What a session calls. Each returns what was found, usually nothing.

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """An event of one of ``roles``. Most have nothing to say of most events: a rule that is
        shown many returns NOTHING as early as it can, and is no generator itself."""
        return NOTHING

    def breached(self, breach: Breach) -> Iterable[Finding]:
        """A departure from the grammar under one of the names in ``breaches``."""
        return (self.told(breach, self.entry),)

    def undecodable(self, message: Undecodable) -> Iterable[Finding]:
        """A message that is no event."""
        return NOTHING

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of a log that is no event."""
        return NOTHING

    def disturbed(self, record: Violation | Unjudged | Paused) -> Iterable[Finding]:
        """Something went wrong below the messages, or in the watching itself."""
        return NOTHING

    def opened(self, opened: Opened) -> Iterable[Finding]:
        """The connection is open."""
        return NOTHING

    def refused(self, refused: Refused) -> Iterable[Finding]:
        """No session came about."""
        return NOTHING

    def advance(self, at: float) -> Iterable[Finding]:
        """``deadline`` has passed; ``at`` is that deadline. Called again if it is set again."""
        return NOTHING

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended."""
        return NOTHING

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever watched stops, and silence until ``ended.at`` is known to be silence.

        ``patience`` is how long a silence must have lasted to count: less than usual when someone
        gave up waiting, 0 when the record itself says that nothing followed.
        """
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """Nothing more will come. For what can only be said of the whole."""
        return NOTHING

    # What a rule uses.

    def wake_at(self, at: float) -> None:
        """Asks to be woken at ``at`` unless an earlier time is already set."""
        if at < self.deadline:
            self.deadline = at
            self._wake(at)

    def withdraw(self, key: str) -> None:
        """What was found under this key has turned out otherwise: a silence that ended after all.
        It is shown as withdrawn where it was shown, and no longer counts."""
        self.state.withdrawn.append(key)

    def resting_on(self, finding: Finding, *roles: str) -> Finding:
        """Says of a finding that it rests on the absence of events: where somebody chose what to
        log, it is a note unless the log shows one of these ``roles`` somewhere."""
        if roles and self.state.view.selective:
            self.state.needs[finding.key] = roles
        return finding

    def told(self, breach: Breach, entry: Entry) -> Finding:
        """A departure from the grammar as its entry words it, no worse than it is."""
        found = entry.finding(
            breach.message,
            at=breach.at,
            evidence=breach.evidence,
            subject=breach.subject,
            severity=max(entry.severity, breach.severity, key=lambda one: one.rank),
        )
        return self.resting_on(found, *breach.rests_on)

    def quote(self, text: str, limit: int) -> str:
        """What somebody said, on one line as a finding may quote it: masked first, cut then."""
        return one_line(self.state.timeline.masker.redactor.quote(text, limit))

    def finding(  # noqa: PLR0913 - what is left out is the entry's
        self,
        message: str,
        *,
        at: float,
        evidence: Sequence[int | None] = (),
        subject: str | None = None,
        severity: Severity | None = None,
        certainty: Certainty | None = None,
        title: str | None = None,
        causes: Sequence[Cause] | None = None,
        fix: str | None = None,
        under: str | None = None,
        variant: str = "",
    ) -> Finding:
        """A finding of this rule; what is not given is that of its entry, or of a ``variant`` of
        it where the evidence tells more."""
        return self.entry.variant(variant).finding(
            message, at=at, evidence=evidence, subject=subject, severity=severity,
            certainty=certainty, title=title, causes=causes, fix=fix, under=under,
        )  # fmt: skip
