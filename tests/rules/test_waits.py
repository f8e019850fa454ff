"""How long the rules wait for what should follow, and what they then say."""

from __future__ import annotations

from typing import Any

import pytest
from logs import PASTED, Log, Payload, begun, done, error, named

from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Clock, View

STALLED = "response-stalled-after-created"
MID = "response-stalled-mid-stream"
NO_DONE = "response-done-missing"
UNANSWERED = "session-update-unanswered"
CREATE = "response-create-unanswered"
SHORT = View(clock=Clock.SECONDS, whole=False)


def one(found: list[Finding], name: str) -> Finding:
    (finding,) = named(found, name)
    return finding


def opening(log: Log, id_: str = "r1", **more: Any) -> Log:
    body = done(id_, status="in_progress", **more)
    return log.server("response.created", response=body)


def item(id_: str = "i1", type_: str = "message", **more: Any) -> Payload:
    return {"id": id_, "type": type_, "status": "in_progress", "role": "assistant", **more}


def placed(log: Log, response: str, body: Payload, index: int = 0, *, over: bool = False) -> Log:
    type_ = f"response.output_item.{'done' if over else 'added'}"
    return log.server(type_, response_id=response, output_index=index, item=body)


# -- a response that goes silent -------------------------------------------------------------------


def test_a_response_without_items_is_stalled_when_patience_is_over() -> None:
    log = opening(begun().client("response.create"))  # at 0.06
    assert log.watched(STALLED, 10.05) == []
    (found,) = log.watched(STALLED, 10.06)
    assert found.at == pytest.approx(10.06)
    assert found.evidence == (2, 3)
    assert "r1 was created (event 3)" in found.message
    assert "10.0 s" in found.message


def test_its_evidence_has_what_the_server_said_after_it() -> None:
    log = opening(begun())
    log.server("rate_limits.updated", rate_limits=[])
    (found,) = log.watched(STALLED, 20)
    assert found.evidence == (2, 3)
    assert opening(begun()).watched(STALLED, 20)[0].evidence == (2,)


def test_a_stall_is_told_once_however_long_it_lasts() -> None:
    log = opening(begun())
    assert len(log.watched(STALLED, 10, 20, 40)) == 1
    assert one(log.given_up(100).judged(), STALLED).count == 1


def test_each_event_of_a_response_begins_its_silence_anew() -> None:
    log = placed(opening(begun()), "r1", item())
    log.server("response.content_part.added", response_id="r1", output_index=0, item_id="i1",
               content_index=0, part={"type": "text", "text": ""}, after=7.0)  # fmt: skip
    log.server("response.output_text.delta", response_id="r1", output_index=0, item_id="i1",
               content_index=0, delta="so", after=7.0)  # at 14.06  # fmt: skip
    assert log.watched(MID, 24.05) == []
    (found,) = log.watched(MID, 24.05, 24.06)
    assert found.evidence == (2, 5)
    assert "1 deltas in 1 item;" in found.message
    assert "after event 5" in found.message


def test_several_items_are_several() -> None:
    log = placed(placed(opening(begun()), "r1", item()), "r1", item("i2"), 1)
    assert "in 2 items;" in one(log.given_up(20).judged(), MID).message


def test_the_next_silence_is_woken_for_after_an_earlier_one() -> None:
    log = opening(begun())
    placed(opening(log, "r2", conversation_id=None), "r2", item(), 0)
    log.server("rate_limits.updated", rate_limits=[], after=5.0)
    placed(log, "r2", item("i2"), 1)
    assert [one.subject for one in log.watched(STALLED, 10.05, 30)] == ["r1"]
    assert [one.at for one in log.watched(MID, 10.05, 30)] == [pytest.approx(15.10)]


def test_a_tool_of_a_server_may_take_its_time() -> None:
    running = placed(opening(begun()), "r1", item(type_="mcp_call"))
    assert named(running.given_up(60).judged(), MID) == []
    over = placed(opening(begun()), "r1", item(type_="mcp_call"))
    placed(over, "r1", item(type_="mcp_call"), over=True)
    assert named(over.given_up(60).judged(), NO_DONE)


def test_another_kind_of_item_that_is_open_is_no_excuse() -> None:
    log = placed(opening(begun()), "r1", item(type_="function_call", call_id="c", name="f"))
    assert named(log.given_up(60).judged(), MID)


