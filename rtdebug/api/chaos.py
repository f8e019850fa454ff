"""Faults by lot: what each connection of a mock suffers follows from the seed and its number."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from rtdebug.documents import parse_document
from rtdebug.model.value import replace
from rtdebug.scenario import responder_names as names
from rtdebug.scenario.mock_reader import read_mock_script
from rtdebug.scenario.mock_script import MockScript

Piece = dict[str, Any]

_STARTS = (names.RESPONSE_CREATED, names.OUTPUT_ITEM_ADDED, names.PART_ADDED)
_DELTAS = (names.TEXT_DELTA, names.AUDIO_DELTA, names.TRANSCRIPT_DELTA)
_HEALTHY = 0.25  # of all connections
_CLOSES = (
    {"abort": True},
    {"code": 1011, "reason": "internal error"},
    {"code": 1001, "reason": "going away"},
    {"code": 1000},
)
_REFUSALS = (
    {"status": 429, "headers": {"Retry-After": "1"}, "body": "Slow down."},
    {"status": 503, "body": "Service Unavailable"},
    {"status": 500, "body": '{"error": {"message": "The server had an error."}}'},
)
_ERRORS = (
    {"type": "server_error", "message": "The server had an error while processing your request."},
    {"code": "rate_limit_exceeded", "message": "Rate limit reached. Please try again in 1s."},
)
_SAID = (
    {"event": {"type": "response.unheard_of", "payload": {"new": True}}},
    {"event": {"type": "rate_limits.updated", "rate_limits": []}},
)


def chaos(script: MockScript, seed: str, number: int) -> tuple[MockScript, str]:
    """The script with the lot of that connection in it, and the lot as a script would say it,
    empty where the connection is spared."""
    random = Random(f"{seed}:{number}")
    if random.random() < _HEALTHY:
        return script, ""
    piece = random.choice(_LOTS)(random)
    text = json.dumps(piece, ensure_ascii=False)
    document = parse_document(text, "chaos")
    made = read_mock_script(document.value, document.error)
    return replace(
        script,
        replies=made.replies or script.replies,
        strikes=(*script.strikes, *made.strikes),
        drop=(*script.drop, *made.drop),
        delay={**script.delay, **made.delay},
        refuse=made.refuse or script.refuse,
    ), text


def _somewhere(random: Random) -> Piece:
    """A moment of a response."""
    if random.random() < 0.5:
        return {"after": random.choice(_STARTS), "nth": random.randint(1, 3)}
    return {"after": random.choice(_DELTAS), "nth": random.randint(1, 12)}


_LOTS: tuple[Callable[[Random], Piece], ...] = (
    lambda random: {"stall": _somewhere(random)},
    lambda random: {"end_early": _somewhere(random)},
    lambda random: {"close": {**_somewhere(random), **random.choice(_CLOSES)}},
    lambda random: {"insert": {**_somewhere(random), **random.choice(_SAID)}},
    lambda random: {"raw": {**_somewhere(random), "data": '{"type": "response.out'}},
    lambda random: {"drop": random.choice((names.RESPONSE_DONE, names.OUTPUT_ITEM_DONE, *_DELTAS))},
    lambda random: {"delay": {random.choice(_STARTS): f"{random.randint(2, 20)}00ms"}},
    lambda random: {
        "error": {
            "on": random.choice((names.RESPONSE_CREATE, names.SESSION_UPDATE, names.ITEM_CREATE)),
            "nth": random.randint(1, 3),
            **random.choice(_ERRORS),
        }
    },
    lambda random: {"reply": {"text": "I was about to", "status": "failed"}},
    lambda random: {"refuse": random.choice(_REFUSALS)},
)  # fmt: skip
