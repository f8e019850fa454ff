"""What a session does with events of one (sender, type), put together at the first of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rtdebug.engine.state import Track, leaves_no_trace
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.packs.schemas import Verdict

Observe = Callable[[Event, str], Iterable[Finding]]


class Watch:
    """The verdict of its schema, what follows it, and the rules that want to see it; ``odd`` are
    those that want to see an odd end (rule.py), put together at the first one."""

    __slots__ = ("is_clean", "observers", "odd", "plain", "role", "track")

    def __init__(
        self,
        role: str | None,
        is_clean: Verdict | None,
        track: Track | None,
        observers: tuple[Observe, ...],
    ) -> None:
        self.role = role or ""
        self.is_clean = is_clean
        self.track = track or leaves_no_trace
        self.observers = observers
        self.odd: tuple[Observe, ...] | None = None
        # A plain event only adds to what is there: nothing of the state turns with it, and no rule
        # is shown it but those that ask for its role by name.
        self.plain = is_plain(self.role) and not observers


def is_plain(role: str) -> bool:
    """Whether events of a role come by the thousand and only add to what is there."""
    return role.endswith(".delta") or role == "audio.append"
