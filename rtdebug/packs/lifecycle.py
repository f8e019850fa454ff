"""What a pack says of a session beside names: facts, calls, scopes, beats and reports.

A *fact* is what a message says; one message may say several, or none. A *call* is an ask of either
side that somebody must answer. A *scope* is what opens, grows and closes. A *beat* is what must
keep coming. A *report* is a fact that is a fault by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from rtdebug.model.records import Sender
from rtdebug.model.value import EMPTY, Value

Pointer: TypeAlias = tuple[str, ...]
"""A JSON pointer, taken apart; ``*`` stands for each member."""

BUILT_IN = frozenset({"note", "error", "audio.in", "audio.out", "audio.cleared"})
"""Facts that mean something without a row that reads them."""


class FactRow(Value):
    """When a message says a fact, and of what: ``test`` must be there, with one of ``values`` and
    none of ``unless``; ``each`` names the parts that say it one by one, ``id`` is the pointer to
    its id in the message or part."""

    fact: str
    test: Pointer | None = None
    values: tuple[Any, ...] = ()
    unless: tuple[Any, ...] = ()
    each: Pointer | None = None
    id: Pointer | None = None


class Call(Value):
    """Who must answer what, and until when it is not late.

    ``keyed``: answers carry the id of what they answer. ``latest``: a new ask takes the place of
    those before it. ``must_have`` are pointers an answer of each fact must have, ``lacking`` the
    finding where it has not. ``not_while`` are asks that must be answered before this one,
    ``too_early`` the finding where they are not; ``refused`` the
    finding where an error answers it. ``played``: the time begins when the server's audio has
    played.
    """

    ask: str
    sender: Sender
    by: tuple[str, ...]
    within: float
    finding: str
    owed_by: Sender
    keyed: bool = False
    latest: bool = False
    must_have: Mapping[str, tuple[Pointer, ...]] = EMPTY
    lacking: str = ""
    not_while: tuple[str, ...] = ()
    too_early: str = ""
    refused: str = ""
    played: bool = False


class Scope(Value):
    """What opens, grows and closes. ``nearly`` are facts after which only the end is missing,
    ``breaks`` those that break it off, ``resets`` those after which another begins. The findings:
    ``finding`` for a silence inside of it, ``unended`` for one behind ``nearly``, ``empty`` and
    ``overlap`` where those are faults. ``played``: silence begins when the server's audio has
    played."""

    name: str
    opens: tuple[str, ...]
    grows: tuple[str, ...]
    closes: tuple[str, ...]
    silence: float
    finding: str
    unended: str
    owed_by: Sender
    nearly: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    resets: tuple[str, ...] = ()
    keyed: bool = False
    empty: str = ""
    overlap: str = ""
    played: bool = False


class Beat(Value):
    """What one side must let come at least every so many seconds, from the beginning of the
    session on; ``after`` are facts of which one must have come, where not every session has it. In
    a pack whose sessions have no beginning it must go on once it has come."""

    sender: Sender
    by: tuple[str, ...]
    within: float
    finding: str
    after: tuple[str, ...] = ()


class Audio(Value):
    """Where a fact has its audio, in base64, and at how many bytes a millisecond it plays; of a
    binary message all of it is audio."""

    rate: float
    data: Pointer | None = None


class Report(Value):
    """A fact that is a fault by itself; ``because`` are pointers to what is said of it."""

    fact: str
    finding: str
    because: tuple[Pointer, ...] = ()


class Lifecycle(Value):
    """All of it. ``begins`` is the fact with which a session begins, ``error`` where an error has
    its code, type, message, param and the id of what it answers, ``names`` the pack's own names of
    findings that have a general one, ``ends`` the facts after which nothing need come any more."""

    facts: Mapping[Sender, Mapping[str, tuple[FactRow, ...]]]
    begins: str = ""
    calls: tuple[Call, ...] = ()
    scopes: tuple[Scope, ...] = ()
    beats: tuple[Beat, ...] = ()
    reports: tuple[Report, ...] = ()
    error: Mapping[str, tuple[Pointer, ...]] = EMPTY
    names: Mapping[str, str] = EMPTY
    ends: tuple[str, ...] = ()
    audio: Mapping[str, Audio] = EMPTY

    def types_of(self, facts: tuple[str, ...]) -> tuple[str, ...]:
        """The types of message that say one of these facts."""
        found = [
            type_
            for rows in self.facts.values()
            for type_, said in rows.items()
            if any(row.fact in facts for row in said)
        ]
        return tuple(dict.fromkeys(found))
