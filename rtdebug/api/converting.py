"""Converting: a recording in any format that can be read becomes a capture of ours or a HAR."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rtdebug import __version__
from rtdebug.api.diagnosing import begin, log_name, log_source, senders_by
from rtdebug.api.reconnects import Connections
from rtdebug.api.redactors import redactor_of
from rtdebug.api.whole_file import write_new
from rtdebug.engine.session import Session
from rtdebug.errors import UnreadableError, UsageError
from rtdebug.model.records import Ended, Found, Record, Remark
from rtdebug.packs.load import load_pack
from rtdebug.redaction import DEFAULT
from rtdebug.secrets.masker import Masker

if TYPE_CHECKING:
    from rtdebug.captures.reading import Reading

OWN = "rtdebug capture"


def check_free(path: Path) -> None:
    """Raises UnreadableError where no new file can be made, before anything is read for it."""
    if os.path.lexists(path):
        raise UnreadableError(
            f"{path}: a file is already there, and nothing is overwritten",
            "name another file, or move this one away",
        )
    if not os.access(path.parent, os.W_OK):
        raise UnreadableError(
            f"{path}: cannot be written: there is no folder {path.parent} that may be written",
            "choose another place",
        )


class Conversion:
    """A recording on its way into another format. ``notes`` are what the reader had to say, all
    of it when the pieces have been taken; ``observed`` says by then whether it held anything but
    remarks."""

    observed = False

    def __init__(
        self,
        file: str,
        to: str,
        *,
        connection: int | None = None,
        pack: str | None = None,
        redact: Sequence[str] = (),
    ) -> None:
        """Reads ``file`` (``-`` is stdin). Raises UsageError and UnreadableError."""
        from rtdebug.captures.formats import read
        from rtdebug.captures.spooled import each_apart

        if pack is not None:
            load_pack(pack)
        self._redactor = redactor_of(redact)
        readings = each_apart(read(log_source(file), sender_of=senders_by(pack)))
        self._readings = _chosen(log_name(file), readings, connection, several=to == "har")
        self._pack = pack
        self._to = to

    @property
    def notes(self) -> list[str]:
        """What was understood of the log and what was left out."""
        text = self._redactor.text
        return [text(note) for reading in self._readings for note in reading.notes]

    def pieces(self) -> Iterator[bytes]:
        """The converted recording, piece by piece."""
        return self._har() if self._to == "har" else self._lines()

    def write(self, path: Path) -> None:
        """Writes it whole to a new file for its owner's eyes; raises UnreadableError."""
        try:
            write_new(path, self.pieces())
        except OSError as error:
            raise UnreadableError(
                f"{path}: cannot be written: {error.strerror or error}", "choose another place"
            ) from None

    def _lines(self) -> Iterator[bytes]:
        from rtdebug.captures.convert import to_jsonl

        (reading,) = self._readings
        return to_jsonl(reading, pack=self._begun(reading))

    def _har(self) -> Iterator[bytes]:
        from rtdebug.captures.convert import to_har

        return to_har(self._judged_by(), version=__version__)

    def _judged_by(self) -> Iterator[tuple[Reading, str]]:
        for reading in self._readings:
            yield reading, self._begun(reading)

    def _begun(self, reading: Reading) -> str:
        """The pack by which a reading is read, once its beginning has told it."""
        session, records = begin(reading, self._pack, self._redactor)
        reading.url = None if reading.url is None else self._redactor.text(reading.url)
        reading.records = self._watched(self._masked(session, records, reading))
        return session.pack.name

    def _masked(
        self, session: Session, records: Iterable[Record], reading: Reading
    ) -> Iterator[Record]:
        """The records as they may be kept. What was found in what is masked now goes with them,
        which takes judging them; a capture of ours was judged when it was masked."""
        masker = Masker(self._redactor)
        if reading.format == OWN and self._redactor is DEFAULT:
            yield from map(masker.record, records)
            return
        current = session
        for judge, record in Connections(session, records, reading):
            if judge is not current:
                yield from _the_last(current, masker)
                current = judge
            yield masker.record(record)
            yield from masker.kept(judge.observe(record))
        yield from _the_last(current, masker)

    def _watched(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            if not self.observed and not isinstance(record, Remark | Ended):
                self.observed = True
            yield record


def _the_last(session: Session, masker: Masker) -> list[Found]:
    """What a session finds when it is over, as far as it must be kept."""
    session.finish()
    return masker.kept(session.findings)


def _chosen(
    file: str, readings: Sequence[Reading], connection: int | None, *, several: bool
) -> list[Reading]:
    if not readings:
        raise UnreadableError(f"{file}: nothing in it could be read as a connection")
    if connection is not None:
        if connection > len(readings):
            raise UsageError(
                f"--connection {connection}: {file} holds {len(readings)}", "choose one of them"
            )
        return [readings[connection - 1]]
    if len(readings) > 1 and not several:
        raise UsageError(
            f"{file} holds {len(readings)} connections, and a capture holds one",
            "choose one with --connection N",
        )
    return list(readings)
