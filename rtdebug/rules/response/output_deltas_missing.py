"""Output that is complete although not one delta of it came."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.breaches import Breach
from rtdebug.engine.rule import NOTHING, ODD_END
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Event
from rtdebug.model.value import replace
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.visibility import is_sideband

_CALL = "arguments.delta"  # a client needs the arguments whole: it is seldom stopped by that


class OutputDeltasMissing(Rule):
    """Takes what the tracking saw, and looks at every odd end."""

    name = "output-deltas-missing"
    roles = (ODD_END,)
    breaches = ("output-deltas-missing",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told: set[str] = set()

    def breached(self, breach: Breach) -> Iterable[Finding]:
        """A stream was done without a delta."""
        if not self.state.verbatim or breach.subject in self._told or self._has_old_names():
            return NOTHING
        self._told.add(breach.subject or "")
        found = super().breached(breach)
        if _CALL not in breach.rests_on:
            return found
        return (replace(one, severity=Severity.WARNING) for one in found)

    def _has_old_names(self) -> bool:
        """Whether deltas came under names that the protocol has given up."""
        old = self.state.pack.retired_events
        return any(type_ in old and type_.endswith(".delta") for _, type_ in self.state.known_types)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response is done: did its output come in pieces?"""
        response = self.state.finished
        if response is None or not self.state.verbatim or response.id in self._told:
            return NOTHING
        if self._has_old_names():
            return NOTHING
        if not response.seen_created or response.status != "completed":
            return NOTHING
        message = _nothing_streamed(response)
        rests_on = _kinds(response) if message else ("audio.delta",)
        message = message or self._no_audio(response)
        if not message:
            return NOTHING
        evidence = (response.seq, event.seq)
        found = self.finding(
            message, at=event.at, evidence=evidence, subject=response.id,
            severity=Severity.WARNING if _CALL in rests_on else None,
        )  # fmt: skip
        return (self.resting_on(found, *rests_on),)

    def _no_audio(self, response: Response) -> str:
        for item in response.items:
            for part in item.parts.values():
                transcript = part.streams.get("transcript")
                if part.type != "audio" or transcript is None or not transcript.length:
                    continue
                audio = part.streams.get("audio")
                if (audio is None or not audio.deltas) and not is_sideband(self.state):
                    return (
                        f"the audio part of {item.id} has a transcript of {transcript.length} "
                        "characters, but no audio came"
                    )
        return ""


def _nothing_streamed(response: Response) -> str:
    if response.deltas() or not response.output:
        return ""
    for item in response.output:
        content = item.get("content")
        # Other items with arguments, such as requests to approve a call, come in one piece.
        called = item.get("type") == "function_call" and item.get("arguments")
        if called or (isinstance(content, list) and any(map(_has_text, content))):
            return (
                f"{response.id} completed with output in {item.get('id')}, but no delta of it came"
            )
    return ""


def _kinds(response: Response) -> tuple[str, ...]:
    """The roles of the deltas that its output would have come in."""
    items = response.output or []
    if any(item.get("type") == "function_call" for item in items):
        return ("arguments.delta",)
    parts = [part for item in items for part in item.get("content") or () if _has_text(part)]
    spoken = any("text" not in part for part in parts)
    return ("transcript.delta", "audio.delta") if spoken else ("text.delta",)


def _has_text(part: object) -> bool:
    return isinstance(part, dict) and bool(part.get("text") or part.get("transcript"))
