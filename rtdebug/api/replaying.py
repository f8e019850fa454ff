"""Serving what a recording holds: its connections, one after the other and again."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

from rtdebug.api.diagnosing import begin, log_name, log_source, senders_by
from rtdebug.errors import UnreadableError, UsageError
from rtdebug.model.records import Opened, Record
from rtdebug.packs.load import load_pack, own_pack
from rtdebug.scenario.cassette import Cassette, cassette_of
from rtdebug.scenario.mock_script import MockScript
from rtdebug.scenario.replay_faults import FaultyPlayer
from rtdebug.scenario.replayer import Replayer
from rtdebug.wire.mock import SUBPROTOCOL, Terms

if TYPE_CHECKING:
    from rtdebug.captures.reading import Reading
    from rtdebug.packs.pack import Pack
    from rtdebug.wire.mock import Actor

_MOST_RECORDS = 200_000  # of one connection


class Replayers:
    """Makes the server of each connection from a recording."""

    def __init__(
        self, file: str, pack: str | None, note: Callable[[int, str], None], *, original: bool,
        faults: Callable[[Pack], MockScript] | None = None,
    ) -> None:  # fmt: skip
        from rtdebug.captures.formats import read

        self._file = log_name(file)
        self._pack = pack
        self._note = note
        self._original = original
        self._recorded = load_pack()
        self.differed = 0
        self.terms = Terms(anywhere=True)
        readings = read(log_source(file), sender_of=senders_by(pack))
        found = [self._cassette(reading) for reading in readings]
        self._cassettes = [one for one in found if one.said or one.refuse is not None]
        if not self._cassettes:
            raise UnreadableError(
                f"{self._file}: expected a recording, found no message of a server in it",
                "record one with: rtdebug tail --capture FILE",
            )
        self._faults = faults(self._recorded) if faults is not None else None

    def __call__(self, number: int) -> Actor:
        cassette = self._cassettes[(number - 1) % len(self._cassettes)]

        def tell(text: str) -> None:
            self.differed += 1
            self._note(number, text)

        player = Replayer(cassette, tell, original=self._original)
        if self._faults is None or self._faults == MockScript():
            return player
        return FaultyPlayer(player, self._faults, self._recorded)

    def _cassette(self, reading: Reading) -> Cassette:
        own = own_pack(self._pack)
        session, records = begin(reading, own)
        pack = session.pack
        if self._pack is not None and load_pack(self._pack).name != pack.name:
            raise UsageError(
                f"--pack {self._pack}: {self._file} is a recording of {pack.name}",
                "leave --pack out, or name that one",
            )
        self._recorded = pack
        kept: list[Record] = list(islice(records, _MOST_RECORDS + 1))
        if len(kept) > _MOST_RECORDS:
            raise UnreadableError(
                f"{self._file}: a connection of more than {_MOST_RECORDS} messages",
                "cut the recording",
            )
        opened = next((one for one in kept if isinstance(one, Opened)), None)
        spoken = opened.subprotocol if opened is not None else None
        self.terms = Terms(pack=pack.name, anywhere=True, subprotocol=spoken or SUBPROTOCOL)
        return cassette_of(kept, pack)