@pytest.mark.parametrize(("waited", "found"), [(2.0, True), (30.0, False), (0.0, False)])
def test_who_gave_up_waiting_made_a_shorter_silence_count(waited: float, found: bool) -> None:
    log = opening(begun()).ended(2.0, "gave-up", waited)
    assert bool(named(log.judged(), STALLED)) is found


def test_what_went_on_after_all_is_only_late() -> None:
    log = opening(begun())
    log.server("response.done", response=done("r1"), after=15.0)
    found = one(log.given_up(20).judged(), STALLED)
    assert found.severity is Severity.WARNING
    assert found.title.endswith("for a long time")
    assert "ended completed" in found.message


def test_a_response_that_ends_in_time_is_no_silence_and_another_stays_one() -> None:
    log = opening(opening(begun()), "r2", conversation_id=None)
    log.server("response.done", response=done("r2", conversation_id=None), after=12.0)
    found = named(log.given_up(1).judged(), STALLED)
    assert [one.severity for one in found] == [Severity.ERROR, Severity.WARNING]
    quick = opening(begun()).server("response.done", response=done("r1"), after=9.0)
    assert quick.watched(STALLED, 60) == []


def test_a_log_by_hand_shows_silence_where_no_response_follows() -> None:
    log = opening(begun())
    found = one(log.judged(view=PASTED), STALLED)
    assert "nothing of it follows in the log" in found.message
    opening(log, "r2", conversation_id=None)
    log.server("response.done", response=done("r2"))
    assert [one.subject for one in named(log.judged(view=PASTED), STALLED)] == []


def test_a_log_of_whole_seconds_that_is_cut_shows_no_silence_inside() -> None:
    log = opening(begun()).given_up(30)
    assert named(log.judged(view=View(clock=Clock.SECONDS)), STALLED)
    late = Log().server("response.output_item.added", response_id="r1", output_index=0,
                        item=item())  # fmt: skip
    assert named(late.given_up(30).judged(view=View(clock=Clock.SECONDS)), MID) == []
    assert named(late.judged(view=View(from_start=False)), MID)


def finished_item(log: Log, response: str, id_: str) -> Log:
    return placed(placed(log, response, item(id_)), response, item(id_), over=True)


def test_all_but_the_end_of_a_response_came() -> None:
    log = finished_item(opening(begun()), "r1", "i1")
    (found,) = log.watched(NO_DONE, 10.09)
    assert found.evidence == (2, 4)
    assert "by event 4" in found.message
    assert log.watched(NO_DONE, 10.07) == []


def test_the_next_response_shows_that_the_one_before_has_no_end() -> None:
    log = opening(finished_item(opening(begun()), "r1", "i1"), "r2")
    (found,) = log.watched(NO_DONE)
    assert found.subject == "r1"
    assert found.at == pytest.approx(0.10)
    log.server("response.done", response=done("r2"))
    assert len(opening(log, "r3").watched(NO_DONE)) == 1


def test_one_beside_the_conversation_may_still_be_writing() -> None:
    beside = finished_item(opening(begun(), conversation_id=None), "r1", "i1")
    assert opening(beside, "r2").watched(NO_DONE) == []
    unfinished = placed(opening(begun()), "r1", item())
    assert opening(unfinished, "r2").watched(NO_DONE) == []
    alone = finished_item(opening(begun()), "r1", "i1")
    alone.server("response.done", response=done("r1"))
    assert opening(alone, "r2").watched(NO_DONE) == []


def test_of_one_that_began_before_the_log_nothing_is_known() -> None:
    log = Log()
    finished_item(log, "r1", "i1")
    opening(log, "r2")
    assert named(log.judged(view=View(from_start=False, to_end=False)), NO_DONE) == []


def test_a_log_by_hand_may_leave_an_end_out() -> None:
    log = opening(finished_item(opening(begun()), "r1", "i1"), "r2")
    log.server("response.done", response=done("r2"))
    assert named(log.judged(view=PASTED), NO_DONE) == []


def test_what_a_log_is_known_to_leave_out_makes_no_silence() -> None:
    for hidden in ("response.done", "response.output_item.*"):
        view = View(hidden=frozenset({hidden}))
        assert named(opening(begun()).given_up(30).judged(view=view), STALLED) == []
    elsewhere = View(hidden=frozenset({"rate_limits.updated"}))
    assert named(opening(begun()).given_up(30).judged(view=elsewhere), STALLED)
    log = begun().client("response.create").given_up(30)
    assert named(log.judged(view=View(hidden=frozenset({"response.*"}))), CREATE) == []
    assert named(log.judged(view=elsewhere), CREATE)


