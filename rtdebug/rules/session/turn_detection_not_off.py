"""Turn detection was switched off, the server confirmed it, and detects turns all the same."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING, ODD_END
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.rule import Rule


class TurnDetectionNotOff(Rule):
    """Looks for what only turn detection does while it is confirmed to be off."""

    name = "turn-detection-not-off"
    roles = ("speech.started", ODD_END)

    _told = False

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Speech was detected, or a response ended in an odd way."""
        settings = self.state.settings
        updated = settings.updated_seq
        if self._told or updated is None or not settings.known or not self._is_off():
            return NOTHING
        what = self._acts(event, role, updated)
        if not what:
            return NOTHING
        self._told = True
        message = f"event {updated} confirms that turn detection is off, yet {what}"
        return (self.finding(message, at=event.at, evidence=(updated, event.seq)),)

    def _is_off(self) -> bool:
        settings = self.state.settings
        return settings.get("turn_detection") is None and not isinstance(
            settings.asks_for("turn_detection"), dict
        )

    def _acts(self, event: Event, role: str, updated: int) -> str:
        """What turn detection did after that, in words; "" where it did nothing."""
        if role == "speech.started":
            return f"event {event.seq} ({event.type}) says that it heard speech"
        response = self.state.finished
        if response is None or response.seq < updated or response.status != "cancelled":
            return ""
        if (response.details or {}).get("reason") != "turn_detected":
            return ""
        return f"{response.id} was cancelled because of a turn (event {event.seq})"
