"""What a tap keeps of its connection: records and findings without their secrets, and notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rtdebug.model.findings import Finding
from rtdebug.model.records import Record
from rtdebug.secrets.masker import Masker
from rtdebug.wire.parties import Recorder

_MOST_NOTES = 50


class Keeping:
    """Writes to the recorders of one connection; ``notes`` are sentences for its report."""

    def __init__(self, recorders: tuple[Recorder, ...], masker: Masker) -> None:
        self._recorders = recorders
        self._masker = masker
        self._notes: list[str] = []
        self._left_out = 0

    def __bool__(self) -> bool:
        """Whether anything is written down, so that it must be done before bytes go on."""
        return bool(self._recorders)

    def together(self, records: Sequence[Record]) -> None:
        """What came together is kept together, before the bytes go on."""
        if records:
            for recorder in self._recorders:
                recorder.write_all(records)

    def record(self, record: Record) -> None:
        """One record, as it may be shown."""
        for recorder in self._recorders:
            recorder.write(record)

    def told(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Findings as they may be told; what a replay could not find is kept in the capture."""
        self.last(findings)
        return self._masker.findings(findings)

    def last(self, findings: Iterable[Finding]) -> None:
        """What of these findings a replay could not find, unless it is kept already."""
        if self._recorders:
            for one in self._masker.kept(findings):
                self.record(one)

    def note(self, text: str) -> bool:
        """Keeps a sentence; whether there was room for it."""
        if len(self._notes) >= _MOST_NOTES:
            self._left_out += 1
            return False
        self._notes.append(text)
        return True

    def notes(self) -> tuple[str, ...]:
        """All sentences, with how many there was no room for."""
        left_out = (f"and {self._left_out} notes more",) if self._left_out else ()
        return (*self._notes, *left_out)
