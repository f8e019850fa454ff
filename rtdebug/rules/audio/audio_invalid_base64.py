"""Appended audio that is no base64."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.rules.error_names import names_of
from rtdebug.rules.said.saying import SayingRule

_FAULT = "audio-invalid-base64"


class AudioInvalidBase64(SayingRule):
    """Reads what the look at the appends found; the server's own word goes before it."""

    roles = ("error", "audio.commit", "audio.committed")
    begins = ("audio.append",)

    _told = False

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """An error may say it; a commit is the time to look."""
        if role == "error":
            self._told = self._told or _FAULT in names_of(self.state, event)
            return NOTHING
        return self._look()

    def finished(self) -> Iterable[Finding]:
        """The last time to look."""
        return self._look()

    def _look(self) -> Iterable[Finding]:
        probe = self.state.audio.probe
        if self._told or not probe.invalid:
            return
        text = self.state.pack.errors.text(_FAULT)
        if text is None:
            return
        self._told = True
        message = f"the audio of event {probe.invalid_seq} is no base64: {probe.invalid_why}"
        if probe.looked > 1:
            message += f" ({probe.invalid} of {probe.looked} appends that were looked at)"
        yield text.finding(message, at=self.state.audio.last_at, evidence=(probe.invalid_seq,))
