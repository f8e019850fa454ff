"""What a log speaks is told by its first events, however much stands before them."""

from __future__ import annotations

import io

from rtdebug.api.diagnosing import diagnose, sender_of
from rtdebug.captures.formats import read


def pack_of(log: str) -> str:
    (reading,) = read(io.BytesIO(log.encode()), sender_of=sender_of)
    return diagnose(reading, "log")[0].pack


def test_events_far_down_a_text_still_tell_its_pack() -> None:
    words = "".join(f"{number}: nothing of note\n" for number in range(900))
    assert pack_of(f"{words}< response.audio.delta\n< response.audio.done\n") == (
        "openai-realtime-beta"
    )
    assert pack_of(f"{words}< response.output_audio.delta\n") == "openai-realtime"
