"""Writes a capture as it happens: one whole line at a time, for its owner's eyes only."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rtdebug.captures.jsonl import NO_AUDIO_FIELDS, AudioFields, encode, header_line
from rtdebug.errors import UnreadableError
from rtdebug.model.findings import Finding
from rtdebug.model.records import Record

_FLAGS = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)  # fmt: skip


class CaptureWriter:
    """A sink that writes every record to ``path`` at once.

    Raises UnreadableError when the file cannot be made (it never overwrites one). Once it is open
    nothing is raised any more: a full disk or a lost device ends the capture with one message in
    ``failure``, and the session goes on. ``no_audio`` maps the types whose audio is left out to
    the field that holds it; length and SHA-256 of the field are written instead.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        pack: str | None = None,
        url: str | None = None,
        started: str | None = None,
        patience: float | None = None,
        ignore: tuple[str, ...] = (),
        no_audio: AudioFields | None = None,
    ) -> None:
        self.path = Path(path)
        self.written = 0
        self.failure: str | None = None
        self._audio = no_audio or NO_AUDIO_FIELDS
        self._length = 0
        self._file: int | None = _create(self.path)
        self._append(
            header_line(pack=pack, url=url, started=started, patience=patience, ignore=ignore)
        )

    def accept(self, record: Record, findings: Sequence[Finding] = ()) -> None:
        """Write ``record``; findings are not part of a capture, a replay makes them again."""
        self.write(record)

    def write(self, record: Record) -> None:
        """Append one record as one line that is in the file when this returns."""
        if self._file is None:
            return
        self._append(encode(record, self._audio), 1)

    def write_all(self, records: Sequence[Record]) -> None:
        """Append records that came together as one line each, all of them at once."""
        if self._file is None:
            return
        lines = b"".join([encode(record, self._audio) for record in records])
        self._append(lines, len(records))

    def sync(self) -> None:
        """Have the system put everything on the disk (slow: about a millisecond)."""
        if self._file is not None:
            try:
                os.fsync(self._file)
            except OSError as error:
                self._stop(error)

    def close(self) -> None:
        """Close the file; what was written is whole. Closing twice is harmless."""
        if self._file is None:
            return
        self.sync()
        if self._file is not None:
            file, self._file = self._file, None
            try:
                if not os.fstat(file).st_nlink and not self.path.exists():
                    self.failure = f"{self.path}: it was deleted while it was written"
                os.close(file)
            except OSError as error:
                self.failure = self._message(error)

    def _append(self, lines: bytes, records: int = 0) -> None:
        file = self._file
        if file is None:
            return
        done = 0
        try:
            done = os.write(file, lines)
            while done < len(lines):  # a full disk writes a part before it refuses
                done += os.write(file, lines[done:])
        except OSError as error:
            whole = lines.rfind(b"\n", 0, done) + 1
            self._length += whole
            self.written += lines.count(b"\n", 0, whole)
            self._stop(error)
        else:
            self._length += done
            self.written += records

    def _stop(self, error: OSError) -> None:
        """Keep the whole lines, tell once, write no more."""
        self.failure = self._message(error)
        file, self._file = self._file, None
        if file is None:
            return
        with suppress(OSError):  # the reader ignores a torn last line all the same
            os.ftruncate(file, self._length)
        with suppress(OSError):
            os.close(file)

    def _message(self, error: OSError) -> str:
        return (
            f"{self.path}: the capture ends after {self.written} records "
            f"({error.strerror or error}); the session goes on without it"
        )


def _create(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, _FLAGS, 0o600)
    except FileExistsError as error:
        if path.parent.is_dir():
            message = f"{path}: a file is already there, and a capture never overwrites one"
            raise UnreadableError(message, "name another file, or move this one away") from None
        message = f"{path}: {error.filename} is not a folder"
        raise UnreadableError(message, "name a file in a folder") from None
    except OSError as error:
        message = f"{path}: a capture cannot be written there: {error.strerror or error}"
        raise UnreadableError(message, "name a file in a folder you may write to") from None
