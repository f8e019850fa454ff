"""Base of the rules about audio that turn detection should hear and does not."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Ended
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.audio.turn_taking import detects_turns
from rtdebug.rules.visibility import hides


class UnheardRule(Rule):
    """Looks when patience may be over: :meth:`look` says when it is, and what was found then."""

    begins = ("audio.append",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._found_it = False
        self.state.audio.began.append(self._began)

    def look(self, at: float, patience: float) -> Iterable[Finding]:
        """What is to be told at ``at``, where a silence of ``patience`` counts."""
        raise NotImplementedError

    def _began(self, at: float) -> None:
        if not self._found_it:
            self.wake_at(at + self.patience)

    def due(self) -> float:
        """The earliest time at which there may be something to tell."""
        return (self.state.audio.first_at or 0.0) + self.patience

    def advance(self, at: float) -> Iterable[Finding]:
        """Audio has come for a while."""
        audio = self.state.audio
        if self._found_it or audio.speech_starts:
            return
        if self.state.verbatim:
            yield from self._looked(at, self.patience)
        due = self.due()
        if not self._found_it and (due > at or at - audio.last_at < self.patience):
            self.wake_at(due if due > at else at + self.patience)

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """Whoever watched stops."""
        return self._looked(ended.at, patience)

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended."""
        return self._looked(closed.at, self.patience)

    def _looked(self, at: float, patience: float) -> Iterable[Finding]:
        state, audio = self.state, self.state.audio
        if self._found_it or audio.speech_starts or not audio.appends or not self._should_detect():
            return NOTHING
        if hides(state, "speech.started") or audio.commits or state.responses.unsolicited:
            return NOTHING  # a turn was taken after all: the log leaves out how it began
        found = tuple(self.look(at, patience))
        self._found_it = bool(found)
        return found

    def _should_detect(self) -> bool:
        """Whether detection is on, or was asked for and is confirmed neither way."""
        settings = self.state.settings
        asked = isinstance(settings.asks_for("turn_detection"), dict)
        return bool(detects_turns(self.state)) or (asked and not settings.vad)

    def audible(self) -> bool:
        """Whether the record has the audio itself, so that its loudness is known."""
        audio = self.state.audio
        rate = self.state.settings.audio_rate("input_format")
        return audio.hearing.figures() is not None and audio.credible(rate)

    def milliseconds(self) -> float:
        """How much audio there was."""
        return self.state.audio.bytes / self.state.settings.audio_rate("input_format")

    def uses_text(self) -> bool:
        """Whether the user writes, beside a microphone that may have nothing to say."""
        items = self.state.conversation.items.values()
        return any(item.by_client and item.role == "user" and not item.audio for item in items)
