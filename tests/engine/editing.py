"""Edits of a session that is good: one event dropped, doubled, moved or changed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from building import Move, Payload, Reply, Talk

VAD = {"type": "server_vad", "create_response": True, "interrupt_response": True}
TRANSCRIBED = {"model": "gpt-4o-transcribe"}


def written() -> Talk:
    """A question that is typed, and its answer."""
    talk = Talk()
    talk.start()
    talk.say("When does it open?")
    talk.client("response.create")
    reply = Reply(talk)
    reply.say("The museum ", "opens at ", "nine.")
    reply.done()
    return talk


def spoken(*, vad: bool = True) -> Talk:
    """A question that is spoken, its answer and its transcript."""
    talk = Talk(modality="audio")
    talk.start(turn_detection=VAD if vad else None, transcription=TRANSCRIBED)
    talk.append(4)
    id_ = talk.name("item")
    if vad:
        talk.server("input_audio_buffer.speech_started", item_id=id_, audio_start_ms=100)
        talk.append(4)
        talk.server("input_audio_buffer.speech_stopped", item_id=id_, audio_end_ms=700)
    else:
        talk.client("input_audio_buffer.commit")
    talk.commit(id_)
    if not vad:
        talk.client("response.create")
    reply = Reply(talk)
    reply.say("At ", "nine.")
    reply.done()
    talk.transcribe(id_, " When does", " it open?")
    return talk


def called() -> Talk:
    """A question that needs a tool."""
    talk = Talk()
    talk.start(tools=[{"type": "function", "name": "get_hours", "parameters": {"type": "object"}}])
    talk.say("When does it open?")
    talk.client("response.create")
    reply = Reply(talk)
    reply.say("One moment.")
    call = reply.call("get_hours", '{"place":', ' "museum"}')
    reply.done()
    output = {"type": "function_call_output", "call_id": call, "output": "nine"}
    talk.create_item(output)
    talk.add_item(output)
    talk.client("response.create")
    second = Reply(talk)
    second.say("At nine.")
    second.done()
    return talk


def place(talk: Talk, type_: str, number: int = 0) -> int:
    """Where the event of that type and number is."""
    return [index for index, one in enumerate(talk.moves) if one.payload["type"] == type_][number]


def drop(talk: Talk, type_: str, number: int = 0) -> Talk:
    """Without one event."""
    del talk.moves[place(talk, type_, number)]
    return talk


def double(talk: Talk, type_: str, number: int = 0) -> Talk:
    """One event twice, the second under an id of its own."""
    index = place(talk, type_, number)
    talk.moves.insert(index + 1, talk.moves[index])
    return talk


def swap(talk: Talk, type_: str, number: int = 0) -> Talk:
    """One event after the one that follows it."""
    index = place(talk, type_, number)
    moves = talk.moves
    moves[index], moves[index + 1] = moves[index + 1], moves[index]
    return talk


def insert(talk: Talk, type_: str, after: str, **fields: Any) -> Talk:
    """One more event of the server."""
    move = Move("server", {"type": type_, "event_id": "", **fields})
    talk.moves.insert(place(talk, after) + 1, move)
    return talk


def change(talk: Talk, type_: str, path: str, value: Any, number: int = 0) -> Talk:
    """One event with another value at a dotted path."""
    index = place(talk, type_, number)
    payload: Payload = deepcopy(talk.moves[index].payload)
    holder: Any = payload
    *way, last = path.split(".")
    for part in way:
        holder = holder[int(part)] if isinstance(holder, list) else holder[part]
    holder[last] = value
    talk.moves[index] = talk.moves[index]._replace(payload=payload)
    return talk
