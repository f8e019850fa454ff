"""A protocol: what one needs beyond the data of its packs."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from rtdebug.model.value import Value


class Protocol(Value):
    """One way of speaking, for all packs that name it as their ``grammar``.

    ``grammar`` is that name, empty for the protocol of packs that are data alone. ``state`` says
    where its state class is, as ``module:name``: it stands on a floor above this one and is loaded
    for the first session that speaks it.
    """

    grammar: str
    state: str

    def new_state(self) -> Any:
        """The class of its state."""
        return _there(self.state)

    def has(self, rule: Any) -> bool:
        """Whether a rule, by its entry, is for sessions of this protocol: one that reads the state
        of a grammar is not for those that have none."""
        return rule.serves in ("any", "grammar" if self.grammar else "data")


def _there(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
