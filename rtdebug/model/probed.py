"""What a conformance probe came to: one result a case, and the matrix of all of them."""

from __future__ import annotations

from enum import StrEnum

from rtdebug.model.value import Value


class CaseVerdict(StrEnum):
    """Of one case. Non-strict works, but not as the protocol has it; not implemented is what a
    server refuses as unknown or passes over in silence while it answers other requests; not judged
    is a case whose question was never put, or could not be answered; not shown is one of a client
    that never did what the case is about."""

    OK = "ok"
    NON_STRICT = "non-strict"
    FAILED = "failed"
    NOT_IMPLEMENTED = "not implemented"
    NOT_JUDGED = "not judged"
    NOT_SHOWN = "not shown"

    @property
    def is_bad(self) -> bool:
        """Whether the server does not do what it was asked for."""
        return self in (CaseVerdict.FAILED, CaseVerdict.NOT_IMPLEMENTED)


class Deviation(Value):
    """One departure: what was expected and what was seen; ``evidence`` are numbers of messages,
    ``breaks`` the client families that cannot live with it."""

    text: str
    evidence: tuple[int, ...] = ()
    breaks: tuple[str, ...] = ()


class CaseResult(Value):
    """What one case came to. ``detail`` says why it was not judged; ``tokens`` is what the server
    says it used; ``expected`` that the departure was announced."""

    number: int
    name: str
    area: str
    title: str
    verdict: CaseVerdict
    deviations: tuple[Deviation, ...] = ()
    detail: str = ""
    duration: float = 0.0
    tokens: int = 0
    expected: bool = False

    @property
    def breaks(self) -> tuple[str, ...]:
        """The client families that break on any of its deviations."""
        return tuple(dict.fromkeys(name for one in self.deviations for name in one.breaks))


class Plan(Value):
    """What a probe is about to do: how many cases, what they cost in tokens, and at most how long
    they take; ``over_budget`` are those that the budget leaves out."""

    cases: int
    costly: int
    tokens: int
    seconds: float
    over_budget: int = 0


class Matrix(Value):
    """All results. ``stale`` are expected failures that did not happen; ``target`` is safe to
    show; ``refused`` says why no session came about at all."""

    target: str
    pack: str
    started: str
    version: str
    results: tuple[CaseResult, ...]
    exit_code: int
    plan: Plan
    duration: float = 0.0
    stale: tuple[str, ...] = ()
    refused: str = ""
    interrupted: bool = False

    @property
    def tokens(self) -> int:
        """What the server says it used in all."""
        return sum(one.tokens for one in self.results)

    def count(self, verdict: CaseVerdict) -> int:
        """How many came to this."""
        return sum(one.verdict is verdict for one in self.results)
