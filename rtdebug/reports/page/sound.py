"""The audio of both sides of a connection, as levels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rtdebug.engine.session import Session
from rtdebug.model.records import Event, Sender
from rtdebug.protocols.openai_realtime.settings import Settings
from rtdebug.reports.page.loudness import PCM, Loudness, samples_of
from rtdebug.reports.page.recording import Recording, SoundRoom

_FIELDS = {"audio.append": ("audio", "input_format"), "audio.delta": ("delta", "output_format")}
_DEEPEST = 8


class SoundTrack:
    """Takes the audio out of events; what is in no format that is known has no levels. Where there
    is ``room`` for sound it is kept too."""

    def __init__(self, session: Session, room: SoundRoom | None = None) -> None:
        found = getattr(session.state, "settings", None)
        self._settings = found if isinstance(found, Settings) else None
        self._sides = {Sender.CLIENT: Loudness(), Sender.SERVER: Loudness()}
        self._kept = {side: Recording(room) for side in Sender} if room is not None else {}
        self._response: object = None

    def observe(self, event: Event, role: str) -> None:
        """One event, in order."""
        known = _FIELDS.get(role)
        if known is None or self._settings is None:
            if self._settings is None and event.size > 400:
                for data, rate in _declared(event.payload, 0):
                    self._take(event, data, "pcm16", rate)
            return
        field, setting = known
        audio = event.payload.get(field)
        if not isinstance(audio, str):
            return
        response = event.payload.get("response_id")
        if event.sender is Sender.SERVER and response != self._response:
            self._response = response
            self._sides[Sender.SERVER].begin(event.at)
        name = self._settings.format_name(setting) or PCM[0]
        rate = self._settings.audio_rate(setting) * 1000
        self._take(event, audio, name, rate / 2 if name in PCM else rate)

    def fields(self, *, heard: bool = True) -> dict[str, Any]:
        """As the page takes it; ``heard`` with the sound itself, where it is kept."""
        return {side.value: self._side(side, heard) for side in Sender}

    def _side(self, side: Sender, heard: bool) -> dict[str, Any] | None:
        levels = self._sides[side].fields()
        if levels is not None and self._kept and heard:
            levels["recording"] = self._kept[side].fields()
        return levels

    def _take(self, event: Event, audio: str, name: str, rate: float) -> None:
        samples = samples_of(audio, name)
        if samples and rate > 0:
            start = self._sides[event.sender].add(event.at, samples, rate)
            if self._kept:
                self._kept[event.sender].add(start, samples, rate)


def _declared(value: object, depth: int) -> Iterator[tuple[str, float]]:
    """Audio that says beside it what it is: ``audio/pcm;rate=16000``."""
    if isinstance(value, dict):
        kind = value.get("mimeType") or value.get("mime_type")
        if isinstance(kind, str) and kind.startswith("audio/pcm") and "rate=" in kind:
            rate, data = kind.partition("rate=")[2].partition(";")[0], value.get("data")
            if (
                rate.isascii()
                and rate.isdigit()
                and 4000 <= int(rate[:7]) <= 96_000
                and isinstance(data, str)
            ):
                yield data, float(rate)
                return
    if isinstance(value, dict | list) and depth < _DEEPEST:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _declared(inner, depth + 1)
