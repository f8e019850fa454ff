"""Packs that extend another: what they take over, add, take away and loosen, and how they are
chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rtdebug import resources
from rtdebug.api.library import run as run_scenario
from rtdebug.model.records import Event, Sender
from rtdebug.packs.checking import faults
from rtdebug.packs.choosing import best_known, choose
from rtdebug.packs.load import load_pack
from rtdebug.packs.schemas import patched

CLIENT, SERVER = Sender.CLIENT, Sender.SERVER
GA, BETA = "openai-realtime", "openai-realtime-beta"
DIALECTS = [name for name in resources.pack_names() if load_pack(name).below is not None]


def session(**input_: Any) -> dict[str, Any]:
    """A session of the GA shape whose input is as given."""
    return {"type": "realtime", "object": "realtime.session", "id": "s", "audio": {"input": input_}}


def created(name: str, body: dict[str, Any]) -> Event:
    payload = {"type": name, "event_id": "e", "session": body}
    return Event(1, 0.0, SERVER, name, payload, 10)


PCM_16K = created("session.created", session(format={"type": "audio/pcm", "rate": 16000}))
PCM_24K = created("session.created", session(format={"type": "audio/pcm", "rate": 24000}))


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialect_has_the_schemas_and_errors_of_what_it_extends(name: str) -> None:
    pack = load_pack(name)
    below = pack.below
    assert below is not None
    for sender in Sender:
        kept = set(below.schemas.types(sender)) & set(pack.roles[sender].values())
        for type_ in kept:
            kind = pack.kind(sender, type_)
            assert kind is not None
            kind.faults({})  # its references lead somewhere
    assert pack.errors.rows == below.errors.rows
    assert pack.grammar == below.grammar


def test_16_khz_is_a_fault_in_ga_and_none_in_a_compatible_server() -> None:
    for name, valid in ((GA, False), ("openai-compatible", True), ("sglang", True)):
        kind = load_pack(name).kind(SERVER, "session.created")
        assert kind is not None
        assert kind.is_valid(PCM_16K.payload) is valid
        assert kind.is_valid(PCM_24K.payload)


def test_null_takes_away_what_a_pack_below_has() -> None:
    assert "response.create" in load_pack(GA).roles[CLIENT]
    assert load_pack("sglang").role(CLIENT, "response.create") is None
    assert load_pack("xai").opens is None
    assert patched({"a": 1, "b": {"c": 2, "d": 3}}, {"a": None, "b": {"c": [4]}}) == {
        "b": {"c": [4], "d": 3}
    }


@pytest.mark.parametrize(
    ("event", "pack"),
    [
        (PCM_16K, "openai-compatible"),
        (PCM_24K, GA),
        (created("session.created", {"modalities": ["text"]}), BETA),
        (created("session.created", {"model": "grok-voice", "modalities": ["audio"]}), "xai"),
        (created("session.created", {"model": "qwen-omni-turbo-realtime", "modalities": []}), "qwen-omni"),
        (created("session.created", {"modalities": [], "avatar": None}), "azure-voice-live"),
        (Event(1, 0.0, SERVER, "session.finished", {"type": "session.finished"}), "qwen-omni"),
        (Event(1, 0.0, SERVER, "transcription.done", {"type": "transcription.done"}), "vllm-realtime"),
    ],
)  # fmt: skip
def test_the_content_tells_the_pack(event: Event, pack: str) -> None:
    assert choose([event], resources.pack_names()) == pack


def test_a_dialect_must_be_seen_to_be_one() -> None:
    types = {(SERVER, type_) for type_ in load_pack(BETA).roles[SERVER].values()}
    found = best_known(types, resources.pack_names())
    assert found is not None
    assert found.name == BETA


def test_two_packs_that_extend_each_other_are_told(tmp_path: Path) -> None:
    for own, other in (("a", "b"), ("b", "a")):
        (tmp_path / own).mkdir()
        text = f"pack: {own}\ntitle: T\nextends: {other}\n"
        (tmp_path / own / "pack.yaml").write_text(text)
    (fault,) = faults(tmp_path / "a")
    assert "extends this pack" in fault.message
    assert (fault.location.line, fault.location.column) == (3, 10)


def test_a_pack_beside_may_be_extended(tmp_path: Path) -> None:
    base = "pack: low\ntitle: L\nname: {field: type}\npatience: 9s\nfacts: {server: {Hi: note}}\n"
    for name, text in (("low", base), ("high", "pack: high\ntitle: H\nextends: low\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.yaml").write_text(text)
    assert faults(tmp_path / "high") == []
    pack = load_pack(str(tmp_path / "high"))
    assert (pack.patience, pack.role(SERVER, "Hi")) == (9.0, "Hi")


@pytest.mark.parametrize("pack", ["openai-realtime-beta", "azure-voice-live", "qwen-omni"])
def test_the_embedded_server_speaks_the_shape_of_the_beta_to_its_dialects(
    pack: str, tmp_path: Path
) -> None:
    scenario = tmp_path / "turn.yaml"
    scenario.write_text(
        f"rtdebug: 1\nname: t\npack: {pack}\nsteps:\n"
        "  - send: {type: session.update, session: {modalities: [text]}}\n"
        "  - expect: session.updated\n  - send: {type: response.create}\n"
        "  - expect: response.text.delta\n  - expect: response.done\n"
    )
    (run,) = run_scenario(scenario).runs
    assert run.outcome.value == "passed", run.findings
