"""A family of clients counts with a sign of its own."""

from __future__ import annotations

import pytest

from rtdebug.packs.clients import families, family_of
from rtdebug.packs.load import load_pack
from rtdebug.rules.client.missed import LOOKS

LIBRARY = ("User-Agent", "Python/3.11 websockets/17.4")
HEX = "b9d9679f574548379fc8b89320f71de1"
UUID = "adc75b99-5c80-4d73-9855-bfee48c5f9eb"


def named(headers: list[tuple[str, str]], events: list[tuple[str, dict[str, object]]]) -> str:
    found = family_of(load_pack().folder, headers, events)
    return found.name if found is not None else ""


@pytest.mark.parametrize(
    ("headers", "events", "name"),
    [
        ([("User-Agent", "LiveKit Agents")], [], "livekit"),
        ([("user-agent", "Agents/Python 0.24.0")], [], "agents-py"),
        ([LIBRARY], [], ""),
        ([LIBRARY], [("item.create", {"item": {"id": HEX}})], ""),
        (
            [LIBRARY],
            [("session.update", {"event_id": UUID}), ("item.create", {"item": {"id": HEX}})],
            "pipecat",
        ),
        ([LIBRARY], [("item.create", {"item": {"id": "pydantic_ai_item_0"}})], "pydantic-ai"),
        ([], [("response.create", {"response": None})], ""),
        ([("User-Agent", "LiveKit-Agents-JS")], [], "livekit"),
        ([("User-Agent", "AsyncOpenAI/Python 3.54.0")], [("response.create", {})], ""),
        (
            [("User-Agent", "AsyncOpenAI/Python 3.54.0")],
            [("response.create", {"event_id": None, "response": None})],
            "semantic-kernel",
        ),
        ([LIBRARY], [("session.update", {}), ("item.create", {"item": {"id": HEX}})], "strands"),
    ],
)
def test_a_library_that_several_share_needs_a_second_sign(
    headers: list[tuple[str, str]], events: list[tuple[str, dict[str, object]]], name: str
) -> None:
    assert named(headers, events) == name


def test_a_pack_without_families_knows_none() -> None:
    assert families(load_pack("gemini-live").folder) == ()


def test_what_a_family_waits_for_are_roles_of_the_pack() -> None:
    pack = load_pack()
    roles = {role for known in pack.roles.values() for role in known}
    for family in families(pack.folder):
        for wait in family.waits_for:
            until = wait.until.partition("/")[0]
            assert {wait.after, until} <= roles | {"function_call", "metadata"}
            assert (wait.after, wait.until) in LOOKS
