"""Calls of functions and what answers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from calls import CREATE, MESSAGE, TYPED, answers, called, opening, output, responding
from logs import PASTED, Log, Payload, begun, call, done, named

from rtdebug.model.findings import Finding
from rtdebug.model.records import Sender, View

CUT = View(whole=False)

# -- answers before the result -----------------------------------------------------------------------

EARLY = "answer-before-tool-output"


def early(log: Log, **how: Any) -> list[Finding]:
    return named(log.closed().judged(**how), EARLY)


def test_a_message_beside_a_call_was_made_without_its_result() -> None:
    (found,) = early(responding(begun(), "r1", MESSAGE, call("c1")))
    assert found.message == (
        "r1 holds a message (m1) and a call of f: the message was made without the result"
    )
    assert found.evidence == (2, 7)
    assert found.subject == "r1"


@pytest.mark.parametrize(
    ("items", "more"),
    [
        ([call("c1")], {}),
        ([MESSAGE], {}),
        ([call("c1"), call("c2")], {}),
        ([MESSAGE, {**MESSAGE, "id": "m2"}], {}),
        ([{**MESSAGE, "content": []}, call("c1")], {}),
        ([MESSAGE, call("c1")], {"status": "incomplete"}),
    ],
    ids=["call", "message", "two calls", "two messages", "nothing said", "not completed"],
)
def test_a_call_or_a_message_alone_is_in_order(items: list[Payload], more: Payload) -> None:
    assert early(responding(begun(), "r1", *items, **more)) == []


def test_a_response_that_begins_while_a_call_is_open_lacks_its_result() -> None:
    log = called("c1").client(CREATE, item=TYPED)
    (found,) = early(opening(log, "r2"))
    assert found.message == "r2 began while the call c1 had no output yet"
    assert found.evidence == (4, 7)
    assert found.subject == "r2"
    two = called("c1", "c2").client(CREATE, item=TYPED)
    assert [one.count for one in early(opening(two, "r2"))] == [1]


def test_a_response_that_is_said_to_begin_twice_is_one() -> None:
    log = called("c1").client(CREATE, item=TYPED)
    (found,) = early(opening(opening(log, "r2"), "r2"))
    assert found.evidence == (4, 7)


def test_with_the_result_it_may_begin() -> None:
    assert early(opening(answers(called("c1"), "c1"), "r2")) == []
    (found,) = early(opening(answers(called("c1", "c2"), "c2"), "r2"))
    assert "the call c1 had" in found.message


def test_what_is_said_beside_the_conversation_needs_no_result() -> None:
    log = called("c1").client(CREATE, item=TYPED)
    assert early(opening(log, "r2", conversation_id=None)) == []


def test_a_response_that_is_still_calling_is_not_missing_a_result() -> None:
    log = opening(begun().client(CREATE, item=TYPED), "r1")
    place = {"response_id": "r1", "output_index": 0}
    log.server("response.output_item.done", **place, item=call("c1"))
    assert early(opening(log, "r2")) == []


def test_a_record_that_shows_no_outputs_lacks_none() -> None:
    assert early(opening(called("c1"), "r2")) == []
    log = opening(called("c1").client(CREATE, item=TYPED), "r2")
    assert early(log, view=CUT) == []


@pytest.mark.parametrize(("later", "told"), [(19, True), (20, False)])
def test_a_call_of_long_ago_is_not_brought_up_again(later: int, told: bool) -> None:
    ids = [f"c{number}" for number in range(later + 1)]
    assert bool(early(opening(answers(called(*ids), *ids[1:]), "r2"))) is told


# -- outputs that are missing ------------------------------------------------------------------------

NO_OUTPUT = "tool-output-missing"


def test_a_call_waits_fifteen_seconds_for_its_output() -> None:
    log = called("c1")  # done at 0.1
    assert log.watched(NO_OUTPUT, 15.09) == []
    (found,) = log.watched(NO_OUTPUT, 15.11)
    assert found.at == pytest.approx(15.1)
    assert found.evidence == (4, 5)
    assert found.subject == "c1"
    assert found.message == (
        "the model called f (c1), and the client sent no function_call_output for it in the 15.0 s "
        "that followed"
    )


def test_each_call_has_a_wait_of_its_own() -> None:
    (found,) = answers(called("c1", "c2"), "c1").watched(NO_OUTPUT, 60)
    assert found.subject == "c2"
    assert answers(called("c1", "c2"), "c2", "c1").watched(NO_OUTPUT, 60) == []
    inside = called("c1").client("response.create", response={"input": [call("c1"), output()]})
    assert inside.watched(NO_OUTPUT, 60) == []


def test_an_output_may_come_before_the_response_is_done() -> None:
    log = opening(begun(), "r1")
    place = {"response_id": "r1", "output_index": 0}
    log.server("response.output_item.added", **place, item={**call("c1"), "status": "in_progress"})
    log.server("response.output_item.done", **place, item=call("c1"))
    log = answers(log, "c1").server("response.done", response=done("r1", [call("c1")]))
    assert log.watched(NO_OUTPUT, 60) == []


@pytest.mark.parametrize(
    ("items", "more"),
    [
        ([call("c1")], {"status": "cancelled"}),
        ([{**call("c1"), "call_id": ""}], {}),
        ([{**MESSAGE, "call_id": "c1"}], {}),
    ],
    ids=["cancelled", "no call id", "no call"],
)
def test_only_a_completed_call_is_to_be_answered(items: list[Payload], more: Payload) -> None:
    assert responding(begun(), "r1", *items, **more).watched(NO_OUTPUT, 60) == []


def test_outputs_may_be_from_before_the_record() -> None:
    log = begun().server("response.done", response=done("r1", [call("c1")]))
    assert log.watched(NO_OUTPUT, 60) == []
    (found,) = named(log.judged(view=PASTED), NO_OUTPUT)
    assert found.message.endswith("up to the end of the log")


def test_a_call_without_a_name_is_a_function() -> None:
    (found,) = responding(begun(), "r1", {**call("c1"), "name": None}).watched(NO_OUTPUT, 60)
    assert found.message.startswith("the model called a function (c1)")


def test_in_a_machines_record_the_talk_may_go_on_without_the_output() -> None:
    assert len(opening(called("c1"), "r2").watched(NO_OUTPUT, 60)) == 1


# -- outputs that are wrong --------------------------------------------------------------------------


def held(log: Log, name: str, **how: Any) -> list[Finding]:
    return named(log.given_up(6).judged(**how), name)


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"type": "function_call_output", "output": "5"}, True),
        (output(""), True),
        (output(None), True),
        (output(), False),
        ({"type": "function_call", "name": "f", "arguments": "{}"}, False),
    ],
    ids=["left out", "empty", "null", "there", "a call"],
)
def test_an_output_names_its_call(item: Payload, told: bool) -> None:
    found = held(called("c1").client(CREATE, item=item), "tool-call-id-missing")
    assert [one.message for one in found] == told * [
        f"event 6 ({CREATE}) has a function_call_output at /item without call_id"
    ]
    assert all(one.evidence == (6,) for one in found)
    log = called("c1").client("response.create", response={"input": [call("c1"), item]})
    found = held(log, "tool-call-id-missing")
    assert [" at /response/input/1 " in one.message for one in found] == [True] * told


@pytest.mark.parametrize(
    ("said", "words"),
    [({"temp": 21}, "object"), ([21], "array"), (21, "21"), (True, "true"), (0, "0"), ({}, "")],
)
def test_an_output_is_text(said: Any, words: str) -> None:
    log = called("c1").client(CREATE, item=output("c1", said))
    (found,) = held(log, "tool-output-not-string")
    assert f"event 6 ({CREATE}) has" in found.message
    assert "at /item/output where text is expected" in found.message
    assert words in found.message
    assert found.subject == "c1"
    assert found.evidence == (6,)


@pytest.mark.parametrize("said", ["", "{}", None])
def test_text_may_be_empty_and_an_output_left_out_is_another_fault(said: Any) -> None:
    log = called("c1").client(CREATE, item=output("c1", said))
    assert held(log, "tool-output-not-string") == []


def test_an_output_without_a_readable_call_id_has_no_subject() -> None:
    log = called("c1").client(CREATE, item=output(7, {"temp": 21}))
    (found,) = held(log, "tool-output-not-string")
    assert found.subject is None


UNKNOWN = "tool-call-id-unknown"
NOBODY = "a call that nobody made in this session"


def test_an_output_for_no_call_is_told() -> None:
    (found,) = held(answers(called("c1"), "c9"), UNKNOWN)
    assert found.message == f"event 6 ({CREATE}) answers c9 at /item, {NOBODY}"
    assert found.evidence == (6,)
    assert found.subject == "c9"


def test_the_id_of_the_item_is_not_that_of_the_call() -> None:
    log = begun().server("conversation.item.added", previous_item_id=None, item=call("c1"))
    (found,) = held(answers(called("c1", log=log), "item_c1"), UNKNOWN)
    assert found.message.endswith("which is the id of an item, not the call_id of a call")


def arguments(log: Log, **more: Any) -> Log:
    return log.server("response.function_call_arguments.done", response_id="r1", item_id="i1",
                      output_index=0, name="f", arguments="{}", **more)  # fmt: skip


def pending() -> Log:
    """A call whose item is open."""
    log = opening(begun(), "r1")
    item = {**call("c1", ""), "status": "in_progress"}
    return log.server("response.output_item.added", response_id="r1", output_index=0, item=item)


@pytest.mark.parametrize(
    "told",
    [
        lambda: called("c1"),
        lambda: arguments(begun(), call_id="c1"),
        lambda: begun().client(CREATE, item=call("c1")),
        pending,
    ],
    ids=["done", "arguments done", "made by the client", "open"],
)
def test_a_call_is_known_as_soon_as_it_is_named(told: Callable[[], Log]) -> None:
    assert held(answers(told(), "c1"), UNKNOWN) == []
    assert len(held(answers(told(), "c2"), UNKNOWN)) == 1


@pytest.mark.parametrize("call_id", [["c1"], {"id": "c1"}, None, 7])
def test_a_call_id_that_is_no_text_names_nothing(call_id: Any) -> None:
    assert len(held(answers(arguments(begun(), call_id=call_id), "c1"), UNKNOWN)) == 1


def test_a_call_beside_its_output_in_a_response_is_not_in_the_conversation() -> None:
    log = begun().client("response.create", response={"input": [call("c1"), output("c1")]})
    assert len(held(answers(log, "c1"), UNKNOWN)) == 1


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        (call("c1"), False),
        ({"type": "item_reference", "id": "item_c1"}, False),
        (call("c2"), True),
        ({**MESSAGE, "call_id": "c1"}, True),
    ],
)
def test_the_input_of_a_response_holds_the_call_beside_its_output(
    beside: Payload, told: bool
) -> None:
    log = called("c1").client("response.create", response={"input": [beside, output("c1")]})
    found = held(log, UNKNOWN)
    assert len(found) == told
    for one in found:
        assert "answers c1 at /response/input/1, but the call itself is not in" in one.message


@pytest.mark.parametrize("call_id", ["", 7, None])
def test_a_call_id_that_is_none_is_not_unknown(call_id: Any) -> None:
    assert held(begun().client(CREATE, item=output(call_id)), UNKNOWN) == []


def test_a_log_of_chosen_events_lacks_a_call_only_if_it_shows_calls() -> None:
    chosen = View(selective=True)
    assert held(answers(begun(), "c9"), UNKNOWN, view=chosen) == []
    for log in (called("c1"), arguments(begun(), call_id="c1")):
        assert len(held(answers(log, "c9"), UNKNOWN, view=chosen)) == 1


@pytest.mark.parametrize(
    "view", [CUT, View(from_start=False), View(senders=frozenset({Sender.CLIENT}))]
)
def test_a_record_that_lacks_something_may_lack_the_call(view: View) -> None:
    assert held(answers(begun(), "c9"), UNKNOWN, view=view) == []