# -- requests without an answer --------------------------------------------------------------------


def test_an_update_is_overdue_after_five_seconds_and_not_before() -> None:
    log = begun().client("session.update", session={"type": "realtime"})  # at 0.04
    assert log.watched(UNANSWERED, 5.03) == []
    (found,) = log.watched(UNANSWERED, 5.04)
    assert found.evidence == (2,)
    assert "event 2 (session.update) got neither session.updated nor an error in 5.0 s" in (
        found.message
    )
    assert "went on" not in found.message
    assert found.message.endswith("the session is still on the settings it had")


def test_what_the_server_said_since_shows_that_it_lives() -> None:
    log = begun().client("session.update", session={"type": "realtime"})
    log.server("rate_limits.updated", rate_limits=[])
    (found,) = log.watched(UNANSWERED, 6)
    assert "while the server went on (event 3, rate_limits.updated)" in found.message


def test_each_of_two_updates_has_its_own_time() -> None:
    log = begun().client("session.update", session={"type": "realtime"})
    log.client("session.update", session={"type": "realtime"}, after=2.0)  # at 2.04
    assert [one.evidence for one in log.watched(UNANSWERED, 7.1)] == [(2,), (3,)]
    assert [one.evidence for one in log.watched(UNANSWERED, 7.0)] == [(2,)]


def test_an_answer_in_time_is_nothing_and_a_late_one_a_warning() -> None:
    asked = begun().client("session.update", session={"type": "realtime"})
    asked.server("session.updated", session={"type": "realtime"}, after=4.9)
    assert named(asked.given_up(20).judged(), UNANSWERED) == []
    log = begun().client("session.update", session={"type": "realtime"})
    log.server("session.updated", session={"type": "realtime"}, after=8.0)
    found = one(log.ended(1).judged(), UNANSWERED)
    assert found.severity is Severity.WARNING
    assert "8.0 s late" in found.message
    assert found.title == "The answer came late"


def test_a_late_answer_leaves_what_was_never_answered() -> None:
    log = begun().client("conversation.item.delete", item_id="a")
    log.client("conversation.item.delete", item_id="b")
    log.server("conversation.item.deleted", item_id="b", after=8.0)
    found = named(log.ended(1).judged(), "request-unanswered")
    assert {(one.severity, one.evidence) for one in found} == {
        (Severity.ERROR, (2,)),
        (Severity.WARNING, (3,)),
    }


def test_the_answer_to_what_was_not_told_of_is_nothing() -> None:
    log = begun().client("conversation.item.delete", item_id="a")
    log.client("conversation.item.delete", item_id="b", after=4.0)
    log.server("conversation.item.deleted", item_id="b", after=2.0)
    assert [one.evidence for one in log.watched("request-unanswered", 20)] == [(2,)]


def test_who_waits_for_less_counts_less() -> None:
    log = begun().client("response.create").given_up(3.0)
    found = one(log.judged(), CREATE)
    assert "in 3.0 s" in found.message
    soon = begun().client("response.create").client("response.create", after=3.0)
    assert [one.evidence for one in soon.ended(1.0, "gave-up", 4.0).watched(CREATE)] == [(2,)]
    assert begun().client("response.create").ended(3.0).watched(CREATE) == []


def test_after_five_seconds_nobody_need_give_up() -> None:
    assert begun().client("response.create").ended(5.0).watched(CREATE)
    assert begun().client("response.create").ended(4.9).watched(CREATE) == []


@pytest.mark.parametrize("view", [SHORT, PASTED])
def test_a_log_by_hand_shows_no_answer_only_where_the_server_falls_silent(view: View) -> None:
    silent = begun().client("session.update", session={"type": "realtime"})
    assert one(silent.judged(view=view), UNANSWERED).evidence == (2,)
    silent.server("rate_limits.updated", rate_limits=[])
    assert named(silent.given_up(20).judged(view=view), UNANSWERED) == []
    first = Log().client("session.update", session={"type": "realtime"})
    assert named(first.judged(view=view), UNANSWERED)


def test_a_log_without_times_says_nothing_of_how_long() -> None:
    log = Log(step=0).client("response.create")
    found = one(log.judged(view=PASTED), CREATE)
    assert "nor an error; no answer" in found.message


