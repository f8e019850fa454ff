"""What does not add up in a session: token counts, statuses, and items left open at the end."""

from __future__ import annotations

from typing import Any

import pytest
from logs import PASTED, Log, Payload, begun, done, named

from rtdebug.model.findings import Severity
from rtdebug.model.records import View

USAGE = "usage-inconsistent"
STATUS = "status-inconsistent"
UNBALANCED = "conversation-item-unbalanced"
LATE = View(from_start=False)
HIDES = View(hidden=frozenset({"conversation.item.*", "session.created"}))


def finished(**more: Any) -> Log:
    log = begun().server("response.created", response=done("r1", status="in_progress"))
    return log.server("response.done", response=done("r1", **more))


# -- token counts ----------------------------------------------------------------------------------


def counts(**changes: Any) -> Payload:
    """A usage that adds up, with other values at dotted paths (``__`` for the dot)."""
    kinds = {"text_tokens": 3, "audio_tokens": 2, "image_tokens": 1}
    usage: Payload = {
        "total_tokens": 10, "input_tokens": 6, "output_tokens": 4,
        "input_token_details": {**kinds, "cached_tokens": 6, "cached_tokens_details": {**kinds}},
        "output_token_details": {"text_tokens": 3, "audio_tokens": 1},
    }  # fmt: skip
    for path, value in changes.items():
        holder = usage
        *way, last = path.split("__")
        for part in way:
            holder = holder[part]
        holder[last] = value
        if value is None:
            del holder[last]
    return usage


IN, OUT = "input_token_details", "output_token_details"


@pytest.mark.parametrize(
    ("changes", "severity", "words"),
    [
        ({}, None, ""),
        ({"total_tokens": 11}, "warning", "total_tokens is 11, but input and output are 6 and 4"),
        ({"total_tokens": 9}, "warning", "total_tokens is 9"),
        ({"total_tokens": None}, None, ""),
        ({"input_tokens": None, "total_tokens": 99}, None, ""),
        ({"output_tokens": None, "total_tokens": 99}, None, ""),
        ({f"{IN}__text_tokens": 4}, "warning",
         "the kinds of input_tokens add up to 7, more than the 6 there are"),
        ({f"{IN}__text_tokens": 2}, "info", "the kinds of input_tokens add up to 5 of 6"),
        ({f"{IN}__image_tokens": None}, "info", "the kinds of input_tokens add up to 5 of 6"),
        ({f"{OUT}__audio_tokens": 2}, "warning",
         "the kinds of output_tokens add up to 5, more than the 4 there are"),
        ({f"{OUT}__audio_tokens": 0}, "info", "the kinds of output_tokens add up to 3 of 4"),
        ({OUT: None}, None, ""),
        ({f"{IN}__cached_tokens": 7}, "warning", "7 of 6 input_tokens are said to be cached"),
        ({f"{IN}__cached_tokens": 7, f"{IN}__cached_tokens_details__text_tokens": 4}, "warning",
         "7 of 6 input_tokens are said to be cached"),
        ({"total_tokens": 2}, "warning", "total_tokens is 2"),
        ({f"{IN}__text_tokens": 4, f"{IN}__audio_tokens": 3}, "warning", "add up to 8"),
        ({f"{IN}__text_tokens": 6, f"{IN}__audio_tokens": 1}, "warning", "add up to 8"),
        ({f"{OUT}__text_tokens": 5}, "warning", "add up to 6"),
        ({f"{IN}__cached_tokens_details__text_tokens": 4,
          f"{IN}__cached_tokens_details__audio_tokens": 3}, "info", "its kinds add up to 8"),
        ({f"{IN}__cached_tokens_details__text_tokens": 6,
          f"{IN}__cached_tokens_details__audio_tokens": 1}, "info", "its kinds add up to 8"),
        ({f"{IN}__cached_tokens": 5}, "info", "cached_tokens is 5, but its kinds add up to 6"),
        ({f"{IN}__cached_tokens_details": None}, None, ""),
        ({f"{IN}__cached_tokens_details": {"text_tokens": 6}}, None, ""),
        ({f"{IN}__cached_tokens_details": {"audio_tokens": 1}}, "info", "its kinds add up to 1"),
        ({f"{IN}__cached_tokens": None}, None, ""),
        ({"input_tokens": "6"}, None, ""),
    ],
)  # fmt: skip
def test_token_counts_are_added_up(changes: Payload, severity: str | None, words: str) -> None:
    found = named(finished(usage=counts(**changes)).judged(), USAGE)
    assert [one.severity for one in found] == ([severity] if severity else [])
    if found:
        assert words in found[0].message
        assert found[0].message.startswith("in the usage of r1 ")
        assert found[0].evidence == (3,)


def test_all_that_is_wrong_is_told_and_what_is_less_only_without_it() -> None:
    wrong = {"total_tokens": 99, f"{IN}__text_tokens": 9, f"{OUT}__audio_tokens": 0}
    (found,) = named(finished(usage=counts(**wrong)).judged(), USAGE)
    assert "total_tokens is 99" in found.message
    assert "add up to 12, more than" in found.message
    assert "add up to 3 of 4" not in found.message
    less = {f"{IN}__text_tokens": 1, f"{OUT}__audio_tokens": 0}
    (found,) = named(finished(usage=counts(**less)).judged(), USAGE)
    assert "add up to 4 of 6; the kinds of output_tokens add up to 3 of 4" in found.message
    assert named(finished(usage=None).judged(), USAGE) == []


