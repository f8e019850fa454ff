"""What legal sessions do differently is no fault, one case after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from building import URL, Reply, Talk, closed, message, user
from editing import VAD, called, change, drop, insert, place, spoken, swap, written

from rtdebug.engine.session import Session
from rtdebug.model.findings import Severity
from rtdebug.model.records import Opened, Record
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES


def faults(records: Sequence[Record], pack: str = "openai-realtime") -> list[str]:
    session = Session(load_pack(pack), RULES)
    for record in records:
        session.observe(record)
    found = session.finish().findings
    return [f"{one.name}: {one.message}" for one in found if one.severity is not Severity.INFO]


def _several_items_before_any_answer() -> Talk:
    talk = Talk()
    talk.start()
    items = [
        user("One"),
        message("system", {"type": "input_text", "text": "Be kind."}),
        user("Two"),
    ]
    for item in items:
        talk.create_item(item)
    talk.client("response.create")
    for item in items:
        talk.add_item(item)
    reply = Reply(talk)
    reply.say("Fine.")
    reply.done()
    return talk


def _output_before_the_response_is_done() -> Talk:
    talk = called()
    done = place(talk, "response.done")
    sent = place(talk, "conversation.item.create", 1)
    early = talk.moves[sent : sent + 3]
    talk.moves = [*talk.moves[:done], *early, *talk.moves[done:sent], *talk.moves[sent + 3 :]]
    return talk


def _transcript_before_the_commit() -> Talk:
    talk = spoken()
    delta = place(talk, "conversation.item.input_audio_transcription.delta")
    stopped = place(talk, "input_audio_buffer.speech_stopped")
    talk.moves.insert(stopped, talk.moves.pop(delta))
    return talk


def _transcript_in_one_piece() -> Talk:
    talk = spoken()
    for _ in range(2):
        drop(talk, "conversation.item.input_audio_transcription.delta")
    return talk


def _without_limits() -> Talk:
    return drop(written(), "rate_limits.updated")


def _limits_at_the_start_of_a_response() -> Talk:
    limit = {"name": "requests", "limit": 100, "remaining": 99, "reset_seconds": 1.0}
    return insert(written(), "rate_limits.updated", "response.created", rate_limits=[limit])


def _beside_the_conversation() -> Talk:
    talk = written()
    start = place(talk, "response.content_part.added")
    with talk.aside() as inner:
        asked = {"conversation": "none", "input": [user("A title?")], "metadata": {"use": "title"}}
        talk.client("response.create", response=asked)
        reply = Reply(talk, beside=True, metadata={"use": "title"})
        reply.say("Museum")
        reply.done()
    talk.moves[start:start] = inner
    return talk


def _without_mirrors() -> Talk:
    talk = Talk()
    talk.start()
    talk.create_item(user("Hello"))
    talk.server("conversation.item.created", previous_item_id=None, item=user("Hello", id="item_1"))
    talk.client("response.create")
    reply = Reply(talk)
    item = reply.say("Fine.", mirror=False)
    reply.done()
    talk.create_item(user("And you?"))
    second = user("And you?", id="item_2")
    talk.server("conversation.item.created", previous_item_id=item, item=second)
    talk.client("response.create")
    reply = Reply(talk)
    reply.say("Fine.", mirror=False)
    reply.done()
    return talk


def _previous(value: Any) -> Callable[[], Talk]:
    return lambda: change(written(), "conversation.item.added", "previous_item_id", value)


def _sent_to_the_front() -> Talk:
    talk = written()
    talk.create_item(
        message("system", {"type": "input_text", "text": "x"}), previous_item_id="root"
    )
    last, talk.last = talk.last, None
    talk.add_item(message("system", {"type": "input_text", "text": "x"}))
    talk.last = last
    return talk


def _details(value: Any) -> Callable[[], Talk]:
    return lambda: change(written(), "response.done", "response.status_details", value)


def _usage(value: Any) -> Callable[[], Talk]:
    return lambda: change(written(), "response.done", "response.usage", value)


def _silence_that_is_timed_out() -> Talk:
    talk = Talk(modality="audio")
    talk.start(turn_detection={**VAD, "idle_timeout_ms": 6000})
    talk.append(5)
    id_ = talk.name("item")
    span = {"audio_start_ms": 0, "audio_end_ms": 500}
    talk.server("input_audio_buffer.timeout_triggered", item_id=id_, **span)
    talk.commit(id_)
    reply = Reply(talk)
    reply.say("Are you there?")
    reply.done()
    return talk


def _hearing() -> tuple[Talk, str]:
    talk = Talk(modality="audio")
    talk.start(turn_detection=VAD)
    talk.append(4)
    id_ = talk.name("item")
    talk.server("input_audio_buffer.speech_started", item_id=id_, audio_start_ms=100)
    talk.append(4)
    return talk, id_


def _answered(talk: Talk, id_: str) -> Talk:
    talk.commit(id_)
    reply = Reply(talk)
    reply.say("At nine.")
    reply.done()
    return talk


def _commit_by_hand_in_the_middle_of_speech() -> Talk:
    talk, id_ = _hearing()
    talk.client("input_audio_buffer.commit")
    return _answered(talk, id_)


def _speech_that_goes_on_after_all(id_again: bool) -> Talk:
    talk, id_ = _hearing()
    talk.server("input_audio_buffer.speech_stopped", item_id=id_, audio_end_ms=700)
    id_ = id_ if id_again else talk.name("item")
    talk.server("input_audio_buffer.speech_started", item_id=id_, audio_start_ms=750)
    talk.append(3)
    talk.server("input_audio_buffer.speech_stopped", item_id=id_, audio_end_ms=1000)
    return _answered(talk, id_)


def _audio_thrown_away_during_speech() -> Talk:
    talk, _ = _hearing()
    talk.client("input_audio_buffer.clear")
    talk.server("input_audio_buffer.cleared")
    talk.append(4)
    id_ = talk.name("item")
    talk.server("input_audio_buffer.speech_started", item_id=id_, audio_start_ms=900)
    talk.append(2)
    talk.server("input_audio_buffer.speech_stopped", item_id=id_, audio_end_ms=1300)
    return _answered(talk, id_)


def _an_item_deleted_during_a_response() -> Talk:
    talk = written()
    at = place(talk, "response.output_text.delta")
    with talk.aside() as inner:
        talk.client("conversation.item.delete", item_id="item_x0001")
        talk.server("conversation.item.deleted", item_id="item_x0001")
    talk.moves[at:at] = inner
    return talk


def _cancelled_before_its_first_item() -> Talk:
    talk = Talk()
    talk.start()
    talk.say("Tell me all.")
    talk.client("response.create")
    reply = Reply(talk)
    talk.client("response.cancel")
    reply.done("cancelled", {"reason": "client_cancelled"})
    return talk


def _cancelled_with_nothing_said() -> Talk:
    talk = Talk()
    talk.start()
    talk.say("Tell me all.")
    talk.client("response.create")
    reply = Reply(talk)
    reply.say("The", stop=0, then=lambda: talk.client("response.cancel"))
    reply.done("cancelled", {"reason": "client_cancelled"})
    return talk


def _spoken_into() -> Talk:
    talk = Talk(modality="audio")
    talk.start(turn_detection=VAD)
    talk.say("Tell me all.")
    talk.client("response.create")
    reply = Reply(talk)
    talk.append(3)
    id_ = talk.name("item")

    def hear() -> None:
        talk.server("input_audio_buffer.speech_started", item_id=id_, audio_start_ms=100)

    item = reply.say("The museum ", "opens ", "at nine.", stop=2, then=hear)
    reply.done("cancelled", {"reason": "turn_detected"})
    cut = {"item_id": item, "content_index": 0, "audio_end_ms": 200}
    talk.client("conversation.item.truncate", **cut)
    talk.server("conversation.item.truncated", **cut)
    talk.append(3)
    talk.server("input_audio_buffer.speech_stopped", item_id=id_, audio_end_ms=600)
    return _answered(talk, id_)


def _truncated_unasked() -> Talk:
    cut = {"item_id": "item_x0002", "content_index": 0, "audio_end_ms": 200}
    return insert(spoken(), "conversation.item.truncated", "response.done", **cut)


def _unknown_things() -> Talk:
    talk = insert(written(), "response.mood.updated", "response.created", mood="calm")
    return change(talk, "response.output_item.added", "x_trace", "abc")


def _sound_and_words_in_any_order() -> Talk:
    return swap(spoken(), "response.output_audio.done")


CASES: dict[str, Callable[[], Talk]] = {
    "several items before any answer": _several_items_before_any_answer,
    "tool output before the response is done": _output_before_the_response_is_done,
    "transcript before the commit": _transcript_before_the_commit,
    "transcript in one piece": _transcript_in_one_piece,
    "no limits": _without_limits,
    "limits at the start of a response": _limits_at_the_start_of_a_response,
    "a response beside the conversation": _beside_the_conversation,
    "items announced in the old way, those of responses never": _without_mirrors,
    "an item after null": _previous(None),
    "an item after nothing": _previous(""),
    "an item after the root": _previous("root"),
    "an item sent to the front": _sent_to_the_front,
    "details that repeat the status": _details({"type": "completed"}),
    "no usage": _usage(None),
    "usage of zeros": _usage({"total_tokens": 0, "input_tokens": 0, "output_tokens": 0}),
    "silence that is timed out": _silence_that_is_timed_out,
    "a commit by hand in the middle of speech": _commit_by_hand_in_the_middle_of_speech,
    "speech that goes on under its id": lambda: _speech_that_goes_on_after_all(True),
    "speech that goes on under a new id": lambda: _speech_that_goes_on_after_all(False),
    "audio thrown away during speech": _audio_thrown_away_during_speech,
    "an item deleted during a response": _an_item_deleted_during_a_response,
    "cancelled before its first item": _cancelled_before_its_first_item,
    "cancelled with nothing said": _cancelled_with_nothing_said,
    "spoken into": _spoken_into,
    "truncated unasked": _truncated_unasked,
    "unknown events and fields": _unknown_things,
    "sound and words done in any order": _sound_and_words_in_any_order,
}


@pytest.mark.parametrize("make", CASES.values(), ids=CASES.keys())
def test_what_is_legal_is_no_fault(make: Callable[[], Talk]) -> None:
    assert faults(closed(make().records())) == []


def test_a_control_channel_of_a_call_is_judged_as_one() -> None:
    """No session is announced there, audio is media, and its buffer is spoken of."""
    talk = spoken()
    del talk.moves[: place(talk, "input_audio_buffer.speech_started")]
    talk.moves = [one for one in talk.moves if one.payload["type"] != "input_audio_buffer.append"]
    talk.moves = [one for one in talk.moves if one.payload["type"] != "response.output_audio.delta"]
    insert(talk, "output_audio_buffer.started", "response.created", response_id="resp_x0001")
    insert(talk, "output_audio_buffer.stopped", "response.done", response_id="resp_x0001")
    records = talk.records(url="wss://api.example.com/v1/realtime?call_id=rtc_1")
    assert faults(closed(records)) == []


def test_a_status_in_one_word_is_left_to_the_schema() -> None:
    """Some servers put a string there; that it is no object is said once, by its shape."""
    found = faults(closed(_details("unimplemented")().records()))
    assert [one.split(":")[0] for one in found] == ["invalid-event"]


def test_the_beta_announces_items_with_one_event() -> None:
    records: list[Record] = [Opened(0.0, URL.replace("/v1", "/openai"))]
    talk = Talk()
    session = {"id": "sess_1", "object": "realtime.session", "modalities": ["text"]}
    talk.server("session.created", session=session)
    talk.create_item(user("Hello"))
    talk.server("conversation.item.created", previous_item_id="", item=user("Hello", id="item_1"))
    records += talk.records(url=None)
    session_ = Session(load_pack("openai-realtime-beta"), RULES)
    for record in records:
        session_.observe(record)
    names = {one.name for one in session_.finish().findings}
    assert not names & {"conversation-item-unbalanced", "dangling-previous-item"}
