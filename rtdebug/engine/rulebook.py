"""The rulebook: which rules there are, and which of them a session has woken.

There are over a hundred rules and a good session gives a third of them anything to do, so a rule is
loaded and made when something it looks at happens for the first time. What it would have been shown
before is nothing to it, by its own word (``Rule.begins``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rtdebug.engine.rule import NeutralRule

ANY_BREACH = "*"  # in ``breaches``: all that no other rule explains
MOMENTS = (
    "opened",
    "refused",
    "undecodable",
    "remarked",
    "disturbed",
    "closed",
    "ended",
    "finished",
)


class Entry(NamedTuple):
    """One rule as the book lists it. ``moments`` are what it does something at, beside events;
    ``begins`` are roles and moments, empty where all of them wake it; ``serves`` whose sessions it
    judges."""

    roles: tuple[str, ...]
    breaches: tuple[str, ...]
    moments: tuple[str, ...]
    begins: tuple[str, ...]
    load: Callable[[], type[NeutralRule]]
    serves: str = "grammar"

    @classmethod
    def of(cls, rule: type[NeutralRule]) -> Entry:
        """What a class says of itself."""
        moments = tuple(
            name for name in MOMENTS if getattr(rule, name) is not getattr(NeutralRule, name)
        )
        begins = rule.begins or (rule.roles if rule.patient else ())
        return cls(rule.roles, rule.breaches, moments, begins, lambda: rule, rule.serves)


class Rulebook:
    """The rules of one session. ``make`` makes one of its class; ``woken`` is told of each.

    ``awake`` are those that are there, in the order of the book.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        make: Callable[[type[NeutralRule]], NeutralRule],
        woken: Callable[[], None],
    ) -> None:
        self._entries = entries
        self._make = make
        self._woken = woken
        self._rules: dict[int, NeutralRule] = {}
        self._at: dict[str, tuple[NeutralRule, ...]] = {}
        self._explaining: dict[str, tuple[NeutralRule, ...]] = {}
        self.awake: tuple[NeutralRule, ...] = ()

    def looking_at(self, role: str, *also: str) -> tuple[NeutralRule, ...]:
        """The rules that want to see events of a role, or of what else it is, now that one has
        come."""
        wanted = {role, *also}
        return self._asked((role, *also), lambda entry: not wanted.isdisjoint(entry.roles))

    def at(self, moment: str, *also: str) -> tuple[NeutralRule, ...]:
        """The rules that do something at a moment, or at what else it is, now that it is there."""
        if moment not in self._at:
            found = self._asked((moment, *also), lambda entry: moment in entry.moments)
            self._at[moment] = found
        return self._at[moment]

    def explaining(self, breach: str) -> tuple[NeutralRule, ...]:
        """The rules that know what a departure from the grammar means."""
        if breach not in self._explaining:
            own = self._asked((), lambda entry: breach in entry.breaches)
            others = () if own else self._asked((), lambda entry: ANY_BREACH in entry.breaches)
            self._explaining[breach] = own or others
        return self._explaining[breach]

    def _asked(
        self, happening: tuple[str, ...], fits: Callable[[Entry], bool]
    ) -> tuple[NeutralRule, ...]:
        for number, entry in enumerate(self._entries):
            if number in self._rules:
                continue
            begins = entry.begins if happening else ()
            if any(one in begins for one in happening) if begins else fits(entry):
                self._wake(number)
        return tuple(
            self._rules[number]
            for number, entry in enumerate(self._entries)
            if number in self._rules and fits(entry)
        )

    def _wake(self, number: int) -> None:
        self._rules[number] = self._make(self._entries[number].load())
        self.awake = tuple(rule for _, rule in sorted(self._rules.items()))
        self._at.clear()
        self._explaining.clear()
        self._woken()
