"""Responses and what led to them: context, first answers, races of tools, and how they end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from logs import Log, Payload, begun, call, done, error, named, settings

from rtdebug.model.findings import Severity
from rtdebug.model.records import Sender, View

EMPTY = "empty-response"
CONTEXT = "out-of-band-context-missing"
FIRST = "off-topic-first-text-response"
RACE = "parallel-tool-response-race"
CLOSED = "close-mid-response"
USER = {"id": "m1", "type": "message", "role": "user",
        "content": [{"type": "input_text", "text": "Hi"}]}  # fmt: skip
LATE = View(from_start=False)


def answered(log: Log, id_: str = "r1", output: Sequence[Payload] = (), **more: Any) -> Log:
    created = done(id_, status="in_progress", **{k: v for k, v in more.items() if k != "status"})
    log.server("response.created", response=created)
    return log.server("response.done", response=done(id_, output, **more))


# -- a response with nothing in it -----------------------------------------------------------------


def test_a_response_with_nothing_in_it_says_what_it_cost() -> None:
    usage = {"total_tokens": 9, "input_tokens": 7, "output_tokens": 2}
    (found,) = named(answered(begun(), usage=usage).judged(), EMPTY)
    assert found.evidence == (2, 3)
    assert found.message.endswith("its usage counts 2 output tokens")
    (found,) = named(answered(begun()).judged(), EMPTY)
    assert found.message == "r1 completed without an item or a delta"


def test_a_response_with_anything_in_it_is_not_empty() -> None:
    assert named(answered(begun(), "r1", [call("c1")]).judged(), EMPTY) == []
    assert named(answered(begun(), status="cancelled").judged(), EMPTY) == []
    log = begun().server("response.created", response=done("r1", status="in_progress"))
    log.server("response.output_text.delta", response_id="r1", item_id="i1", output_index=0,
               content_index=0, delta="Hi")  # fmt: skip
    log.server("response.done", response=done("r1"))
    assert named(log.judged(), EMPTY) == []
    item = begun().server("response.created", response=done("r1", status="in_progress"))
    item.server("response.output_item.added", response_id="r1", output_index=0,
                item={"id": "i1", "type": "message"})  # fmt: skip
    item.server("response.done", response=done("r1"))
    assert named(item.judged(), EMPTY) == []


def test_a_record_without_its_output_or_its_start_shows_nothing() -> None:
    bare = begun().server("response.created", response=done("r1", status="in_progress"))
    bare.server("response.done", response={"id": "r1", "status": "completed"})
    assert named(bare.judged(), EMPTY) == []
    late = Log().server("response.done", response=done("r1"))
    assert named(late.judged(view=LATE), EMPTY) == []


# -- responses beside the conversation -------------------------------------------------------------


def aside(log: Log, **body: Any) -> Log:
    return log.client("response.create", response={"conversation": "none", **body})


def talked() -> Log:
    log = begun().client("conversation.item.create", item=USER)
    return log.server("conversation.item.added", item=USER)


def test_a_request_beside_the_talk_without_anything_is_told_at_once() -> None:
    (found,) = aside(talked()).watched(CONTEXT)
    assert found.evidence == (4,)
    assert "event 4 (response.create)" in found.message


@pytest.mark.parametrize(
    "body", [{"instructions": "Sum up."}, {"input": [USER]}, {"conversation": "auto"}]
)
def test_a_request_with_something_to_go_by_is_none(body: Payload) -> None:
    assert aside(talked(), **body).watched(CONTEXT) == []


def test_without_any_talk_there_is_no_context_to_miss() -> None:
    assert aside(begun()).watched(CONTEXT) == []
    asked = begun().client("conversation.item.create", item=USER)
    assert aside(asked).watched(CONTEXT) == []


def tokens(count: int | None) -> Payload:
    return {"total_tokens": 5, "input_tokens": count, "output_tokens": 5}


def summed_up(before: int | None, count: int | None, **body: Any) -> Log:
    log = answered(begun().client("response.create"), usage=tokens(before))  # 2, 3, 4
    aside(log, **{"instructions": "Sum up.", **body})  # 5
    return answered(log, "r2", conversation_id=None, usage=tokens(count))  # 6, 7


@pytest.mark.parametrize(
    ("before", "count", "missing"),
    [(300, 149, True), (300, 150, False), (99, 49, True), (98, 49, False), (60, 11, False),
     (60, 10, True), (None, 10, False), (300, None, False), (0, 0, False)],
)  # fmt: skip
def test_half_of_the_tokens_and_fifty_less_show_that_the_talk_is_not_known(
    before: int | None, count: int | None, missing: bool
) -> None:
    found = summed_up(before, count).watched(CONTEXT)
    assert bool(found) is missing
    if missing:
        assert found[0].evidence == (4, 5, 7)
        assert found[0].subject == "r2"
        assert f"from {count} input tokens" in found[0].message
        assert f"had {before} (event 4)" in found[0].message


def test_the_latest_of_the_conversation_is_what_it_is_held_against() -> None:
    log = answered(begun().client("response.create"), usage=tokens(900))
    answered(log.client("response.create"), "r2", usage=tokens(120))
    answered(log.client("response.create"), "r3", usage=tokens(None))
    aside(log, instructions="Sum up.")
    assert answered(log, "r4", conversation_id=None, usage=tokens(90)).watched(CONTEXT) == []


def test_what_was_given_input_or_no_instructions_is_not_held_against_it() -> None:
    assert summed_up(300, 20, input=[USER]).watched(CONTEXT) == []
    assert summed_up(300, 20, instructions="").watched(CONTEXT) == []
    assert summed_up(300, 20, input="all").watched(CONTEXT)
    by_itself = answered(begun().client("response.create"), usage=tokens(300))
    answered(by_itself, "r2", conversation_id=None, usage=tokens(20))
    assert by_itself.watched(CONTEXT) == []


# -- a first answer that nobody asked for ----------------------------------------------------------

JSON = '{"name": "museum"}'


def first(text: str = JSON, *, instructions: str = "Be brief.", **more: Any) -> Log:
    session = {**settings(), "output_modalities": ["text"], "instructions": instructions}
    log = Log().opened().server("session.created", session=session)
    return text_answer(log.client("response.create"), text, **more)


def text_answer(log: Log, text: str, id_: str = "r1", **more: Any) -> Log:
    log.server("response.created", response=done(id_, output_modalities=["text"]))
    log.server("response.output_text.done", response_id=id_, item_id="i1", output_index=0,
               content_index=0, text=text)  # fmt: skip
    return log.server(
        "response.done", response=done(id_, **{"output_modalities": ["text"], **more})
    )


def test_a_first_answer_in_json_is_shown() -> None:
    (found,) = first().watched(FIRST)
    assert found.evidence == (3, 5)
    assert JSON in found.message
    assert first("[1, 2]").watched(FIRST)
    assert first(f"  {JSON}\n").watched(FIRST)


@pytest.mark.parametrize(
    "text", ["At nine.", "", "{not json", "nine", "7", '"so"', "[" * 3000, f'["{"x" * 3997}"]']
)
def test_words_and_what_only_looks_like_json_are_ordinary(text: str) -> None:
    assert first(text).watched(FIRST) == []


def test_the_longest_json_that_is_read_is_still_json() -> None:
    assert first(f'["{"x" * 3996}"]').watched(FIRST)


@pytest.mark.parametrize("words", ["Answer in JSON.", "Fill the fields.", "Use a TOOL."])
def test_instructions_that_speak_of_a_form_ask_for_it(words: str) -> None:
    assert first(instructions=words).watched(FIRST) == []


@pytest.mark.parametrize("type_", ["conversation.item.create", "session.update", "response.create"])
def test_a_client_that_speaks_of_json_asks_for_it(type_: str) -> None:
    session = {**settings(), "output_modalities": ["text"], "instructions": ""}
    log = Log().opened().server("session.created", session=session)
    log.client(type_, session={}, item={"content": "as JSON"})
    log.client("response.create")
    assert text_answer(log, JSON).watched(FIRST) == []


def test_only_the_first_answer_of_a_text_session_counts() -> None:
    log = first("At nine.").client("response.create")
    assert text_answer(log, JSON, "r2").watched(FIRST) == []
    assert first(status="cancelled").watched(FIRST) == []
    assert first(output_modalities=["audio"]).watched(FIRST) == []
    assert named(first().judged(view=LATE), FIRST) == []
    servers = View(senders=frozenset({Sender.SERVER}))
    assert named(first().judged(view=servers), FIRST) == []
    assert named(first().judged(), FIRST)


# -- several tools that each ask for an answer -----------------------------------------------------


def refused(log: Log) -> Log:
    message = "Conversation already has an active response"
    return log.server("error", error=error("conversation_already_has_active_response", message))


def output(log: Log, call_id: str) -> Log:
    body = {"type": "function_call_output", "call_id": call_id, "output": "5"}
    return log.client("conversation.item.create", item=body).client("response.create")


def raced(*calls: str) -> Log:
    log = answered(begun(), "r1", [call("c1"), call("c2")])  # done: 3
    for one in calls:
        output(log, one)
    return log


def test_two_outputs_with_a_request_each_race() -> None:
    (found,) = refused(raced("c1", "c2")).watched(RACE)
    assert found.evidence == (3, 5, 7, 8)
    assert "a response with 2 function calls (event 3)" in found.message
    assert "2 outputs and 2 response.create (events 5, 7)" in found.message
    assert found.message.endswith("with event 8")


def test_one_race_is_told_once() -> None:
    log = refused(refused(raced("c1", "c2")))
    assert len(log.watched(RACE)) == 1
    again = output(output(refused(raced("c1", "c2")), "c3"), "c4")
    assert len(refused(again).watched(RACE)) == 1


def test_one_output_one_request_or_one_call_is_no_race() -> None:
    assert refused(raced("c1")).watched(RACE) == []
    single = answered(begun(), "r1", [call("c1")])
    assert refused(output(output(single, "c1"), "c2")).watched(RACE) == []
    twice = raced("c1").client("response.create")
    assert refused(twice).watched(RACE) == []
    body = {"type": "function_call_output", "call_id": "c2", "output": "5"}
    once = raced("c1").client("conversation.item.create", item=body)
    assert refused(once).watched(RACE) == []


def test_another_error_is_no_race() -> None:
    log = raced("c1", "c2").server("error", error=error("invalid_value", "Invalid value."))
    assert log.watched(RACE) == []


def test_requests_before_any_output_are_not_counted() -> None:
    log = answered(begun(), "r1", [call("c1"), call("c2")]).client("response.create")
    assert refused(output(log, "c1")).watched(RACE) == []


def test_an_answer_without_calls_ends_the_count_unless_it_is_beside() -> None:
    log = answered(raced("c1", "c2"), "r2", [USER])
    assert refused(log).watched(RACE) == []
    beside = answered(raced("c1", "c2"), "r2", [USER], conversation_id=None)
    assert refused(beside).watched(RACE)


def test_outputs_sent_before_the_response_was_done_count() -> None:
    log = begun().server("response.created", response=done("r1", status="in_progress"))
    output(output(log, "c1"), "c2")
    log.server("response.done", response=done("r1", [call("c1"), call("c2")]))
    assert refused(log).watched(RACE)
    before = output(output(begun(), "c1"), "c2")
    answered(before, "r1", [call("c1"), call("c2")])
    assert refused(before).watched(RACE) == []


# -- a close in the middle -------------------------------------------------------------------------


def opening() -> Log:
    return begun().server("response.created", response=done("r1", status="in_progress"))


def test_a_close_in_the_middle_says_when_and_why() -> None:
    log = opening().closed(0.5, 1011, "boom", Sender.SERVER)
    (found,) = log.watched(CLOSED)
    assert found.severity is Severity.ERROR
    assert found.evidence == (2,)
    assert "closed by the server with 1011" in found.message
    assert 'saying "boom" while r1 was open' in found.message
    assert "last event was 2, 0.50 s before" in found.message
    (found,) = opening().closed(0.5, 1012, by=None).watched(CLOSED)
    assert "was closed with 1012" in found.message
    assert "saying" not in found.message


@pytest.mark.parametrize(("code", "severity"), [(1000, "warning"), (1001, "warning"), (1005, "warning"),
                                                (1011, "error"), (1006, "error")])  # fmt: skip
def test_a_client_that_means_to_go_loses_the_answer_by_its_own_wish(
    code: int, severity: str
) -> None:
    (found,) = opening().closed(0.5, code).watched(CLOSED)
    assert found.severity == severity
    (found,) = opening().closed(0.5, code, by=Sender.SERVER).watched(CLOSED)
    assert found.severity is Severity.ERROR


def test_whoever_watched_and_hung_up_has_said_why() -> None:
    watched = opening().ended(0.2)
    assert watched.closed(0.5, 1006).watched(CLOSED) == []
    assert opening().ended(0.2).closed(0.5, 1000, by=None).watched(CLOSED) == []
    assert opening().ended(0.2).closed(0.5, 1011, by=Sender.SERVER).watched(CLOSED)


def test_a_close_after_the_end_cuts_nothing() -> None:
    assert answered(begun()).closed(0.5, 1011, by=Sender.SERVER).watched(CLOSED) == []


# -- text, and audio asked for meanwhile -----------------------------------------------------------


def test_a_response_in_text_began_before_audio_was_asked_for() -> None:
    text = {"id": "i1", "type": "message", "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": "Hi"}]}  # fmt: skip
    spoken = {"output_modalities": ["text"]}
    log = begun()
    for asked in ("text", "audio"):
        log.client("session.update", session={"type": "realtime", "output_modalities": [asked]})
        if asked == "text":
            log.server("session.updated", session={**settings(), "output_modalities": ["text"]})
            log.client("response.create")
            log.server("response.created", response=done("r1", status="in_progress", **spoken))
    log.server("response.done", response=done("r1", [text], **spoken))
    log.server("session.updated", session={**settings(), "output_modalities": ["audio"]})
    for name in ("text-instead-of-audio", "session-update-not-applied"):
        assert named(log.judged(), name) == []


def spoken(confirmed: str = "text", **asked: Any) -> Log:
    """Text was asked for; ``confirmed`` is in force when the answer comes as audio."""
    log = begun()
    log.client("session.update", session={"type": "realtime", "output_modalities": ["text"]})
    log.server("session.updated", session={**settings(), "output_modalities": [confirmed]})
    log.client("response.create", **asked)
    log.server("response.created", response=done("r1", status="in_progress"))
    whose = {"response_id": "r1", "item_id": "i1", "output_index": 0}
    item = {"id": "i1", "type": "message", "role": "assistant", "content": []}
    log.server("response.output_item.added", response_id="r1", output_index=0, item=item)
    part = {"type": "audio", "transcript": ""}
    log.server("response.content_part.added", **whose, content_index=0, part=part)
    return log.server("response.done", response=done("r1"))


def test_audio_where_text_was_confirmed_leaves_a_client_waiting() -> None:
    name, left = "session-update-not-applied", "client-left-waiting"
    (found,) = named(spoken().closed(0.1).judged(), name)
    assert found.severity is Severity.WARNING
    assert named(spoken().closed(0.1).judged(), left) == []
    (waits,) = named(spoken().closed(6.0, 1006).judged(), left)
    assert (waits.severity, waits.under) == (Severity.ERROR, name)
    wanted = spoken(response={"output_modalities": ["audio"]}).closed(6.0, 1006).judged()
    assert not named(wanted, name)
    assert not named(wanted, left)


def test_who_asked_elsewhere_may_have_asked_for_text() -> None:
    text = {"id": "i1", "type": "message", "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": "Hi"}]}  # fmt: skip
    log = begun().client("session.update", session={"output_modalities": ["audio"]})
    log.server("response.created", response=done("r1", output_modalities=["text"]))
    log.server("response.done", response=done("r1", [text], output_modalities=["text"]))
    assert named(log.judged(), "text-instead-of-audio") == []
