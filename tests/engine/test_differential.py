"""Both validators agree: the fast one that gives the verdict and the one that gives the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any

import jsonschema
import pytest
from building import Payload
from choosing import Seeded
from legal_sessions import legal_session
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from rtdebug.model.records import Event, Sender
from rtdebug.packs.load import load_pack
from rtdebug.packs.schemas import close

MUTATIONS = 4000  # of each form
SESSIONS = 12
# Values of JSON: infinity is none, and is told as such when the message is decoded.
STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 1.0, 1.5, 1e308, 2**63, -(2**70), "", "x", "é\u202e", "a" * 600, [],
    ["text"], ["text", "audio"], [[]], [{}], {}, {"type": "message"}, {"type": "realtime"},
    {"x": {"y": [1, {"z": None}]}}, "\ud800",
)  # fmt: skip
Words = Callable[[object], bool]


@cache
def samples() -> tuple[tuple[Sender, Payload], ...]:
    """A few good events of each type."""
    kept: Counter[tuple[Sender, str]] = Counter()
    found = []
    for seed in range(SESSIONS):
        for one in legal_session(Seeded(seed)):
            if isinstance(one, Event) and load_pack().kind(one.sender, one.type) is not None:
                kept[one.sender, one.type] += 1
                if kept[one.sender, one.type] <= 3:
                    found.append((one.sender, one.payload))
    return tuple(found)


@cache
def worded(sender: Sender, type_: str, closed: bool) -> Words:
    """The verdict of the validator that gives the words."""
    folder = load_pack().schemas
    kind = folder.kind(sender, type_)
    assert kind is not None
    resources = [
        (uri, DRAFT202012.create_resource(document))
        for uri, document in folder.documents(closed=closed).items()
    ]
    registry: Any = Registry().with_resources(resources)
    schema = close(kind.schema) if closed else kind.schema
    validator = jsonschema.Draft202012Validator(schema, registry=registry)
    return lambda payload: bool(validator.is_valid(payload))


def mutated(good: Payload, random: Random) -> Payload:
    """A good event with one to three changes anywhere in it."""
    event = deepcopy(good)
    for _ in range(random.randint(1, 3)):
        holder = random.choice(_holders(event))
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        act = random.random()
        if act < 0.2 or not keys:
            _add(holder, deepcopy(random.choice(STRANGE)), random)
        elif act < 0.45:
            del holder[random.choice(keys)]
        elif act < 0.6:
            one, two = random.choice(keys), random.choice(keys)
            holder[one], holder[two] = deepcopy(holder[two]), deepcopy(holder[one])
        else:
            holder[random.choice(keys)] = deepcopy(random.choice(STRANGE))
    return event


def _add(holder: Any, value: Any, random: Random) -> None:
    if isinstance(holder, dict):
        holder[random.choice(("x", "type", "id", "status", "role", "name", "a/b~c", ""))] = value
    else:
        holder.append(value)


def _holders(value: Any) -> list[Any]:
    """Every object and array in an event, itself included."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [value] if isinstance(value, dict | list) else []
    for one in inner:
        found.extend(_holders(one))
    return found


def fast(verdict: Words, payload: Payload) -> bool | None:
    """What the fast validator says; None where it cannot take the event and the other decides."""
    try:
        return verdict(payload)
    except (ValueError, OverflowError, RecursionError):
        return None


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "tolerant"])
def test_the_validators_agree_on_thousands_of_broken_events(closed: bool) -> None:
    random = Random(20260101)
    verdicts: Counter[bool | None] = Counter()
    differences = []
    for _ in range(MUTATIONS):
        sender, good = random.choice(samples())
        kind = load_pack().kind(sender, good["type"])
        assert kind is not None
        broken = mutated(good, random)
        mine = fast(kind.is_clean if closed else kind.is_valid, broken)
        verdicts[mine] += 1
        if mine is None:
            continue
        # What a client sends is only ever judged closed.
        strict = closed or sender is Sender.CLIENT
        if mine != worded(sender, good["type"], strict)(broken):
            differences.append((good["type"], broken))
    assert differences == []
    assert verdicts[False] > MUTATIONS // 8
    assert verdicts[True] > MUTATIONS // 100
    assert verdicts[None] < MUTATIONS // 20


def test_the_samples_cover_the_protocol() -> None:
    types = {(sender, payload["type"]) for sender, payload in samples()}
    assert len(types) >= 30
