"""Arguments that do not parse, and tools of MCP servers."""

from __future__ import annotations

from typing import Any

import pytest
from logs import PASTED, Log, Payload, begun, call, done, named

from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.records import Event, Sender

INVALID, MCP = "tool-arguments-invalid-json", "mcp-tools-failed"
BROKEN = '{"city": "Ber'
CREATE = "conversation.item.create"


def arguments(log: Log, text: Any, response: str = "r1", item: str = "item_c1") -> Log:
    return log.server("response.function_call_arguments.done", response_id=response, item_id=item,
                      output_index=0, call_id="c1", name="f", arguments=text)  # fmt: skip


def item_done(log: Log, text: str, response: str = "r1", **more: Any) -> Log:
    item = {**call("c1", text), **more}
    return log.server("response.output_item.done", response_id=response, output_index=0, item=item)


def opened(response: str = "r1", log: Log | None = None) -> Log:
    log = begun() if log is None else log
    return log.server("response.created", response=done(response, status="in_progress"))


def invalid(log: Log) -> list[Finding]:
    return named(log.closed().judged(), INVALID)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BROKEN, "13 characters) do not parse: unterminated string at character 9"),
        ("", "0 characters) do not parse: expecting value at character 0"),
        ("{} {}", "5 characters) do not parse: extra data at character 3"),
        ("[" * 3000, "do not parse: it is nested too deeply at character 0"),
    ],
)
def test_arguments_that_do_not_parse_say_where(text: str, why: str) -> None:
    (found,) = named(arguments(Log(), text).judged(view=PASTED), INVALID)
    assert found.message.startswith("the arguments of item_c1 (event 1, ")
    assert found.message.endswith(why)
    assert found.severity is Severity.ERROR
    assert found.subject == "item_c1"
    assert found.evidence == (1,)


@pytest.mark.parametrize("text", ["{}", '{"a": [1, "x"]}', '{"a": NaN}', None, {"a": 1}])
def test_what_parsers_take_and_what_is_no_text_passes(text: Any) -> None:
    assert named(arguments(Log(), text).judged(view=PASTED), INVALID) == []


@pytest.mark.parametrize(("size", "told"), [((1 << 20) - 1, True), (1 << 20, False)])
def test_a_megabyte_of_arguments_is_not_judged(size: int, told: bool) -> None:
    text = BROKEN.ljust(size, "x")
    assert bool(named(arguments(Log(), text).judged(view=PASTED), INVALID)) is told


def test_a_call_that_is_done_twice_is_told_once() -> None:
    log = item_done(arguments(Log(), BROKEN), BROKEN)
    (found,) = named(log.judged(view=PASTED), INVALID)
    assert (found.evidence, found.count) == ((1,), 1)


def test_other_calls_are_told_too() -> None:
    log = arguments(arguments(Log(), BROKEN), BROKEN, item="item_c2")
    (found,) = named(log.judged(view=PASTED), INVALID)
    assert (found.evidence, found.count) == ((1, 2), 2)


def test_the_item_alone_shows_it() -> None:
    (found,) = named(item_done(Log(), BROKEN).judged(view=PASTED), INVALID)
    assert "unterminated string" in found.message
    message = item_done(Log(), BROKEN, type="message")
    assert named(message.judged(view=PASTED), INVALID) == []


def test_items_without_an_id_are_told_apart_by_their_events() -> None:
    log = item_done(item_done(Log(), BROKEN, id=None), BROKEN, id=None)
    (found,) = named(log.judged(view=PASTED), INVALID)
    assert found.message.startswith("the arguments of event 1 (event 1, ")
    assert found.count == 2
    log = Log()
    for _ in range(2):
        log.server("response.function_call_arguments.done", arguments=BROKEN)
    (found,) = named(log.judged(view=PASTED), INVALID)
    assert (found.subject, found.count) == ("event 1", 2)
    assert found.severity is Severity.ERROR


def test_an_open_response_has_the_last_word() -> None:
    log = arguments(opened(), BROKEN)
    assert log.watched(INVALID) == []
    other = opened("r2", arguments(opened(), BROKEN))
    other.server("response.done", response=done("r2"))
    assert other.watched(INVALID) == []
    (found,) = log.server("response.done", response=done("r1")).watched(INVALID)
    assert found.evidence == (3,)
    assert len(invalid(arguments(opened(), BROKEN))) == 1  # one that never ends


@pytest.mark.parametrize("response", ["r1", None])
def test_a_cut_call_waits_for_the_end_of_its_response(response: str | None) -> None:
    log = item_done(opened(), BROKEN, response, status="incomplete")
    assert log.watched(INVALID) == []
    log.server("response.done", response=done("r1", status="cancelled"))
    (found,) = log.watched(INVALID)
    assert found.severity is Severity.INFO
    assert "do not parse: unterminated string at character 9; its response was cancelled, so" in (
        found.message
    )
    assert len(invalid(log)) == 1


