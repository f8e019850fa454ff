"""How much audio of a response or an item came, and whether its bytes can be believed."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.model.value import Value
from rtdebug.protocols.openai_realtime.realtime_state import RealtimeState
from rtdebug.protocols.openai_realtime.responses import OutputItem, Response

# Real deltas hold tens of milliseconds; logs that were shortened put a few bytes in their place.
_LEAST_DELTA_MS = 10


class ReceivedAudio(Value):
    """``ms`` by the output format of the response or the session; ``credible`` where the deltas
    are as large as real ones, so that they are no stand-ins for audio that was cut out."""

    deltas: int
    ms: float
    last_seq: int | None
    credible: bool

    @classmethod
    def of_item(cls, state: RealtimeState, item_id: str) -> ReceivedAudio | None:
        """What came of an item; None for an item that no response of the record wrote."""
        for response in (*state.responses.open.values(), *reversed(state.responses.done)):
            item = response.by_id.get(item_id)
            if item is not None:
                return cls._of(state, [item], response)
        return None

    @classmethod
    def of_response(cls, state: RealtimeState, response: Response) -> ReceivedAudio:
        """What came of a response."""
        return cls._of(state, response.items, response)

    @classmethod
    def _of(
        cls, state: RealtimeState, items: Iterable[OutputItem], response: Response
    ) -> ReceivedAudio:
        streams = [
            part.streams["audio"]
            for item in items
            for part in item.parts.values()
            if "audio" in part.streams
        ]
        rate = _rate(state, response)
        deltas = sum(stream.deltas for stream in streams)
        ms = sum(stream.length for stream in streams) / (rate or 48.0)
        last = max((stream.last_seq for stream in streams), default=None)
        plain = rate is not None and state.verbatim and response.seen_created
        return cls(deltas, ms, last, plain and deltas > 0 and ms >= _LEAST_DELTA_MS * deltas)


def has_stream(response: Response, kind: str) -> bool:
    """Whether anything of that kind (audio, transcript) came; cheap, for the end of each one."""
    for item in response.items:
        for part in item.parts.values():
            if kind in part.streams:
                return True
    return False


def _rate(state: RealtimeState, response: Response) -> float | None:
    """Bytes a millisecond of its audio: as the response says, else as the session does; None where
    the record shows neither."""
    settings, own = state.settings, response.output_format
    name = settings.format_name("output_format")
    if own is not None and own != name:
        return settings.rate_of(own)
    if own is None and _own_format(response):
        return None
    known = name is not None or state.view.from_start
    return settings.audio_rate("output_format") if known else None


def _own_format(response: Response) -> bool:
    """Whether the response asked for an output format of its own."""
    asked = response.request.payload.get("response") if response.request else None
    return isinstance(asked, dict) and ("audio" in asked or "output_audio_format" in asked)
