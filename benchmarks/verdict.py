"""From bytes to verdict: decode, schema, state and rules of one session, against parsing alone.

Prints ratios of CPU time, passes interleaved and the median of them taken, and how much memory a
session holds after many deltas. No figure is a test: these machines are shared.
"""

from __future__ import annotations

import gc
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from statistics import median

import jsonschema
import orjson
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from rtdebug.engine.session import Session
from rtdebug.model.records import Sender
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

PACK = load_pack()
SERVER = Sender.SERVER
PASSES = 9
EVENTS = 12_000


def turn(number: int, deltas: int, piece: Callable[[int], str], *, spoken: bool) -> Iterator[bytes]:
    """One response of the GA protocol, as its server writes it, with so many deltas."""
    response, item, count = f"resp_{number:021d}", f"item_{number:021d}", 0

    def event(type_: str, **fields: object) -> bytes:
        nonlocal count
        count += 1
        return orjson.dumps(
            {"type": type_, "event_id": f"event_{number:010d}{count:011d}", **fields}
        )

    body = {
        "object": "realtime.response", "id": response, "status": "in_progress",
        "status_details": None, "output": [], "conversation_id": "conv_1",
        "output_modalities": ["audio" if spoken else "text"], "max_output_tokens": "inf",
        "usage": None, "metadata": None,
    }  # fmt: skip
    made = {"id": item, "type": "message", "status": "in_progress", "role": "assistant",
            "content": []}  # fmt: skip
    place = {"response_id": response, "item_id": item, "output_index": 0, "content_index": 0}
    yield event("response.created", response=body)
    yield event("response.output_item.added", response_id=response, output_index=0, item=made)
    yield event("conversation.item.added", previous_item_id=None, item=made)
    part = {"type": "audio", "transcript": ""} if spoken else {"type": "text", "text": ""}
    yield event("response.content_part.added", **place, part=part)
    kind = "response.output_audio" if spoken else "response.output_text"
    pieces = [piece(index) for index in range(deltas)]
    if spoken:
        yield event("response.output_audio_transcript.delta", **place, delta="Hello there.")
    for one in pieces:
        padding = {} if spoken else {"obfuscation": "x8KqLm2p"}
        yield event(f"{kind}.delta", **place, delta=one, **padding)
    whole = "Hello there." if spoken else "".join(pieces)
    if spoken:
        yield event("response.output_audio.done", **place)
        yield event("response.output_audio_transcript.done", **place, transcript=whole)
        part, content = {"type": "audio", "transcript": whole}, "output_audio"
    else:
        yield event("response.output_text.done", **place, text=whole)
        part, content = {"type": "text", "text": whole}, "output_text"
    yield event("response.content_part.done", **place, part=part)
    field = "transcript" if spoken else "text"
    done = {**made, "status": "completed", "content": [{"type": content, field: whole}]}
    yield event("conversation.item.done", previous_item_id=None, item=done)
    yield event("response.output_item.done", response_id=response, output_index=0, item=done)
    usage = {
        "total_tokens": 85, "input_tokens": 63, "output_tokens": 22,
        "input_token_details": {"text_tokens": 63, "audio_tokens": 0, "image_tokens": 0,
                                "cached_tokens": 0,
                                "cached_tokens_details": {
                                    "text_tokens": 0, "audio_tokens": 0, "image_tokens": 0}},
        "output_token_details": {"text_tokens": 22 - 10 * spoken, "audio_tokens": 10 * spoken},
    }  # fmt: skip
    yield event(
        "response.done", response={**body, "status": "completed", "output": [done], "usage": usage}
    )


def mix(deltas: int, piece: Callable[[int], str], *, spoken: bool = False) -> list[bytes]:
    """About EVENTS messages of turns of one kind."""
    turns = max(1, EVENTS // (deltas + 9))
    return [one for number in range(turns) for one in turn(number, deltas, piece, spoken=spoken)]


def parse(messages: list[bytes]) -> float:
    """CPU seconds of parsing alone."""
    loads, began = orjson.loads, time.process_time()
    for message in messages:
        loads(message)
    return time.process_time() - began


def judge(messages: list[bytes]) -> float:
    """CPU seconds of a whole session, every rule awake."""
    session = Session(PACK, RULES)
    receive, at, began = session.receive, 0.0, time.process_time()
    for message in messages:
        at += 0.001
        receive(message, at, SERVER)
    return time.process_time() - began


def plain(messages: list[bytes]) -> float:
    """CPU seconds of json and jsonschema, one validator a type: what one would write first."""
    documents = PACK.schemas.documents(closed=False).items()
    registry = Registry().with_resources(
        (uri, DRAFT202012.create_resource(document)) for uri, document in documents
    )
    validators = {
        type_: jsonschema.Draft202012Validator(PACK.schemas.kind(SERVER, type_).schema,
                                               registry=registry)
        for type_ in PACK.schemas.types(SERVER)
    }  # fmt: skip
    began = time.process_time()
    for message in messages:
        payload = json.loads(message)
        assert validators[payload["type"]].is_valid(payload)
    return time.process_time() - began


def compared(name: str, messages: list[bytes], goal: str = "") -> float:
    """Prints how many times the CPU of parsing the verdict takes; returns its CPU an event."""
    judge(messages[:500])
    pairs = [(parse(messages), judge(messages)) for _ in range(PASSES)]
    alone, whole = median(one for one, _ in pairs), median(one for _, one in pairs)
    size = sum(map(len, messages)) / len(messages)
    print(
        f"{name:34} {size:6.0f} B an event   verdict / orjson.loads  {whole / alone:5.2f}  {goal}"
    )
    return whole / len(messages)


def memory(deltas: int) -> int:
    """Bytes a session holds in the middle of a response of so many deltas."""
    messages = list(turn(1, deltas, lambda index: f" word{index}", spoken=False))[:-6]
    session = Session(PACK, RULES)
    gc.collect()
    tracemalloc.start()
    for index, message in enumerate(messages):
        session.receive(message, index / 1000, SERVER)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return held


def main() -> None:
    """All mixes, then the plain way, then memory."""
    gc.disable()  # as the command does
    text = mix(60, lambda index: f" word{index}")
    each = compared("text, a turn of 69 events", text, "goal <= 3.0")
    compared("text, an answer of 400 deltas", mix(400, lambda index: f" word{index}"))
    compared("audio, deltas of 8 KB", mix(60, lambda index: "A" * 8000, spoken=True))
    few = text[:1500]
    slow = median(plain(few) for _ in range(3)) / len(few)
    print(f"{'json + jsonschema by type / verdict':34} {slow / each:36.1f}  goal >= 40")
    small, large = memory(5_000), memory(50_000)
    print(f"{'memory, 50,000 / 5,000 deltas':34} {large / small:36.2f}  ({large >> 10} KiB)")


if __name__ == "__main__":
    main()
