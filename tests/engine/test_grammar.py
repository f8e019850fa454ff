"""Each way to leave the grammar has its name; where work was broken off it weighs less."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from building import Reply, Talk, closed, user
from editing import called, change, double, drop, insert, place, spoken, swap, written

from rtdebug.catalogue.book import entry
from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Record, View
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import GRAMMAR, RULES

TEXT, SOUND = "response.output_text", "response.output_audio"
WORDS, CALL = "response.output_audio_transcript", "response.function_call_arguments"
ITEM, PART = "response.output_item", "response.content_part"
HEARD = "conversation.item.input_audio_transcription"
BUFFER = "input_audio_buffer"


def judged(records: Sequence[Record], view: View | None = None) -> list[Finding]:
    session = Session(load_pack(), GRAMMAR, **({"view": view} if view else {}))
    for record in records:
        session.observe(record)
    return [one for one in session.finish().findings if entry(one.name).family == "grammar"]


def names(talk: Talk) -> list[str]:
    return [one.name for one in judged(closed(talk.records())) if one.under is None]


Make = Callable[[], Talk]


def _conversation_first() -> Talk:
    conversation = {"id": "conv_1", "object": "realtime.conversation"}
    talk = insert(written(), "conversation.created", "session.created", conversation=conversation)
    return swap(talk, "session.created")


FAULTS: dict[str, list[tuple[str, Make]]] = {
    "response-repeated": [
        ("created twice", lambda: double(written(), "response.created")),
        ("done twice", lambda: double(written(), "response.done")),
    ],
    "event-outside-response": [
        ("before created", lambda: swap(written(), "response.created")),
        ("after done", lambda: swap(written(), f"{ITEM}.done")),
        ("another response", lambda: change(written(), f"{TEXT}.delta", "response_id", "resp_9", 1)),
        ("never created", lambda: drop(written(), "response.created")),
    ],
    "output-item-unbalanced": [
        ("not added", lambda: drop(written(), f"{ITEM}.added")),
        ("not done", lambda: drop(called(), f"{ITEM}.done")),
        ("added twice", lambda: double(written(), f"{ITEM}.added")),
        ("done twice", lambda: double(written(), f"{ITEM}.done")),
        ("an index skipped", lambda: change(written(), f"{ITEM}.added", "output_index", 3)),
        ("another index at its end", lambda: change(written(), f"{ITEM}.done", "output_index", 2)),
        ("another index inside", lambda: change(written(), f"{PART}.added", "output_index", 2)),
        ("another item", lambda: change(written(), f"{TEXT}.done", "item_id", "item_9")),
    ],
    "content-part-unbalanced": [
        ("not added", lambda: drop(written(), f"{PART}.added")),
        ("not done", lambda: drop(written(), f"{PART}.done")),
        ("added twice", lambda: double(written(), f"{PART}.added")),
        ("done twice", lambda: double(written(), f"{PART}.done")),
        ("an index skipped", lambda: change(written(), f"{PART}.added", "content_index", 1)),
        ("another part", lambda: change(written(), f"{TEXT}.delta", "content_index", 1, 1)),
        ("another type at its end", lambda: change(written(), f"{PART}.done", "part.type", "audio")),
    ],
    "stream-unbalanced": [
        ("text not done", lambda: drop(written(), f"{TEXT}.done")),
        ("text done twice", lambda: double(written(), f"{TEXT}.done")),
        ("sound not done", lambda: drop(spoken(), f"{SOUND}.done")),
        ("words not done", lambda: drop(spoken(), f"{WORDS}.done")),
        ("arguments not done", lambda: drop(called(), f"{CALL}.done")),
        ("a piece after its end", lambda: swap(written(), f"{TEXT}.delta", 2)),
    ],
    "text-mismatch": [
        ("a delta lost", lambda: drop(written(), f"{TEXT}.delta", 1)),
        ("a delta doubled", lambda: double(written(), f"{TEXT}.delta", 1)),
        ("two deltas swapped", lambda: swap(written(), f"{TEXT}.delta", 0)),
        ("another text when done", lambda: change(written(), f"{TEXT}.done", "text", "At ten.")),
        ("another text of the part", lambda: change(written(), f"{PART}.done", "part.text", "Ten.")),
        (
            "another text of the item",
            lambda: change(written(), f"{ITEM}.done", "item.content", [{"type": "output_text", "text": "Ten."}]),
        ),
        (
            "another text in the end",
            lambda: change(written(), "response.done", "response.output.0.content", [{"type": "output_text", "text": "Ten."}]),
        ),
        (
            "another text in the conversation",
            lambda: change(written(), "conversation.item.done", "item.content", [{"type": "output_text", "text": "Ten."}], 1),
        ),
    ],
    "transcript-mismatch": [
        ("a delta lost", lambda: drop(spoken(), f"{WORDS}.delta", 0)),
        ("another transcript", lambda: change(spoken(), f"{WORDS}.done", "transcript", "At ten.")),
    ],
    "arguments-mismatch": [
        ("a delta lost", lambda: drop(called(), f"{CALL}.delta", 1)),
        ("other arguments", lambda: change(called(), f"{CALL}.done", "arguments", "{}")),
        ("other arguments of the item", lambda: change(called(), f"{ITEM}.done", "item.arguments", "{}", 1)),
    ],
    "output-mismatch": [
        ("nothing in the end", lambda: change(written(), "response.done", "response.output", [])),
        ("another item in the end", lambda: change(written(), "response.done", "response.output.0.id", "item_9")),
        ("another call id", lambda: change(called(), f"{CALL}.done", "call_id", "call_9")),
        ("another name", lambda: change(called(), f"{ITEM}.done", "item.name", "get_mail", 1)),
    ],
    "conversation-item-unbalanced": [
        ("not added", lambda: drop(written(), "conversation.item.added", 1)),
        ("not done", lambda: drop(written(), "conversation.item.done", 1)),
        ("a user's item not done", lambda: drop(written(), "conversation.item.done", 0)),
        ("added twice", lambda: double(written(), "conversation.item.added", 1)),
        ("done twice", lambda: double(written(), "conversation.item.done", 1)),
        ("committed and another added", lambda: change(spoken(vad=False), f"{BUFFER}.committed", "item_id", "item_9")),
    ],
    "dangling-previous-item": [
        ("of an item", lambda: change(written(), "conversation.item.added", "previous_item_id", "item_9")),
        ("of an item that is done", lambda: change(written(), "conversation.item.done", "previous_item_id", "item_9")),
        ("of committed audio", lambda: change(spoken(), f"{BUFFER}.committed", "previous_item_id", "item_9")),
    ],
    "speech-unbalanced": [
        ("never started", lambda: drop(spoken(), f"{BUFFER}.speech_started")),
        ("never stopped", lambda: drop(spoken(), f"{BUFFER}.speech_stopped")),
        ("started twice", lambda: double(spoken(), f"{BUFFER}.speech_started")),
        ("stopped twice", lambda: double(spoken(), f"{BUFFER}.speech_stopped")),
        ("committed twice", lambda: double(spoken(), f"{BUFFER}.committed")),
        ("stopped under another id", lambda: change(spoken(), f"{BUFFER}.speech_stopped", "item_id", "item_9")),
    ],
    "speech-times-inconsistent": [
        ("ends before it starts", lambda: change(spoken(), f"{BUFFER}.speech_stopped", "audio_end_ms", 50)),
        ("beyond the audio", lambda: change(spoken(), f"{BUFFER}.speech_stopped", "audio_end_ms", 3000)),
    ],
    "status-inconsistent": [
        ("created as completed", lambda: change(written(), "response.created", "response.status", "completed")),
        ("done in progress", lambda: change(written(), "response.done", "response.status", "in_progress")),
        ("details of another status", lambda: change(written(), "response.done", "response.status_details", {"type": "failed"})),
        ("an item added as completed", lambda: change(written(), f"{ITEM}.added", "item.status", "completed")),
        ("two statuses of an item", lambda: change(written(), f"{ITEM}.done", "item.status", "incomplete")),
        ("a client's item in progress", lambda: change(written(), "conversation.item.added", "item.status", "in_progress")),
    ],
    "usage-inconsistent": [
        ("another total", lambda: change(written(), "response.done", "response.usage.total_tokens", 1)),
        ("more kinds than there are", lambda: change(written(), "response.done", "response.usage.output_token_details.text_tokens", 900)),
        ("more cached than there was", lambda: change(written(), "response.done", "response.usage.input_token_details.cached_tokens", 900)),
    ],
    "transcription-mismatch": [
        ("a delta lost", lambda: drop(spoken(), f"{HEARD}.delta")),
        ("another text", lambda: change(spoken(), f"{HEARD}.completed", "transcript", "When does it close?")),
    ],
    "transcription-repeated": [("completed twice", lambda: double(spoken(), f"{HEARD}.completed"))],
    "first-event-unexpected": [
        ("another first", _conversation_first),
        ("never created", lambda: drop(written(), "session.created")),
    ],
    "session-recreated": [("created twice", lambda: double(written(), "session.created"))],
    "wrong-modality": [
        ("a part of sound", lambda: change(written(), f"{PART}.added", "part.type", "audio")),
    ],
    "audio-delta-malformed": [
        ("no padding", lambda: change(spoken(), f"{SOUND}.delta", "delta", "AAA")),
        ("no base64", lambda: change(spoken(), f"{SOUND}.delta", "delta", "ab-_")),
    ],
}  # fmt: skip
CASES = [
    pytest.param(name, make, id=f"{name}: {what}")
    for name, cases in FAULTS.items()
    for what, make in cases
]


@pytest.mark.parametrize(("name", "make"), CASES)
def test_the_fault_is_named(name: str, make: Make) -> None:
    found = judged(closed(make().records()))
    (one,) = (finding for finding in found if finding.name == name)
    assert one.evidence
    assert one.message


@pytest.mark.parametrize("make", [written, spoken, called, lambda: spoken(vad=False)])
def test_without_a_fault_nothing_is_found(make: Make) -> None:
    assert judged(closed(make().records())) == []


@pytest.mark.parametrize(("name", "make"), CASES)
def test_the_same_is_found_by_the_short_way(name: str, make: Make) -> None:
    """Live deltas pass without records; what is wrong in them must not pass as well."""
    records = closed(make().records())
    live = Session(load_pack(), RULES)
    for record in records:
        text = getattr(record, "text", None)
        if text is None:
            live.observe(record)
        else:
            live.receive(text, record.at, record.sender)  # type: ignore[union-attr]
    whole = Session(load_pack(), RULES)
    for record in records:
        whole.observe(record)
    assert live.finish().findings == whole.finish().findings


def broken_off(fault: Callable[[Talk], Talk]) -> list[Finding]:
    talk = Talk()
    talk.start()
    talk.say("Tell me all about it.")
    talk.client("response.create")
    reply = Reply(talk)
    reply.say(
        "The museum ", "opens ", "at nine.", stop=2, then=lambda: talk.client("response.cancel")
    )
    reply.done("cancelled", {"reason": "client_cancelled"})
    return judged(closed(fault(talk).records()))


@pytest.mark.parametrize(
    "fault",
    [
        lambda talk: drop(talk, f"{ITEM}.done"),
        lambda talk: change(talk, "response.done", "response.output.0.content", [{"type": "output_text", "text": "The"}]),
        lambda talk: swap(talk, f"{ITEM}.done"),
        lambda talk: drop(talk, f"{PART}.done"),
    ],
)  # fmt: skip
def test_in_work_that_was_broken_off_it_weighs_less(fault: Callable[[Talk], Talk]) -> None:
    found = broken_off(fault)
    assert found
    assert {one.severity for one in found} == {Severity.WARNING}


def test_half_a_sample_of_pcm_is_told_when_the_audio_is_done() -> None:
    talk = spoken()
    talk = change(
        talk,
        "response.created",
        "response.audio.output.format",
        {"type": "audio/pcm", "rate": 24000},
    )
    assert names(change(talk, f"{SOUND}.delta", "delta", "AAAA", 0)) == ["audio-delta-malformed"]


def test_of_g711_every_number_of_bytes_is_whole() -> None:
    assert names(change(spoken(), f"{SOUND}.delta", "delta", "AAAA", 0)) == []


def test_one_cause_is_told_once() -> None:
    """The text is said five times over, and differs from its deltas each time."""
    (one,) = judged(closed(drop(written(), f"{TEXT}.delta", 1).records()))
    assert one.count == 1


def test_kinds_that_add_up_to_less_are_only_noted() -> None:
    path = "response.usage.output_token_details.text_tokens"
    (one,) = judged(closed(change(written(), "response.done", path, 1).records()))
    assert (one.name, one.severity) == ("usage-inconsistent", Severity.INFO)


def test_a_delta_of_audio_that_comes_twice_is_told() -> None:
    records = closed(spoken().records())
    index = next(i for i, one in enumerate(records) if getattr(one, "type", "") == f"{SOUND}.delta")
    twice = [*records[: index + 2], records[index + 1], *records[index + 2 :]]
    assert [one.name for one in judged(twice)] == ["duplicate-event-id"]


def test_an_unfinished_item_is_not_missed_while_it_may_still_come() -> None:
    talk = written()
    talk.moves = talk.moves[: place(talk, "conversation.item.added", 1) + 1]
    assert judged(talk.records(), View(to_end=False)) == []


def test_an_item_of_the_old_announcement_awaits_no_done() -> None:
    talk = Talk()
    talk.start()
    talk.create_item(user("Hello"))
    talk.server("conversation.item.created", previous_item_id=None, item=user("Hello", id="item_1"))
    talk.last = "item_1"
    talk.say("And you?")
    talk.client("response.create")
    reply = Reply(talk)
    reply.say("Fine.")
    reply.done()
    assert names(talk) == []


def test_an_unknown_event_between_changes_nothing() -> None:
    talk = insert(written(), "response.mood.updated", f"{PART}.added", response_id="resp_x0001")
    assert names(talk) == []
