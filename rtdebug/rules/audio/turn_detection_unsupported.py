"""Turn detection is on for a transcription model that has none."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from rtdebug.engine.fields import object_of, text_of
from rtdebug.model.findings import Certainty, Finding
from rtdebug.rules.audio.unheard import UnheardRule

_FAULT = "turn-detection-unsupported"


class TurnDetectionUnsupported(UnheardRule):
    """Knows by the pack which models have none; the server's own word needs no rule."""

    name = ""  # a fault of the table

    def look(self, at: float, patience: float) -> Iterable[Finding]:
        """Told when the audio has waited for long enough."""
        settings, audio = self.state.settings, self.state.audio
        model = text_of(object_of(settings.get("transcription")).get("model")) or ""
        if not settings.transcription_only or audio.first_at is None:
            return
        if at - audio.first_at < patience - 1e-9:
            return
        if any(fnmatchcase(model, known) for known in self.state.pack.without_turns):
            commit, name = self.state.pack.type("audio.commit"), self.quote(model, 60)
            message = (
                f"turn detection is on, but the server detects no turns for {name}; "
                f"audio came since event {audio.first_seq}, and no {commit} ended an utterance"
            )
            evidence = (settings.updated_seq, audio.first_seq, audio.last_seq)
            text = self.state.pack.errors.text(_FAULT)
            if text is not None:
                yield text.finding(message, at=at, evidence=evidence, certainty=Certainty.HIGH)
