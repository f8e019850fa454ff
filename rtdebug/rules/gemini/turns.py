"""Base of the rules about Gemini Live turns: what has come since the turn began."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, NeutralRule
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event


class TurnRule(NeutralRule):
    """Counts what a turn holds and looks at its end.

    ``parts`` are the parts of the model's turn, ``words`` whether anything was transcribed,
    ``called`` whether a tool was. (Gemini Live reference: a tool's answer goes on with the turn.)
    """

    roles = ("turn.content", "tool.call", "content")

    parts = 0
    words = False
    called = False

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A message of the turn."""
        body = next((one for one in event.payload.values() if isinstance(one, dict)), {})
        if role == "tool.call":
            self.called = True
            return NOTHING
        if role == "content":
            self._begin()
            return NOTHING
        turn = body.get("modelTurn") or body.get("model_turn")
        if isinstance(turn, dict) and isinstance(turn.get("parts"), list):
            self.parts += len(turn["parts"])
        self.words = self.words or "outputTranscription" in body or "output_transcription" in body
        if not (body.get("turnComplete") or body.get("turn_complete")):
            return NOTHING
        found = list(self.completed(event, body))
        self._begin()
        return found

    def _begin(self) -> None:
        self.parts, self.words, self.called = 0, False, False

    def completed(self, event: Event, body: dict[str, object]) -> Iterable[Finding]:
        """The turn is complete."""
        raise NotImplementedError
