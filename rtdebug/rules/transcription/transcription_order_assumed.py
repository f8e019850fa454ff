"""Somebody counts on the user's transcript to come before the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.fields import text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Remark
from rtdebug.protocols.openai_realtime.rule import Rule

_MOST = 1000
_ASSUMES = (
    r"(?i)transcri\w*.{0,120}\b(?:order|after|late|later|before|first|delay(?:ed)?)\b"
    r"|\b(?:order|after|before|late|delay(?:ed)?|too slow)\b.{0,120}transcri"
)


class TranscriptionOrderAssumed(Rule):
    """Reads whether someone wonders at an order that is free."""

    name = "transcription-order-assumed"
    roles = ("audio.committed", "transcription.completed", "response.done")
    begins = ("remarked", "audio.committed")

    _assumed: Remark | None = None

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        # Turns without an answer yet, and those that had one before their text came.
        self._asked: list[str] = []
        self._open: dict[str, int] = {}
        self._late: tuple[str, int, int] | None = None

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A turn, its text, or an answer."""
        id_ = text_of(event.payload.get("item_id")) or ""
        if role == "audio.committed":
            if len(self._asked) < _MOST:
                self._asked.append(id_)
        elif role == "response.done":
            if len(self._open) < _MOST:
                self._open.update(dict.fromkeys(self._asked, event.seq))
            self._asked.clear()
        else:
            answer = self._open.pop(id_, None)
            if answer is not None and self._late is None:
                self._late = (id_, answer, event.seq)
        return NOTHING

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the log that is no event."""
        if self._assumed is None and re.search(_ASSUMES, remark.text[:1000]):
            self._assumed = remark
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """All of the log is read."""
        if self._assumed is None or self._late is None:
            return
        id_, answer, text = self._late
        message = (
            f"the transcript of {id_ or 'a turn'} (event {text}) came after the answer was done "
            f"(event {answer}); line {self._assumed.line} takes that for a fault"
        )
        evidence = (answer, text)
        yield self.finding(message, at=self._assumed.at, evidence=evidence, subject=id_ or None)