# -- statuses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "details", "words"),
    [
        ("in_progress", None, "its status is still in_progress"),
        ("completed", {"type": "failed"}, "its status_details are of type failed"),
        ("completed", {"type": "completed", "error": {"code": "x"}}, "hold an error"),
        ("completed", {"error": {"code": "x"}}, "hold an error"),
        ("failed", {"type": "failed", "error": {"code": "x"}}, None),
        ("completed", {"type": "completed"}, None),
        ("completed", None, None),
        ("failed", {"type": 5}, None),
    ],
)
def test_a_status_is_held_against_its_details(
    status: str, details: Payload | None, words: str | None
) -> None:
    found = named(finished(status=status, status_details=details).judged(), STATUS)
    assert bool(found) is (words is not None)
    if words:
        assert words in found[0].message
        assert found[0].evidence == (2, 3)


# -- items of the conversation ---------------------------------------------------------------------


def item(id_: str = "m1", type_: str = "message") -> Payload:
    return {"id": id_, "type": type_, "role": "user", "status": "completed",
            "content": [{"type": "input_text", "text": "Hi"}]}  # fmt: skip


def added(log: Log, id_: str, type_: str = "message", role: str = "added") -> Log:
    return log.server(f"conversation.item.{role}", previous_item_id=None, item=item(id_, type_))


def whole(log: Log, id_: str) -> Log:
    return added(added(log, id_), id_, role="done")


def left(log: Log, view: View | None = None) -> list[tuple[str | None, tuple[int, ...]]]:
    found = named(log.judged(view=view) if view else log.judged(), UNBALANCED)
    assert all(one.severity is Severity.WARNING for one in found)
    return [(one.subject, one.evidence) for one in found]


def test_an_item_that_is_never_done_is_told_when_a_later_one_has_come() -> None:
    log = added(whole(begun(), "m1"), "m2")  # 2 3 4
    assert left(log) == []
    assert left(whole(log, "m3")) == [("m2", (4,))]
    (found,) = named(log.judged(), UNBALANCED)
    assert found.message == "m2 was added to the conversation and never done"


def test_an_item_is_late_when_a_later_response_is_over() -> None:
    log = added(whole(begun(), "m1"), "m2")
    log.server("response.created", response=done("r1", status="in_progress"))
    assert left(log) == []
    log.server("response.done", response=done("r1"))
    assert left(log) == [("m2", (4,))]


def test_an_item_of_a_response_waits_for_the_end_of_that() -> None:
    log = whole(begun(), "m1").server("response.created", response=done("r1"))
    log.server("response.output_item.added", response_id="r1", output_index=0, item=item("m2"))
    whole(added(log, "m2"), "m3")
    assert left(log) == []
    log.server("response.done", response=done("r1"))
    assert left(log) == [("m2", (6,))]


def test_items_that_need_no_end_are_not_missed() -> None:
    deleted = whole(added(whole(begun(), "m1"), "m2"), "m3")
    deleted.server("conversation.item.deleted", item_id="m2")
    assert left(deleted) == []
    tools = whole(added(whole(begun(), "m1"), "m2", "mcp_list_tools"), "m3")
    assert left(tools) == []
    created = whole(added(whole(begun(), "m1"), "m2", role="created"), "m3")
    assert left(created) == []
    for log in (deleted, tools, created):
        assert [subject for subject, _ in left(whole(added(log, "m8"), "m9"))] == ["m8"]


def test_a_server_that_ends_no_item_is_another_kind_of_server() -> None:
    assert left(added(added(begun(), "m1"), "m2")) == []


@pytest.mark.parametrize("view", [LATE, PASTED, HIDES])
def test_a_log_that_may_lack_events_leaves_nothing_open(view: View) -> None:
    assert left(whole(added(whole(begun(), "m1"), "m2"), "m3"), view) == []


def committed(log: Log, id_: str) -> Log:
    return log.server("input_audio_buffer.committed", previous_item_id=None, item_id=id_)


def test_audio_that_never_becomes_an_item_is_told() -> None:
    log = committed(whole(begun(vad=False), "m1"), "a")  # 4
    assert left(log) == []
    assert left(whole(log, "m2")) == [("a", (4,))]
    (found,) = named(log.judged(), UNBALANCED)
    assert found.message == "a was committed and never added to the conversation"


def test_a_transcript_shows_that_the_item_should_be_there() -> None:
    log = committed(added(begun(vad=False), "m1", role="created"), "a")
    log.server("conversation.item.input_audio_transcription.completed", item_id="a",
               content_index=0, transcript="Hi")  # fmt: skip
    assert left(log) == [("a", (3,))]
    assert left(added(log, "a", role="created")) == []


def test_audio_that_is_deleted_or_of_a_server_without_items_is_not_missed() -> None:
    log = whole(committed(whole(begun(vad=False), "m1"), "a"), "m2")
    log.server("conversation.item.deleted", item_id="a")
    assert left(log) == []
    none = committed(begun(vad=False), "a")
    none.server("response.created", response=done("r1"))
    none.server("response.done", response=done("r1"))
    assert left(none) == []
