"""Findings: what is wrong, how it is known, how sure that is, and what to do."""

from __future__ import annotations

from enum import StrEnum

from rtdebug.model.value import Value


class Severity(StrEnum):
    """How bad it is for whoever wanted the session to work."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return _SEVERITIES.index(self)


class Certainty(StrEnum):
    """How sure a diagnosis from the stream alone can be; certain means the peer says so itself."""

    CERTAIN = "certain"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 is the surest."""
        return _CERTAINTIES.index(self)


_SEVERITIES = list(Severity)
_CERTAINTIES = list(Certainty)


class Cause(Value):
    """One hypothesis: what it may be, how likely (in words), and the test that tells it apart.

    ``of_onlooker``: it lies with a client or a log that rtdebug only looks at, so that it is out of
    question where rtdebug itself is the client.
    """

    text: str
    likelihood: str = ""
    test: str = ""
    of_onlooker: bool = False


class Finding(Value):
    """One fault under one stable name.

    ``key`` is its identity within one session (name, subject, first event): the ledger gives it,
    and whatever points at a finding points at its key. ``evidence`` are sequence numbers of events,
    ``at`` is when it became known; ``first`` and ``last`` are the first and last event of a
    collapsed row of ``count`` equal findings. ``under`` is the key of the finding this one is a
    consequence of; a rule that knows its cause by name alone gives that name, and the ledger puts
    the key of the fitting row in its place. ``subject`` is the id it is about. ``withdrawn``: the
    row is shown once more, since it has turned out otherwise and no longer counts.
    """

    name: str
    severity: Severity
    certainty: Certainty
    title: str
    message: str
    causes: tuple[Cause, ...] = ()
    fix: str = ""
    subject: str | None = None
    at: float = 0.0
    evidence: tuple[int, ...] = ()
    count: int = 1
    first: int | None = None
    last: int | None = None
    docs: str = ""
    under: str | None = None
    key: str = ""
    withdrawn: bool = False


def key_of(name: str, subject: str | None, first: int | None, at: float) -> str:
    """The identity of a finding within one session: its name, what it is about, its first event."""
    place = f"#{first}" if first is not None else f"{at:.3f}s"
    return f"{name}/{subject}/{place}" if subject is not None else f"{name}/{place}"