def test_a_cut_call_may_hold_json_all_the_same() -> None:
    log = item_done(opened(), "{}", status="incomplete")
    (found,) = log.server("response.done", response=done("r1", status="incomplete")).watched(
        INVALID
    )
    assert found.message == (
        "the arguments of item_c1 (event 3, 2 characters) are JSON, but the call ended incomplete"
    )
    assert found.severity is Severity.ERROR


def test_a_cut_call_is_not_told_again_by_its_arguments() -> None:
    log = item_done(arguments(opened(), BROKEN), BROKEN, status="incomplete")
    log.server("response.done", response=done("r1", status="cancelled"))
    (found,) = invalid(log)
    assert (found.evidence, found.count) == ((4,), 1)
    late = item_done(opened(), BROKEN, status="incomplete")
    late.server("response.done", response=done("r1", status="cancelled"))
    assert [one.count for one in invalid(arguments(late, BROKEN))] == [1]


def test_a_call_that_was_told_and_then_ends_incomplete_is_one() -> None:
    type_ = "response.function_call_arguments.done"
    log = begun().server(type_, item_id="item_c1", arguments=BROKEN)
    (found,) = invalid(item_done(log, BROKEN, status="incomplete"))
    assert (found.evidence, found.count) == ((2,), 1)


def test_a_shortened_event_proves_nothing() -> None:
    log = Log()
    payload = {"type": "response.function_call_arguments.done", "item_id": "i1", "arguments": "{.."}
    log.records.append(Event(1, 0.0, Sender.SERVER, payload["type"], payload, 100, None, False))
    assert named(log.judged(view=PASTED), INVALID) == []


# -- tools of MCP servers ----------------------------------------------------------------------------


@pytest.mark.parametrize(("item", "words"), [({"item_id": "mcp_1"}, "mcp_1"), ({}, "an item")])
def test_a_list_that_fails_is_told(item: Payload, words: str) -> None:
    (found,) = named(begun().server("mcp_list_tools.failed", **item).closed().judged(), MCP)
    assert found.message == (
        f"the server could not list the tools of the MCP server behind {words}"
    )
    assert found.evidence == (2,)
    assert found.subject == item.get("item_id")
    assert found.certainty is Certainty.CERTAIN


def asking(log: Log, id_: str | None = "mcpr_1", type_: str = "mcp_approval_request") -> Log:
    item = {"id": id_, "type": type_, "server_label": "s", "name": "f", "arguments": "{}"}
    return log.server("conversation.item.done", previous_item_id=None, item=item)


def test_an_approval_is_waited_for_fifteen_seconds() -> None:
    log = asking(begun())  # at 0.04
    assert log.watched(MCP, 15.03) == []
    (found,) = log.watched(MCP, 15.05)
    assert found.at == pytest.approx(15.04)
    assert found.evidence == (2,)
    assert found.subject == "mcpr_1"
    assert found.certainty is Certainty.HIGH
    assert found.message == (
        "mcpr_1 asks for the approval of an MCP call, and the client sent no mcp_approval_response "
        "in the 15.0 s that followed"
    )
    assert len(found.causes) == 2


def answer(id_: str, type_: str = "mcp_approval_response") -> Payload:
    return {"type": type_, "approval_request_id": id_, "approve": False}


def test_an_answer_of_either_kind_ends_the_wait() -> None:
    assert asking(begun()).client(CREATE, item=answer("mcpr_1")).watched(MCP, 60) == []
    assert len(asking(begun()).client(CREATE, item=answer("mcpr_2")).watched(MCP, 60)) == 1
    other = asking(begun()).client(CREATE, item=answer("mcpr_1", "message"))
    assert len(other.watched(MCP, 60)) == 1


def test_other_items_are_not_waited_for() -> None:
    assert asking(begun(), type_="mcp_call").watched(MCP, 60) == []
    log = begun().client(CREATE, item={"id": "x", "type": "mcp_approval_request"})
    assert log.watched(MCP, 60) == []


def test_an_approval_that_two_events_show_is_one() -> None:
    log = asking(begun())
    item = {"id": "mcpr_1", "type": "mcp_approval_request", "server_label": "s", "name": "f",
            "arguments": "{}"}  # fmt: skip
    log.server("response.output_item.done", response_id="r1", output_index=0, item=item)
    assert len(log.watched(MCP, 60)) == 1
    assert len(asking(asking(begun(), None), None).watched(MCP, 60)) == 2
