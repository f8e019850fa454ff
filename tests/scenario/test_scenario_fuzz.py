"""Whatever is written in a scenario, reading it ends in a scenario or in errors with a place, and
whatever a server says, playing it ends in results."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rtdebug.documents import load_document, parse_document
from rtdebug.model.records import Closed, Event, Opened, Sender
from rtdebug.reports.document_error import render
from rtdebug.scenario.load import Given, check_scenario, load_scenario
from rtdebug.scenario.player import Player
from rtdebug.scenario.step_shapes import STEP_KEYS

PLAYS = Path(__file__).parent / "plays"
SCENARIOS = [
    {"rtdebug": 1, **case["scenario"]}
    for path in sorted(PLAYS.glob("*.yaml"))
    for case in load_document(path).value
]
GIVEN = Given(env={"MCP_TOKEN": "tok-123456"}, root=PLAYS)

WORDS = st.sampled_from(
    ["", "x", "5s", "${x}", "${env.X:-5}", "${", "session.created", "response.done", "type", "..",
     "$any", "$absent", "$regex", "$not", "$len", "where", "capture", "a\x1b[0m", "日本", "\ud7ff"]
)  # fmt: skip
KEYS = WORDS | st.sampled_from(
    ["then", "steps", "event", "as", "within", "count", "min", *STEP_KEYS]
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(-1, 1) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path, *(found for key, one in inner for found in paths(one, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    whole = {"root": copy.deepcopy(draw(st.sampled_from(SCENARIOS)))}
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(paths(whole)[1:]))
        parent: Any = whole
        for key in way:
            parent = parent[key]
        how = draw(st.sampled_from(["replace", "remove", "add"]))
        if how == "remove" and way:
            del parent[last]
        elif how == "add" and isinstance(parent, dict) and way:
            parent[draw(KEYS)] = draw(JUNK)
        else:
            parent[last] = draw(JUNK)
    return whole["root"]


@given(mutated())
def test_reading_ends_in_a_scenario_or_in_errors_with_a_place(value: Any) -> None:
    document = parse_document(json.dumps(value), str(PLAYS / "play.yaml"))
    for error in check_scenario(document, GIVEN):
        assert error.location.line == 1
        assert error.message
        assert "\x1b" not in render(error)
    check_scenario(document, Given())


TYPES = st.sampled_from(
    ["session.created", "session.updated", "response.created", "response.done", "error",
     "response.output_audio.delta", "conversation.item.added", "input_audio_buffer.committed", "?"]
)  # fmt: skip
FIELDS = st.sampled_from(
    [
        "audio",
        "input",
        "format",
        "type",
        "call_id",
        "session",
        "response",
        "item",
        "error",
        "id",
        "status",
        "output",
        "code",
    ]
)
PAYLOADS = st.dictionaries(
    FIELDS,
    st.recursive(
        st.none() | st.integers() | st.sampled_from(["completed", "a", "\ud800", "${x}"]),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(FIELDS, inner, max_size=3),
        max_leaves=5,
    ),
)


@given(
    st.sampled_from(SCENARIOS), st.lists(st.tuples(TYPES, PAYLOADS, st.floats(0, 2)), max_size=12)
)
def test_playing_ends_in_results_whatever_the_server_says(
    scenario: dict[str, Any], events: list[tuple[str, dict[str, Any], float]]
) -> None:
    document = parse_document(json.dumps(scenario), str(PLAYS / "play.yaml"))
    player = Player(load_scenario(document, GIVEN))
    player.observe(Opened(0.0))
    at = 0.0
    for seq, (type_, payload, pause) in enumerate(events, 1):
        at += pause
        while (due := player.deadline) is not None and due < at:
            player.advance(due)
        player.observe(Event(seq, at, Sender.SERVER, type_, {"type": type_, **payload}, 10))
    player.observe(Closed(at, 1000))
    assert player.done
    results = player.steps()
    assert [step.index for step in results] == sorted({step.index for step in results})
    assert player.reason in ("finished", "gave-up")
