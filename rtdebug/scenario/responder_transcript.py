"""Plays the transcription of one turn of the user: its deltas, then its end or its failure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rtdebug.scenario import responder_names as names
from rtdebug.scenario.mock_script import Json, MockScript
from rtdebug.scenario.responder_usage import transcription_usage


def transcribe(
    script: MockScript, item_id: str, part: Json, text: str, model: object, ms: float
) -> Iterator[Json | float]:
    """Events and pauses; ``part`` is the item's content part, which learns what was said in
    ``ms`` milliseconds of sound."""
    place = {"item_id": item_id, "content_index": 0}
    yield script.pace
    error = script.transcription.error
    if error is not None:
        yield {"type": names.TRANSCRIPTION_FAILED, **place, "error": error}
        return
    for piece in re.findall(r"\s*\S+|\s+", text):
        yield {"type": names.TRANSCRIPTION_DELTA, **place, "delta": piece}
        yield script.pace
    part["transcript"] = text
    usage = transcription_usage(model, ms, text)
    completed = {"type": names.TRANSCRIPTION_COMPLETED, **place}
    yield {**completed, "transcript": text, "usage": usage}
