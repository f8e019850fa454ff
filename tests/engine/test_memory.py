"""A session that goes on for hours does not grow with it."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from building import Reply, Talk, event, sound

from rtdebug.engine.session import Session
from rtdebug.model.records import Sender
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

ROUNDS = 5
GROWTH = 400_000  # bytes; the kept rows of a timeline differ in size by so much at most


@pytest.fixture
def traced() -> Iterator[Callable[[], int]]:
    """How many bytes are in use, while memory is watched."""

    def used() -> int:
        gc.collect()  # what only waits to be collected is not held by anyone
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    yield used
    tracemalloc.stop()


def growth(feed: Callable[[int], None], used: Callable[[], int], rounds: int = ROUNDS) -> int:
    """How much more is in use after several rounds than after the first."""
    feed(0)
    before = used()
    for number in range(1, rounds):
        feed(number)
    return used() - before


def delta(seq: int, kind: str, piece: str) -> bytes:
    name = {"text": "output_text", "audio": "output_audio"}[kind]
    return (
        f'{{"type":"response.{name}.delta","event_id":"event_{seq:012}","response_id":"resp_x0001",'
        f'"item_id":"item_x0001","output_index":0,"content_index":0,"delta":"{piece}"}}'
    ).encode()


def streaming(kind: str) -> Session:
    """A session in the middle of an answer."""
    talk = Talk(modality=kind)
    talk.start()
    talk.client("response.create")
    Reply(talk).say("A", stop=1)
    session = Session(load_pack(), RULES)
    for record in talk.records():
        session.observe(record)
        if getattr(record, "type", "").endswith(f"{kind}.delta"):
            break
    return session


@pytest.mark.parametrize(("kind", "count"), [("text", 20_000), ("audio", 3_000)])
def test_deltas_leave_nothing_behind(kind: str, count: int, traced: Callable[[], int]) -> None:
    session = streaming(kind)
    piece = "word " if kind == "text" else sound("audio/pcm", 1)

    def feed(number: int) -> None:
        for seq in range(number * count, (number + 1) * count):
            session.receive(delta(seq, kind, piece), 1.0 + seq / 1e6, Sender.SERVER)

    assert growth(feed, traced) < GROWTH
    judged = session.finish()
    assert judged.responses[0].deltas >= ROUNDS * count


@pytest.mark.slow
def test_events_of_ever_new_types_and_ids_are_forgotten(traced: Callable[[], int]) -> None:
    session = Session(load_pack(), RULES)

    def feed(number: int) -> None:
        # The first round fills what is bounded: findings most of all.
        for seq in range(5200) if number == 0 else range(5200, 7200):
            payload = {"type": f"strange.{seq}", "event_id": f"event_{seq}"}
            session.observe(event(seq + 1, seq / 1e6, "server", payload))

    assert growth(feed, traced, rounds=2) < 2 * GROWTH


def test_appended_audio_leaves_nothing_behind(traced: Callable[[], int]) -> None:
    session = Session(load_pack(), RULES)
    append = b'{"type":"input_audio_buffer.append","event_id":"mine_%d","audio":"%b"}'
    piece = sound("audio/pcmu", 0).encode()

    def feed(number: int) -> None:
        for seq in range(number * 4000, (number + 1) * 4000):
            session.receive(append % (seq, piece), seq / 10, Sender.CLIENT)

    assert growth(feed, traced) < 2 * GROWTH
