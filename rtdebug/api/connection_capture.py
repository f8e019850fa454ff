"""The capture of one connection among many: begun with its first record, given up without harm."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rtdebug.captures.writer import CaptureWriter
from rtdebug.errors import UnreadableError
from rtdebug.model.records import Record
from rtdebug.model.value import EMPTY, Value
from rtdebug.wire.clock import wall_text

_SAME_NAME = 100


class CaptureHead(Value):
    """What the first line of a capture says."""

    pack: str
    url: str
    patience: float
    ignore: tuple[str, ...] = ()
    audio: Mapping[str, str] = EMPTY

    def writer(self, path: Path, started: str) -> CaptureWriter:
        """A new file with this head; raises UnreadableError when it cannot be made."""
        return CaptureWriter(
            path,
            pack=self.pack,
            url=self.url,
            started=started,
            patience=self.patience,
            ignore=self.ignore,
            no_audio=self.audio or None,
        )


class ToldCapture:
    """A capture that says at once, to ``tell``, when it cannot go on."""

    def __init__(self, writer: CaptureWriter, tell: Callable[[str], None]) -> None:
        self.failure: str | None = None
        self._writer = writer
        self._tell = tell

    def write(self, record: Record) -> None:
        """Keeps one record."""
        self.write_all((record,))

    def write_all(self, records: Sequence[Record]) -> None:
        """Keeps records that came together."""
        self._writer.write_all(records)
        if self._writer.failure is not None:
            self._notice()

    def close(self) -> None:
        """Whole and on the disk."""
        self._writer.close()
        self._notice()

    def _notice(self) -> None:
        if self._writer.failure is not None and self.failure is None:
            self.failure = self._writer.failure
            self._tell(f"the capture is not whole: {self.failure}")


class ConnectionCapture:
    """Writes ``folder``/``name``.jsonl from the first record on.

    A name that is taken gets a number: nothing is ever overwritten. ``tell`` hears once why there
    is no capture, or no more of it; the connection goes on without.
    """

    def __init__(
        self, folder: Path, name: str, head: CaptureHead, tell: Callable[[str], None]
    ) -> None:
        self.path: Path | None = None
        self._folder = folder
        self._name = name
        self._head = head
        self._tell = tell
        self._capture: ToldCapture | None = None
        self._begun = False

    def write(self, record: Record) -> None:
        """Keeps one record."""
        self.write_all((record,))

    def write_all(self, records: Sequence[Record]) -> None:
        """Keeps records that came together."""
        if not self._begun:
            self._begun = True
            self._begin(records[0].at)
        if self._capture is not None:
            self._capture.write_all(records)

    def close(self) -> None:
        """Whole and on the disk."""
        if self._capture is not None:
            self._capture.close()

    def _begin(self, at: float) -> None:
        started = wall_text(time.time() - at)
        try:
            self.path = free_path(self._folder, self._name)
            self._capture = ToldCapture(self._head.writer(self.path, started), self._tell)
        except UnreadableError as error:
            self._tell(f"the connection is not captured: {error.message}")


def free_path(folder: Path, name: str) -> Path:
    """Where a capture of this name can be written: a name that is taken gets a number."""
    names = (f"{name}-{number}" for number in range(2, _SAME_NAME))
    for one in (name, *names):
        path = folder / f"{one}.jsonl"
        if not path.exists():
            return path
    raise UnreadableError(f"{folder / name}: every name of this kind is taken")