@pytest.mark.parametrize(
    ("asked", "fields", "left"),
    [
        ("conversation.item.create", {"item": {}}, "the server may not have the item"),
        ("input_audio_buffer.commit", {}, "the audio is no item of the conversation yet"),
        ("input_audio_buffer.clear", {}, None),
        ("conversation.item.retrieve", {"item_id": "i"}, None),
        ("conversation.item.truncate", {"item_id": "i", "content_index": 0, "audio_end_ms": 1},
         "the model still believes all of it was heard"),
        ("conversation.item.delete", {"item_id": "i"}, None),
    ],
)  # fmt: skip
def test_each_request_is_missed(asked: str, fields: Payload, left: str | None) -> None:
    (found,) = begun().client(asked, **fields).watched("request-unanswered", 5.05)
    assert f"event 2 ({asked})" in found.message
    assert found.message.endswith(left or " in 5.0 s")


def test_added_or_created_is_the_answer_to_an_item() -> None:
    for role in ("added", "created"):
        body = {"id": "m1", "type": "message", "role": "user", "content": []}
        log = begun().client("conversation.item.create", item=body)
        log.server(f"conversation.item.{role}", item=body)
        assert log.watched("request-unanswered", 9) == []
    alone = begun().client("conversation.item.create", item={"type": "message"})
    (found,) = alone.watched("request-unanswered", 9)
    assert "neither conversation.item.added or conversation.item.created nor" in found.message


def test_an_error_is_an_answer_too() -> None:
    log = begun().client("response.create", event_id="e1")
    log.server("error", error=error("invalid_value", "No.", event_id="e1"))
    assert log.watched(CREATE, 20) == []


# -- what the client sends, held until the server has had its say ----------------------------------

MIXUP = "transcription-session-mixup"


def mixed_up(log: Log, id_: str, after: float = 0.02) -> Log:
    session = {"type": "transcription"}
    return log.client("session.update", event_id=id_, session=session, after=after)


def test_a_mistake_is_told_when_the_time_for_an_answer_is_over() -> None:
    log = mixed_up(begun(), "e1")  # at 0.04
    assert log.watched(MIXUP, 5.03) == []
    (found,) = log.watched(MIXUP, 5.04)
    assert found.at == pytest.approx(0.04)
    assert found.evidence == (1, 2)
    assert len(log.watched(MIXUP, 5.04, 60)) == 1


def test_each_mistake_waits_for_its_own_answer() -> None:
    log = mixed_up(mixed_up(begun(), "e1"), "e2", 2.0)
    assert [one.evidence for one in log.watched(MIXUP, 5.1, 7.03)] == [(1, 2)]
    assert [one.evidence for one in log.watched(MIXUP, 5.1, 7.04)] == [(1, 2), (1, 3)]


def test_a_mistake_that_was_taken_is_none_and_a_refused_one_is_told_sooner() -> None:
    taken = mixed_up(begun(), "e1").server("session.updated", session={})
    assert taken.watched(MIXUP, 30) == []
    log = mixed_up(mixed_up(begun(), "e1"), "e2", 4.0)
    log.server("error", error=error("decimal_above_max_value", "No.", event_id="e2"))
    assert [one.evidence for one in log.watched(MIXUP, 5.1)] == [(1, 2), (1, 3)]


def test_who_stops_watching_hears_of_what_was_held() -> None:
    assert [one.evidence for one in mixed_up(begun(), "e1").ended(0.1).watched(MIXUP)] == [(1, 2)]
    cut = mixed_up(begun(), "e1").judged(view=View(to_end=False))
    assert [one.evidence for one in named(cut, MIXUP)] == [(1, 2)]


def test_no_more_than_two_hundred_mistakes_are_held() -> None:
    log = begun()
    for number in range(220):
        mixed_up(log, f"e{number}", 0.0)
    assert len(log.watched(MIXUP, 30)) == 200


def test_a_report_may_show_the_answer_before_what_was_sent() -> None:
    failed = {"id": "resp_x", "status": "failed", "output": []}
    log = Log().server("response.done", response=failed).client("response.create")
    assert named(log.judged(view=PASTED), CREATE) == []
    again = Log().server("response.done", response=failed).client("response.create")
    assert named(again.client("response.create").judged(view=PASTED), CREATE)
    begun_there = Log().server("response.created", response={"id": "resp_x"})
    begun_there.server("response.done", response=failed).client("response.create")
    assert named(begun_there.judged(view=PASTED), CREATE)
