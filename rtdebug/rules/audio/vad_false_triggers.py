"""Turn detection hears the model itself, or noise, and interrupts."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable

from rtdebug.engine.fields import text_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.rule import Rule

_LEAST, _MOST = 3, 100
_WORD = r"\w+"


class VadFalseTriggers(Rule):
    """Follows interruptions, and what was heard when they happened."""

    name = "vad-false-triggers"
    roles = ("response.done", "speech.started", "transcription.completed", "transcript.done")

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told = False
        self._speech: Event | None = None
        # Interruptions in a row: item of the speech -> the events; and what its text was.
        self._row: dict[str, tuple[int, int]] = {}
        self._false: set[str] = set()
        self._said: deque[str] = deque(maxlen=4)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Speech, a text of it, or the end of a response."""
        if role == "speech.started":
            self._speech = event
        elif role == "transcript.done":
            self._said.append(text_of(event.payload.get("transcript")) or "")
        elif role == "transcription.completed":
            return self._heard(event)
        else:
            return self._ended(event)
        return NOTHING

    def _ended(self, event: Event) -> Iterable[Finding]:
        response = self.state.finished
        if response is None or response.out_of_band or self._told:
            return NOTHING
        if not self._row and response.status == "completed":
            return NOTHING
        reason = (response.details or {}).get("reason")
        if response.status != "cancelled" or reason != "turn_detected":
            if response.status == "completed":
                self._row.clear()
                self._false.clear()
            return NOTHING
        speech = self._speech
        id_ = text_of(speech.payload.get("item_id")) if speech is not None else None
        self._row[id_ or response.id] = (speech.seq if speech else event.seq, event.seq)
        if len(self._row) > _MOST:
            del self._row[next(iter(self._row))]
        if self.state.settings.transcribes:
            return NOTHING  # the texts will tell
        return self._judge(event.at, list(self._row))

    def _heard(self, event: Event) -> Iterable[Finding]:
        """The text of what was heard: real words make it a real turn."""
        id_ = text_of(event.payload.get("item_id")) or ""
        words = _words(event.payload.get("transcript"))
        if id_ not in self._row:
            return NOTHING
        if words and not any(_echoes(words, _words(said)) for said in self._said):
            self._row.pop(id_)
            self._false.discard(id_)
            return NOTHING
        self._false.add(id_)
        return self._judge(event.at, [one for one in self._row if one in self._false])

    def finished(self) -> Iterable[Finding]:
        """Interruptions whose text never came."""
        at = self._speech.at if self._speech is not None else 0.0
        return self._judge(at, list(self._row))

    def _judge(self, at: float, row: list[str]) -> Iterable[Finding]:
        if self._told or len(row) < _LEAST:
            return
        self._told = True
        message = f"{len(row)} responses in a row were cancelled by speech"
        if self._false:
            message += " that has no text, or the assistant's own words"
        evidence = [seq for id_ in row[-_LEAST:] for seq in self._row[id_]]
        yield self.finding(message, at=at, evidence=evidence)


def _words(text: object) -> list[str]:
    return re.findall(_WORD, text.lower()) if isinstance(text, str) else []


def _echoes(words: list[str], said: list[str]) -> bool:
    """Whether most of what was heard is what the assistant said."""
    return len(words) > 1 and sum(word in said for word in words) >= 0.7 * len(words)
