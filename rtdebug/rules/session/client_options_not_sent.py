"""An option the user set has no effect, and was never sent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Remark, Sender
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.visibility import sees

_NO_EFFECT = (
    r"(?i)\bno effect\b|\b(?:is|are|being|gets?|keeps? being|simply|just) ignor|\bignores\b"
    r"|\bnot (?:being )?(?:applied|picked up|respected|honou?red|taken)\b"
    r"|\b(?:does ?n[o']t|do ?n[o']t|never|wo ?n[o']t) (?:seem to )?(?:change|apply|take effect|"
    r"update)"
)
_MOST = 10_000
# What people call a setting -> the fields that carry it, in either shape of the protocol.
_OPTIONS: dict[str, tuple[str, ...]] = {
    "voice": ("voice",),
    "temperature": ("temperature",),
    "instruction": ("instructions",),
    "speed": ("speed",),
    "modalit": ("modalities", "output_modalities"),
    "turn_detection": ("turn_detection",),
    "turn detection": ("turn_detection",),
    "threshold": ("threshold",),
    "silence_duration": ("silence_duration_ms",),
    "eagerness": ("eagerness",),
    "noise_reduction": ("noise_reduction", "input_audio_noise_reduction"),
    "language": ("language",),
    "tool_choice": ("tool_choice",),
    "max_output_tokens": ("max_output_tokens", "max_response_output_tokens"),
    "max tokens": ("max_output_tokens", "max_response_output_tokens"),
}


class ClientOptionsNotSent(Rule):
    """Holds what the author complains of against what was sent."""

    name = "client-options-not-sent"
    roles = ("session.update", "response.create")

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._missed: dict[str, Remark] = {}
        self._sent: set[str] = set()
        self._whole = True

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The client sends settings."""
        self._whole = self._whole and event.whole
        if len(self._sent) < _MOST:
            self._sent.update(_keys(event.payload, 0))
        return NOTHING

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the log that is no event."""
        text = remark.text[:1000].lower()
        found = re.search(_NO_EFFECT, text)
        word = _nearest(text, found.start()) if found is not None else None
        if word is not None:
            self._missed.setdefault(word, remark)
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """All of the log is read."""
        client = self.state.last_client is not None or self.state.audio.appends
        if not client or not self._whole or not sees(self.state, Sender.CLIENT):
            return
        for word, remark in self._missed.items():
            if self._sent.isdisjoint(_OPTIONS[word]):
                field = _OPTIONS[word][-1]
                message = (
                    f"line {remark.line} says that it has no effect, and no event of the client "
                    f"carries {field}"
                )
                yield self.finding(message, at=remark.at, subject=field)


def _nearest(text: str, at: int) -> str | None:
    """The setting a complaint at ``at`` is about: the last one named before it, else the first."""
    places = [(text.rfind(word, 0, at), word) for word in _OPTIONS if word in text]
    if not places:
        return None
    before = [place for place in places if place[0] >= 0]
    return max(before)[1] if before else min((text.find(word), word) for _, word in places)[1]


def _keys(value: Any, depth: int) -> Iterable[str]:
    if isinstance(value, dict) and depth < 6:
        for key, inner in value.items():
            yield key
            yield from _keys(inner, depth + 1)
