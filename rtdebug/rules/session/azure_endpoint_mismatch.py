"""An Azure URL that does not go with what is sent over it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.fields import object_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Closed, Event, Opened, Remark, Sender
from rtdebug.rules.said.saying import SayingRule
from rtdebug.safe import one_line

_FAULT = "azure-endpoint-mismatch"
_URL = r"(?i)\b(?:wss?|https?)://[^/\s\"'<>]*\.azure\.[a-z]+/[^\s\"'<>)\]]*"
_GA = r"(?i)://[^/]*/openai/v1/realtime\b"
_PREVIEW = r"(?i)://[^/]*/openai/realtime\b"
_OPENAI = r"(?i)://[^/]*\.openai\.azure\.[a-z]+/(?:v1/)?realtime\b"
_REFUSALS = (400, 401, 403, 404)


class AzureEndpointMismatch(SayingRule):
    """Holds an Azure URL against itself, and against the shape of what is sent."""

    roles = ("session.update",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._url = ""
        self._ga_event: int | None = None

    def opened(self, opened: Opened) -> Iterable[Finding]:
        """The connection is open."""
        if opened.url and ".azure." in opened.url.lower() and re.match(_URL, opened.url):
            self._url = opened.url
        return NOTHING

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line that may name the URL."""
        found = re.search(_URL, remark.text[:2000])
        if found is not None and "realtime" in found[0] and not self._url:
            self._url = found[0]
        return NOTHING

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """The shape of what is sent."""
        session = object_of(event.payload.get("session"))
        if self._ga_event is None and ("audio" in session or "output_modalities" in session):
            self._ga_event = event.seq
        return NOTHING

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The connection ended, perhaps because of it."""
        wished = closed.sender is Sender.CLIENT and closed.code in (1000, 1001, 1005, 1006)
        why = mismatch(self._url)
        if why and not wished and (closed.code != 1000 or self.state.audio.appends):
            yield from self._found(
                f"{why}; the connection was closed with {closed.code}", closed.at
            )

    def finished(self) -> Iterable[Finding]:
        """All is known that will be."""
        refused = self.state.refused
        url = self._url or (refused.url if refused is not None else None) or ""
        why = mismatch(url)
        if refused is not None:
            # The table reads the URL of a refusal itself where the refusal has one.
            if why and refused.url is None and refused.status in _REFUSALS:
                yield from self._found(f"{why}; the upgrade was refused with {refused.status}", 0.0)
        elif self._ga_event is not None and re.search(_PREVIEW, url) and self._refuses():
            message = (
                f"{_short(url)} is the preview endpoint, which speaks the beta shape, but event "
                f"{self._ga_event} has the GA shape"
            )
            yield from self._found(message, self.state.last.at if self.state.last else 0.0)

    def _refuses(self) -> bool:
        """Whether the update of that shape was refused, or the session never went on from it."""
        for request in self.state.requests.recent:
            if request.seq == self._ga_event:
                return request.answered is None
        return False

    def _found(self, message: str, at: float) -> Iterable[Finding]:
        text = self.state.pack.errors.text(_FAULT)
        if text is not None:
            yield text.finding(message, at=at, evidence=(self._ga_event,))


def mismatch(url: str) -> str:
    """What does not go together in an Azure URL, in words; empty where it is in order."""
    if ".azure." not in url.lower() or not re.match(_URL, url):
        return ""
    if re.search(_GA, url) and "api-version=" in url:
        return f"{_short(url)} is the GA path, which takes no api-version"
    if re.search(_PREVIEW, url) and ("api-version=" not in url or "deployment=" not in url):
        return f"{_short(url)} is the preview path, which needs api-version and deployment"
    if re.search(_OPENAI, url):
        return f"{_short(url)} has OpenAI's path; on Azure it begins with /openai/"
    return ""


def _short(url: str) -> str:
    return one_line(url, 160)
