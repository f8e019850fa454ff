"""One conformance case: what it asks of a server, and what it then holds against the record."""

from __future__ import annotations

from collections.abc import Mapping

from rtdebug.model.value import EMPTY, Value
from rtdebug.scenario.document import EventSpec, Scenario, SendStep
from rtdebug.scenario.matching import Pattern


class Check(Value):
    """One thing held against what came, after the steps were played. ``kind`` is one of CHECKS in
    ``checks``; ``event`` and ``names`` are what it asks for; ``lacks`` names what a client misses
    where it does not hold; ``beside`` are places of a shape that are other cases'."""

    kind: str
    event: EventSpec | None = None
    names: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()


class Case(Value):
    """One case. The first ``ground`` steps of its scenario only prepare the question: where they
    fail it was never put. ``void`` are events after which it cannot be answered; ``lacks`` is what
    a client misses where a step fails; ``tokens`` is what it costs at most; ``query`` goes into
    the URL; ``needs_key`` says that it asks what a wrong key comes to."""

    number: int
    name: str
    area: str
    title: str
    scenario: Scenario
    ground: int = 0
    checks: tuple[Check, ...] = ()
    void: tuple[EventSpec, ...] = ()
    lacks: tuple[str, ...] = ()
    tokens: int = 0
    query: Mapping[str, str] = EMPTY
    needs_key: bool = False

    @property
    def asks_headers(self) -> bool:
        """Whether it asks what becomes of headers, so that a refusal may be its answer."""
        return self.needs_key or bool(self.scenario.target.headers)


class Suite(Value):
    """The cases of one pack. ``alive`` is asked of a server that was silent; ``routine`` are the
    types that say nothing about a request; ``unknown`` are the errors by which a server says that
    it does not know what it was asked."""

    pack: str
    cases: tuple[Case, ...]
    alive: SendStep
    routine: frozenset[str]
    unknown: tuple[Pattern, ...]
