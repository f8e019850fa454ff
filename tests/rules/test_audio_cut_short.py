"""Audio that somebody cut in the record: what its bytes add up to is no fault of the server."""

from __future__ import annotations

import base64

import pytest
from logs import Log, begun, named

NAME = "audio-delta-malformed"


def spoken(*sizes: int) -> Log:
    """An answer with deltas of so many bytes."""
    log = begun(output_modalities=["audio"])
    sound = {"output": {"format": {"type": "audio/pcm", "rate": 24000}}}
    begins = {"id": "r", "output_modalities": ["audio"], "audio": sound}
    log.server("response.created", response=begins)
    place = {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
    item = {"id": "i", "type": "message", "role": "assistant", "content": []}
    log.server("response.output_item.added", response_id="r", output_index=0, item=item)
    log.server("response.content_part.added", part={"type": "audio"}, **place)
    for number, size in enumerate(sizes):
        delta = base64.b64encode(bytes([number]) * size).decode()
        log.server("response.output_audio.delta", delta=delta, **place)
    return log.server("response.output_audio.done", **place)


@pytest.mark.parametrize("sizes", [(33, 33, 33), (9,) * 71, (299, 299, 299)])
def test_deltas_cut_to_one_short_length_are_not_judged(sizes: tuple[int, ...]) -> None:
    assert named(spoken(*sizes).judged(), NAME) == []


@pytest.mark.parametrize("sizes", [(33,), (33, 33, 31), (301, 301, 301), (4800, 4799)])
def test_half_a_sample_in_audio_as_it_came_is_a_fault(sizes: tuple[int, ...]) -> None:
    (found,) = named(spoken(*sizes).judged(), NAME)
    assert f"adds up to {sum(sizes)} bytes" in found.message
