"""What always holds of the responder, whatever a client sends."""

from __future__ import annotations

import base64
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playbook import Play, script

IDS = st.sampled_from(["item_000001", "item_000002", "a", "b", "call_000001", "resp_000001", ""])
TEXT = st.sampled_from(["Hello", "", "\ud800", "x" * 50, "\u202eabc", "naïve 語"])
LOUD = base64.b64encode(bytes(range(256)) * 40).decode()
ITEM = st.one_of(
    st.fixed_dictionaries(
        {
            "type": st.just("message"),
            "role": st.sampled_from(["user", "system", "assistant"]),
            "content": st.lists(
                st.fixed_dictionaries(
                    {"type": st.sampled_from(["input_text", "output_text"]), "text": TEXT}
                ),
                max_size=2,
            ),
        },
        optional={"id": IDS, "status": st.sampled_from(["completed", "incomplete", None])},
    ),
    st.fixed_dictionaries(
        {"type": st.just("function_call_output"), "call_id": IDS, "output": TEXT}
    ),
    st.fixed_dictionaries({"type": st.just("function_call"), "name": TEXT, "arguments": TEXT}),
    st.fixed_dictionaries(
        {
            "type": st.just("message"),
            "role": st.just("user"),
            "content": st.just([{"type": "input_audio", "audio": LOUD, "transcript": None}]),
        }
    ),
)
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["type", "audio", "input", "item", "session", "response"]), inner
        ),
    ),
    max_leaves=6,
)
SESSION = st.one_of(
    st.sampled_from(
        [
            {"type": "realtime", "output_modalities": ["text"]},
            {"type": "realtime", "audio": {"input": {"turn_detection": None}}},
            {"type": "realtime", "audio": {"input": {"transcription": {"model": "whisper-1"}}}},
            {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcmu"}}}},
            {"type": "realtime", "audio": {"output": {"voice": "marin", "speed": 1.2}}},
            {"type": "realtime", "audio": None, "tools": None, "tool_choice": None},
            {"type": "realtime", "audio": {"input": None, "output": None}},
            {"type": "realtime", "audio": {"input": {"format": None}, "output": {"voice": None}}},
            {"type": "realtime", "output_modalities": None, "max_output_tokens": 7},
        ]
    ),
    JUNK,
)
RESPONSE = st.one_of(
    st.sampled_from(
        [
            None,
            {"conversation": "none", "input": [], "metadata": {"k": "v"}},
            {"output_modalities": ["text"], "instructions": "Short."},
            {"audio": {"output": {"format": {"type": "audio/pcma"}, "voice": "ash"}}},
            {"audio": None, "output_modalities": None, "input": None},
            {"input": [{"type": "item_reference", "id": "a"}]},
        ]
    ),
    JUNK,
)
EVENT = st.one_of(
    st.tuples(st.just("session.update"), st.fixed_dictionaries({"session": SESSION})),
    st.tuples(
        st.just("input_audio_buffer.append"),
        st.fixed_dictionaries({"audio": st.one_of(st.sampled_from([LOUD, "", "AAAA", "!"]), JUNK)}),
    ),
    st.tuples(st.just("input_audio_buffer.commit"), st.just({})),
    st.tuples(st.just("input_audio_buffer.clear"), st.just({})),
    st.tuples(
        st.just("conversation.item.create"),
        st.fixed_dictionaries(
            {"item": st.one_of(ITEM, JUNK)}, optional={"previous_item_id": st.one_of(IDS, JUNK)}
        ),
    ),
    st.tuples(
        st.sampled_from(["conversation.item.retrieve", "conversation.item.delete"]),
        st.fixed_dictionaries({"item_id": st.one_of(IDS, JUNK)}),
    ),
    st.tuples(
        st.just("conversation.item.truncate"),
        st.fixed_dictionaries(
            {
                "item_id": IDS,
                "content_index": st.one_of(st.integers(0, 1), JUNK),
                "audio_end_ms": st.one_of(st.sampled_from([0, 50, 10**6]), JUNK),
            }
        ),
    ),
    st.tuples(
        st.just("response.create"), st.fixed_dictionaries({}, optional={"response": RESPONSE})
    ),
    st.tuples(
        st.just("response.cancel"),
        st.fixed_dictionaries({}, optional={"response_id": st.one_of(IDS, JUNK)}),
    ),
    st.tuples(st.sampled_from(["nonsense", "session.close", ""]), st.just({})),
)
PAUSE = st.sampled_from([0.0, 0.0005, 0.003, 0.02, 5.0])
SCRIPT = """
replies:
  - text: Good day to you
    tool: {name: f, arguments: {a: 1}}
  - audio: {transcript: Well said, duration: 300ms}
  - {text: Cut, status: incomplete}
  - {status: failed, error: null}
  - {empty: true}
  - {text: And so on}
vad: [{append: 1, lasts: 0s, say: hey}, {after: 100ms}, {append: 3}]
"""


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(EVENT, PAUSE), max_size=25))
def test_every_event_is_valid_and_every_response_ends_once(
    said: list[tuple[tuple[str, dict[str, Any]], float]],
) -> None:
    play = Play(script(SCRIPT))  # it holds every event against the pack
    for (type_, fields), pause in said:
        play.send(type_, **fields)
        play.until(play.at + pause)
    play.until(play.at + 60)
    assert play.responder.deadline is None
    _check_ids(play)
    _check_responses(play)


