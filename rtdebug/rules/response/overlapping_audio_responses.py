"""Two responses speak at the same time."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.response.received_audio import has_stream


class OverlappingAudioResponses(Rule):
    """Holds the audio of each response that ends against that of the others."""

    name = "overlapping-audio-responses"
    roles = ("response.done",)
    begins = ("audio.delta", "audio.done")

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told: set[frozenset[str]] = set()

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response is done."""
        response = self.state.finished
        if response is None or not has_stream(response, "audio"):
            return
        mine = _audio(response)
        if mine is None:
            return
        recent = list(self.state.responses.done)[-4:]
        for other in (*self.state.responses.open.values(), *recent):
            theirs = _audio(other)
            pair = frozenset((response.id, other.id))
            if other is response or theirs is None or pair in self._told:
                continue
            if mine[0] < theirs[1] and theirs[0] < mine[1] and len(self._told) < 100:
                self._told.add(pair)
                message = (
                    f"{response.id} (events {mine[0]} to {mine[1]}) and {other.id} (events "
                    f"{theirs[0]} to {theirs[1]}) sent audio at the same time"
                )
                yield self.finding(
                    message, at=event.at, evidence=(*mine, *theirs), subject=response.id
                )


def _audio(response: Response) -> tuple[int, int] | None:
    """The first and the last audio delta of a response; None where it has none."""
    streams = [one for _, _, one in response.streams() if one.kind == "audio" and one.deltas]
    if not streams:
        return None
    return min(one.first_seq for one in streams), max(one.last_seq for one in streams)
