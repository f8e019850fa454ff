"""The watches of one session: what it does with each type of event, and who takes its deltas."""

from __future__ import annotations

from rtdebug.engine.rule import ODD_END
from rtdebug.engine.rulebook import Rulebook
from rtdebug.engine.state import FastTrack, State
from rtdebug.engine.watch import Observe, Watch, is_plain
from rtdebug.model.records import Event, Sender
from rtdebug.packs.pack import Pack

_TYPES_KEPT = 1000  # a peer may invent types without end


class Watches:
    """By sender and type, each put together at the first event of its type. ``fast`` is what takes
    a server's deltas without a record, by type. The dicts stay the same objects."""

    def __init__(self, pack: Pack, state: State) -> None:
        self._pack = pack
        self._state = state
        self.client: dict[str, Watch] = {}
        self.server: dict[str, Watch] = {}
        self.fast: dict[str, FastTrack] = {}

    def forget(self) -> None:
        """A rule has woken: who observes what is put together anew."""
        self.client.clear()
        self.server.clear()
        self.fast.clear()

    def of(self, event: Event, rules: Rulebook) -> Watch:
        """The watch of an event whose type has none yet."""
        sender, type_ = event.sender, event.type
        by_server = sender is Sender.SERVER
        watches = self.server if by_server else self.client
        state, pack = self._state, self._pack
        if by_server and len(watches) < _TYPES_KEPT:
            state.first_seqs.setdefault(type_, event.seq)
        role, kind = pack.role(sender, type_), pack.kind(sender, type_)
        listed = role is not None or kind is not None or type_ in pack.retired_events
        state.met(sender, type_, known=listed)
        # What wants to see all is not shown what comes by the thousand.
        all_too = ("*",) if state.life or not is_plain(role or "") else ()
        observers = _looking_at(rules, role or "", *all_too)
        is_clean = kind.is_clean if kind is not None else None
        watch = Watch(role, is_clean, state.track_of(sender, role), observers)
        if by_server and is_clean is not None and not observers:
            fast = state.fast_track_of(role, is_clean)
            if fast is not None:
                self.fast[type_] = fast
        if len(watches) < _TYPES_KEPT:
            watches[type_] = watch
            if not watch.plain:
                state.seen.add(type_)
        return watch

    def observers(self, watch: Watch, rules: Rulebook) -> tuple[Observe, ...]:
        """Who wants to see the event that has just been tracked."""
        finished = self._state.finished
        if finished is None or finished.smooth:
            return watch.observers
        if watch.odd is None:
            watch.odd = _looking_at(rules, watch.role, "*", ODD_END)
        return watch.odd


def _looking_at(rules: Rulebook, *roles: str) -> tuple[Observe, ...]:
    return tuple(rule.observe for rule in rules.looking_at(*roles))
