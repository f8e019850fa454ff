"""Totals are of everything: counted as it passes, by whatever way, and not from what was kept."""

from __future__ import annotations

import base64
import json

from rtdebug.engine.session import Session
from rtdebug.model.records import Sender
from rtdebug.packs.load import load_pack

CREATED = {
    "type": "session.created",
    "event_id": "e0",
    "session": {
        "type": "realtime",
        "object": "realtime.session",
        "id": "sess_1",
        "audio": {
            "input": {"format": {"type": "audio/pcm", "rate": 24000}},
            "output": {"format": {"type": "audio/pcm", "rate": 24000}},
        },
    },
}
SOUND = base64.b64encode(bytes(4800)).decode()  # 100 ms


def turn(number: int) -> list[tuple[Sender, dict[str, object]]]:
    """A response of one delta of audio, as short as one can be."""
    response, item = f"resp_{number}", f"item_{number}"
    body = {"id": response, "object": "realtime.response", "status": "in_progress", "output": []}
    where = {"response_id": response, "item_id": item, "output_index": 0, "content_index": 0}
    delta = {"type": "response.output_audio.delta", "event_id": f"d{number}", **where}
    return [
        (Sender.CLIENT, {"type": "input_audio_buffer.append", "audio": SOUND}),
        (Sender.SERVER, {"type": "response.created", "event_id": f"c{number}", "response": body}),
        (Sender.SERVER, {**delta, "delta": SOUND}),
        (Sender.SERVER, {**delta, "delta": SOUND, "event_id": f"f{number}"}),
        (Sender.SERVER, {"type": "response.done", "event_id": f"e{number}",
                         "response": {**body, "status": "completed"}}),
    ]  # fmt: skip


def test_totals_count_what_lists_have_forgotten() -> None:
    session, turns = Session(load_pack(), ()), 1200
    sent = {Sender.CLIENT: 0, Sender.SERVER: 0}
    events = [(Sender.SERVER, CREATED), *(one for number in range(turns) for one in turn(number))]
    for at, (sender, payload) in enumerate(events):
        data = json.dumps(payload).encode()
        sent[sender] += len(data)
        session.receive(data, at / 100, sender)
    broken = session.decode(b"{\xff", 100.0, Sender.CLIENT)
    session.observe(broken)
    judged = session.finish()
    assert judged.response_count == turns > len(judged.responses)
    totals = judged.totals
    assert totals.client_bytes == sent[Sender.CLIENT] + 2
    assert totals.server_bytes == sent[Sender.SERVER]
    assert (totals.client_audio_ms, totals.server_audio_ms) == (turns * 100, turns * 200)


def test_audio_of_a_pack_that_tells_no_format_is_not_known() -> None:
    totals = Session(load_pack("gemini-live"), ()).finish().totals
    assert (totals.client_audio_ms, totals.server_audio_ms) == (None, None)
