"""What the scripted server hears: the input buffer, and where speech begins and ends in it.

Speech is found by its loudness, or where the script's cues put it. Positions are milliseconds of
all audio ever appended, as the provider counts them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rtdebug.scenario.mock_script import SpeechCue
from rtdebug.scenario.responder_items import KEPT_SOUND
from rtdebug.scenario.responder_sound import BYTES_PER_MS, PCM, loudness

_SLICE = 20  # ms that are looked at in one go
_LOUD_ENOUGH = 60  # ms of loud sound that make speech
_SEMANTIC_SILENCE = 300  # ms; a model would decide, this server just waits
_KEPT_BEFORE = 2_000  # ms of silence kept before speech


class Speech(NamedTuple):
    """Speech began or ended at ``at_ms``; ``say`` is what a cue makes the user say."""

    began: bool
    at_ms: int
    say: str | None = None


class Ear:
    """The input buffer of one session."""

    def __init__(self, cues: Sequence[SpeechCue] | None) -> None:
        self._cues = None if cues is None else list(cues)
        self._sound = bytearray()
        self._total = 0.0  # ms ever appended
        self._since_commit = 0.0  # ms
        self._turn_began = 0.0  # position of the last turn's end
        self._appends = 0  # of this turn
        self._loud = self._quiet = 0.0  # ms in a row
        self._speech_at: float | None = None  # position where the speech going on began

    @property
    def buffered_ms(self) -> float:
        """How much was appended since the last commit."""
        return self._since_commit

    def hear(
        self, sound: bytes, kind: str, detection: Mapping[str, Any] | None
    ) -> Iterator[Speech]:
        """Takes an append in; speech is told as it is met, so that a turn can be cut there."""
        per_ms = BYTES_PER_MS.get(kind, BYTES_PER_MS[PCM])
        self._appends += 1
        for start in range(0, len(sound), _SLICE * per_ms):
            part = sound[start : start + _SLICE * per_ms]
            length = len(part) / per_ms
            if len(self._sound) < KEPT_SOUND:
                self._sound += part
            self._total += length
            self._since_commit += length
            if detection is not None:
                told = self._detect(part, kind, length, detection)
                if told is not None:
                    yield told
                self._forget_silence(per_ms)

    def take(self) -> bytes:
        """The buffer, which is empty afterwards: a turn ended."""
        sound = bytes(self._sound)
        self.clear()
        return sound

    def clear(self) -> None:
        """Forgets what is buffered, and the speech in it."""
        self._sound.clear()
        self._since_commit = 0.0
        self._turn_began = self._total
        self._appends = 0
        self._loud = self._quiet = 0.0
        self._speech_at = None

    def _detect(
        self, part: bytes, kind: str, length: float, detection: Mapping[str, Any]
    ) -> Speech | None:
        if self._cues is not None:
            return self._cued(detection)
        if loudness(part, kind) >= _threshold(detection):
            self._loud, self._quiet = self._loud + length, 0.0
        else:
            self._loud, self._quiet = 0.0, self._quiet + length
        if self._speech_at is None:
            return self._begin(self._loud, detection) if self._loud >= _LOUD_ENOUGH else None
        return self._end(None) if self._quiet >= _silence(detection) else None

    def _cued(self, detection: Mapping[str, Any]) -> Speech | None:
        if not self._cues:
            return None
        cue = self._cues[0]
        if self._speech_at is None:
            heard = (self._total - self._turn_began) / 1000
            due = (cue.after is not None and heard >= cue.after) or (
                cue.append is not None and self._appends >= cue.append
            )
            return self._begin(0, detection) if due else None
        if self._total - self._speech_at < cue.lasts * 1000:
            return None
        self._cues.pop(0)
        return self._end(cue.say)

    def _begin(self, ago: float, detection: Mapping[str, Any]) -> Speech:
        self._speech_at = self._total - ago
        self._quiet = 0.0
        padding = detection.get("prefix_padding_ms")
        before = padding if isinstance(padding, int) else 300
        return Speech(True, int(max(self._turn_began, self._speech_at - before)))

    def _end(self, say: str | None) -> Speech:
        self._loud = 0.0
        return Speech(False, int(self._total), say)

    def _forget_silence(self, per_ms: int) -> None:
        most = _KEPT_BEFORE * per_ms
        if self._speech_at is None and len(self._sound) > 2 * most:
            del self._sound[:-most]


def _threshold(detection: Mapping[str, Any]) -> int:
    """The loudness that counts: -36 dB of full scale at the default threshold of 0.5."""
    wanted = detection.get("threshold")
    return max(1, round(4 * wanted)) if isinstance(wanted, int | float) else 2


def _silence(detection: Mapping[str, Any]) -> float:
    wanted = detection.get("silence_duration_ms")
    return wanted if isinstance(wanted, int | float) else _SEMANTIC_SILENCE
