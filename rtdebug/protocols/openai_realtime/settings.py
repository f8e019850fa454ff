"""Settings: what the session is configured to, as the server last said it."""

from __future__ import annotations

from typing import Any

from rtdebug.engine.fields import MISSING, at_pointer
from rtdebug.model.records import Event
from rtdebug.packs.pack import Pack
from rtdebug.protocols.openai_realtime.sound import Declared, law_of


class Settings:
    """The effective session. ``known`` is False until the server has said it in full."""

    def __init__(self, pack: Pack) -> None:
        self._pointers = pack.settings
        self._rates = pack.audio_rates
        self.session: dict[str, Any] = {}
        self.asked: dict[str, Any] = {}
        self.modalities_asked_seq = 0
        self.known = False
        self.created_seq: int | None = None
        self.created_at: float | None = None
        self.updated_seq: int | None = None
        self.first_update_seq: int | None = None

    def created(self, event: Event) -> None:
        """The server announced the session."""
        if self.created_seq is None:
            self.created_seq, self.created_at = event.seq, event.at
        self._take(event)

    def updated(self, event: Event) -> None:
        """The server confirmed a change with the whole session."""
        self.updated_seq = event.seq
        self._take(event)

    def update_asked(self, event: Event) -> None:
        """The client asked for a change; remembered, not in force."""
        session = event.payload.get("session")
        if isinstance(session, dict):
            self.asked = {**self.asked, **session}
            if at_pointer(session, self._pointers.get("modalities", "/")) is not MISSING:
                self.modalities_asked_seq = event.seq
        if self.first_update_seq is None:
            self.first_update_seq = event.seq

    def _take(self, event: Event) -> None:
        session = event.payload.get("session")
        if isinstance(session, dict):
            self.session = session
            self.known = event.whole

    def get(self, name: str) -> Any:
        """A setting of the pack's table by name, MISSING when the server has not said it."""
        pointer = self._pointers.get(name)
        return MISSING if pointer is None else at_pointer(self.session, pointer)

    def asks_for(self, name: str) -> Any:
        """The value of a setting that the client asked for, MISSING where it did not."""
        pointer = self._pointers.get(name)
        return MISSING if pointer is None else at_pointer(self.asked, pointer)

    @property
    def vad(self) -> bool | None:
        """Whether the server detects turns; None when it has not said."""
        value = self.get("turn_detection")
        if value is MISSING:
            return None
        if isinstance(value, dict):
            return value.get("type", "server_vad") is not None
        return value is not None

    @property
    def creates_response(self) -> bool | None:
        """Whether a turn that was detected is answered by itself; None when unknown."""
        value = self.get("turn_detection")
        if value is MISSING:
            return None
        if not isinstance(value, dict) or value.get("type", "") is None:
            return False
        return value.get("create_response") is not False

    @property
    def transcribes(self) -> bool | None:
        """Whether user audio is transcribed; None when unknown."""
        value = self.get("transcription")
        if value is MISSING:
            return None
        return bool(value)

    @property
    def transcription_only(self) -> bool:
        """Whether it is a transcription session, which never answers."""
        return self.session.get("type") == "transcription" or "transcription" in str(
            self.session.get("object", "")
        )

    @property
    def modalities(self) -> tuple[str, ...] | None:
        """What the server will answer with, None when unknown."""
        value = self.get("modalities")
        if not isinstance(value, list):
            return None
        return tuple(part for part in value if isinstance(part, str))

    def format_name(self, name: str) -> str | None:
        """The name of ``input_format`` or ``output_format``, None when unknown."""
        value = self.get(name)
        if isinstance(value, dict):
            value = value.get("type")
        return value if isinstance(value, str) else None

    def declared(self, name: str) -> Declared:
        """What must be known of ``input_format`` or ``output_format`` to listen to it."""
        return self.audio_rate(name), law_of(self.format_name(name))

    def rate_of(self, format_name: str) -> float | None:
        """Bytes a millisecond of a format by its name; None for one the pack does not know."""
        return self._rates.get(format_name)

    def audio_rate(self, name: str) -> float:
        """Bytes a millisecond of ``input_format`` or ``output_format`` (24 kHz PCM unless told)."""
        value = self.get(name)
        known = self._rates.get(self.format_name(name) or "", 48.0)
        if isinstance(value, dict) and value.get("type") == "audio/pcm":
            rate = value.get("rate")
            return rate * 2 / 1000 if isinstance(rate, int) and rate > 0 else known
        return known
