"""A conversation session is configured for transcription, or the other way round."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of, text_of
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.rules.held import HeldRule


class TranscriptionSessionMixup(HeldRule):
    """Holds the type a client asks for against what the session is."""

    fault = "transcription-session-mixup"
    roles = ("session.update", "transcription_session.update")

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The client configures the session."""
        body = object_of(event.payload.get("session"))
        named = text_of(body.get("type"))
        asked = "transcription" if role.startswith("transcription") else named
        is_kind, why = self._kind()
        if asked in ("realtime", "transcription") and is_kind and asked != is_kind:
            message = f"event {event.seq} ({event.type}) asks for a {asked} session, but {why}"
            self.hold(message, event, self.state.settings.created_seq)
        return ()

    def _kind(self) -> tuple[str | None, str]:
        """What the session is, and how that is known."""
        settings = self.state.settings
        if settings.created_seq is not None:
            kind = text_of(settings.session.get("type"))
            if settings.transcription_only:
                return "transcription", "the server opened a transcription session"
            if kind is not None or self.state.pack.settings.get("modalities", "")[1:] in (
                settings.session
            ):
                return "realtime", "the server opened a conversation"
        url = (self.state.opened.url if self.state.opened else None) or ""
        if "intent=transcription" in url:
            return "transcription", "the URL (intent=transcription) opens a transcription session"
        return ("realtime", "the URL (model=) opens a conversation") if "model=" in url else (
            None, "",
        )  # fmt: skip