def _check_ids(play: Play) -> None:
    ids = [event["event_id"] for event in play.events()]
    assert len(set(ids)) == len(ids)
    for kind in ("conversation.item.added", "conversation.item.done"):
        assert len(play.events(kind)) == len(play.events("conversation.item.added"))


def _check_responses(play: Play) -> None:
    created = [event["response"]["id"] for event in play.events("response.created")]
    done = [event["response"]["id"] for event in play.events("response.done")]
    assert sorted(created) == sorted(done)
    assert len(set(created)) == len(created)
    texts: Counter[str] = Counter()
    open_: set[str] = set()
    for event in play.events():
        kind, key = event["type"], event.get("item_id", "")
        if kind == "response.created":
            open_.add(event["response"]["id"])
        elif "response_id" in event:
            assert event["response_id"] in open_
        if kind.endswith((".output_text.delta", "_transcript.delta", "_arguments.delta")):
            texts[key + kind.removesuffix("delta")] += 1
        if kind == "response.done":
            response = event["response"]
            open_.remove(response["id"])
            _check_usage(response["usage"])


def _check_usage(usage: dict[str, Any]) -> None:
    read, made = usage["input_token_details"], usage["output_token_details"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    assert usage["input_tokens"] == read["text_tokens"] + read["audio_tokens"]
    assert usage["output_tokens"] == made["text_tokens"] + made["audio_tokens"]


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 0.02), st.booleans())
def test_pieces_join_to_the_whole_wherever_it_is_cut(moment: float, cancelled: bool) -> None:
    play = Play(script(SCRIPT))
    play.send("session.update", session={"type": "realtime", "output_modalities": ["text"]})
    for _ in range(2):
        play.send("response.create")
        play.until(play.at + moment)
        if cancelled:
            play.send("response.cancel")
        play.until(play.at + 10)
    for done in play.events("response.output_text.done", "response.output_audio_transcript.done"):
        kind = done["type"].removesuffix("done") + "delta"
        pieces = [e["delta"] for e in play.events(kind) if e["item_id"] == done["item_id"]]
        assert "".join(pieces) == done.get("text", done.get("transcript"))
    for done in play.events("response.function_call_arguments.done"):
        pieces = [
            e["delta"]
            for e in play.events("response.function_call_arguments.delta")
            if e["item_id"] == done["item_id"]
        ]
        assert "".join(pieces) == done["arguments"]
    for done in play.events("response.done"):
        items = [
            e["item"]
            for e in play.events("response.output_item.done")
            if e["response_id"] == done["response"]["id"]
        ]
        assert done["response"]["output"] == items


def test_a_run_is_the_same_every_time() -> None:
    def run() -> list[Any]:
        play = Play(script(SCRIPT))
        for _ in range(4):
            play.send("response.create")
            play.until(play.at + 1)
        return play.said

    assert run() == run()


def test_a_long_conversation_forgets_its_oldest_items() -> None:
    play = Play()
    content = [{"type": "input_text", "text": "Hi"}]
    for number in range(301):
        item = {"id": f"i{number}", "type": "message", "role": "user", "content": content}
        play.send("conversation.item.create", item=item)
    play.look()
    play.send("conversation.item.retrieve", item_id="i0")
    assert play.error()["code"] == "item_retrieve_invalid_item_id"
    play.send("conversation.item.retrieve", item_id="i1")
    assert play.types() == ["conversation.item.retrieved"]
