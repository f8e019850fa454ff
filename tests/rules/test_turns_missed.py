"""Turns that should have been taken, answered or begun, and the time there is for each."""

from __future__ import annotations

import pytest
from logs import PASTED, Log, Payload, begun, done, error, named, settings

from rtdebug.model.records import Clock, Sender, View

ASK = "no-response-create"
START = "no-session-created"
VAD_OFF = "vad-create-response-off"
COMMIT = "speech-not-committed"
CREATED = {"type": "server_vad", "create_response": False}


def text(id_: str = "m1", role: str = "user", type_: str = "input_text") -> Payload:
    return {"id": id_, "type": "message", "role": role, "content": [{"type": type_, "text": "Hi"}]}


def said(log: Log, id_: str = "m1") -> Log:
    return log.client("conversation.item.create", item=text(id_))


# -- something to answer, and no response asked for ------------------------------------------------


def test_a_text_that_nobody_asks_about_is_told_when_patience_is_over() -> None:
    log = said(begun())  # at 0.04
    assert log.watched(ASK, 10.03) == []
    (found,) = log.watched(ASK, 10.04)
    assert found.evidence == (2,)
    assert "event 2 (conversation.item.create)" in found.message
    assert "in the 10.0 s that followed" in found.message
    assert log.watched(ASK, 10.04, 40, 100) == [found]


def test_the_time_runs_from_the_last_thing_that_was_said() -> None:
    log = said(begun())
    log.client("conversation.item.create", item=text("m2"), after=6.0)
    (found,) = log.watched(ASK, 10.5, 16.04)
    assert found.evidence == (3,)
    assert found.at == pytest.approx(16.04)


@pytest.mark.parametrize(
    ("role", "fields"),
    [
        ("response.created", {"response": done("r1")}),
        ("input_audio_buffer.speech_started", {"item_id": "s", "audio_start_ms": 1}),
    ],
)
def test_what_the_server_begins_by_itself_ends_the_wait(role: str, fields: Payload) -> None:
    assert said(begun()).server(role, **fields).watched(ASK, 20) == []


def test_who_asks_late_asked_after_all() -> None:
    log = said(begun()).client("response.create", after=15.0)
    log.server("response.created", response=done("r1"))
    log.server("response.done", response=done("r1"))
    assert log.watched(ASK) != []
    assert named(log.ended(1).judged(), ASK) == []


def test_speech_that_begins_later_takes_nothing_back() -> None:
    log = said(begun())
    log.server("input_audio_buffer.speech_started", item_id="s", audio_start_ms=1, after=15.0)
    assert named(log.ended(1).judged(), ASK)


def test_a_text_that_was_refused_is_nothing_to_answer() -> None:
    log = begun().client("conversation.item.create", event_id="e1", item=text())
    log.server("error", error=error("invalid_value", "Invalid value.", event_id="e1"))
    assert log.watched(ASK, 20) == []


def test_an_error_about_something_else_leaves_the_text_unanswered() -> None:
    log = said(begun()).client("input_audio_buffer.clear", event_id="e2")
    log.server("error", error=error("invalid_value", "Invalid value.", event_id="e2"))
    assert log.watched(ASK, 20)
    log = begun().client("conversation.item.create", event_id="e1", item=text())
    log.client("conversation.item.create", event_id="e2", item=text("m2", "system"))
    log.server("error", error=error("invalid_value", "Invalid value.", event_id="e2"))
    assert log.watched(ASK, 20)


def test_what_is_no_turn_of_the_user_needs_no_answer() -> None:
    for item in (text(role="system"), {"type": "function_call_output", "call_id": "c",
                                       "output": "5"}):  # fmt: skip
        assert begun().client("conversation.item.create", item=item).watched(ASK, 20) == []


def test_a_text_that_comes_while_the_model_speaks_waits_for_nothing() -> None:
    log = begun().client("response.create").server("response.created", response=done("r1"))
    assert said(log).watched(ASK, 30) == []


def test_a_commit_by_hand_wants_an_answer_and_one_of_the_server_none() -> None:
    by_hand = begun(vad=False).server("input_audio_buffer.committed", item_id="a")
    assert by_hand.watched(ASK, 20)[0].evidence == (2,)
    by_server = begun().server("input_audio_buffer.committed", item_id="a")
    assert by_server.watched(ASK, 20) == []


def test_a_transcription_session_never_answers() -> None:
    log = Log().opened().server("session.created", session={"type": "transcription"})
    log.server("input_audio_buffer.committed", item_id="a")
    assert said(log).watched(ASK, 20) == []


def test_what_a_log_shows_of_the_server_alone_is_a_text_as_well() -> None:
    servers = View(senders=frozenset({Sender.SERVER}))
    log = begun().server("conversation.item.added", item=text())
    found = log.given_up(30).watched(ASK)
    assert [one.evidence for one in found] == [(2,)]
    late = View(from_start=False, senders=servers.senders)
    assert named(log.judged(view=late), ASK) == []
    spoken = begun().server("conversation.item.added", item=text(type_="input_audio"))
    assert spoken.watched(ASK, 30) == []


def test_the_echo_of_a_text_does_not_begin_the_wait_anew() -> None:
    log = said(begun())
    log.server("conversation.item.added", item=text(), after=4.0)
    log.server("conversation.item.created", item=text("m9"), after=1.0)
    (found,) = log.watched(ASK, 30)
    assert found.evidence == (2,)
    assert found.at == pytest.approx(10.04)


@pytest.mark.parametrize(("after", "found"), [(2.1, True), (1.9, False)])
def test_who_gave_up_made_it_count_after_half_of_that_time(after: float, found: bool) -> None:
    log = said(begun()).ended(after, "gave-up", 4.2)
    assert bool(named(log.judged(), ASK)) is found


def test_a_log_by_hand_shows_it_where_the_client_is_logged() -> None:
    log = said(Log(step=0))
    (found,) = named(log.judged(view=PASTED), ASK)
    assert found.message.endswith("never sent response.create")
    heard = Log(step=0).server("session.created", session=settings(vad=False))
    heard.server("input_audio_buffer.committed", item_id="a")
    assert named(heard.judged(view=PASTED), ASK) == []


# -- a socket without a session --------------------------------------------------------------------


def test_a_session_must_begin_within_five_seconds() -> None:
    log = Log().opened()
    assert log.watched(START, 4.99) == []
    (found,) = log.watched(START, 5.0)
    assert "open for 5.0 s without session.created" in found.message
    assert found.evidence == ()
    assert log.watched(START, 5.0, 10, 60) == [found]


def test_what_the_client_has_sent_meanwhile_is_told() -> None:
    log = Log().opened().client("session.update", session={})
    (found,) = log.watched(START, 6)
    assert "although the client has sent session.update (event 1)" in found.message
    assert found.evidence == (1,)


def test_who_gives_up_first_counts_from_the_opening() -> None:
    late = Log()
    late.client("session.update", session={}, after=1.0)
    late.records.clear()
    late.opened().ended(3.0, "gave-up", 4.0)
    (found,) = late.watched(START)
    assert "3.0 s" in found.message
    assert Log().opened().ended(1.9, "gave-up", 4.0).watched(START) == []
    assert Log().opened().ended(2.0, "gave-up", 4.0).watched(START)
    assert len(Log().opened().ended(7.0, "gave-up", 7.0).watched(START)) == 1


def test_any_word_of_the_server_or_a_close_ends_the_wait() -> None:
    spoke = Log().opened().server("rate_limits.updated", rate_limits=[])
    assert spoke.ended(9, "gave-up", 9).watched(START, 20) == []
    gone = Log().opened().closed(1.0, 1006, by=Sender.SERVER)
    assert gone.watched(START, 20) == []
    assert Log().ended(9, "gave-up", 9).watched(START) == []


def test_the_control_channel_of_a_call_announces_no_session() -> None:
    log = Log().opened("wss://api.example.com/v1/realtime?call_id=rtc_1")
    assert log.watched(START, 20) == []


def test_a_log_that_begins_late_may_have_missed_it() -> None:
    log = Log().opened().ended(9, "gave-up", 9)
    assert named(log.judged(view=View(from_start=False)), START) == []
    assert named(log.judged(), START)


# -- turns that are taken and not answered ---------------------------------------------------------


def left_to_the_client(**more: object) -> Payload:
    session = {**settings(), **more}
    session["audio"]["input"]["turn_detection"] = CREATED
    return session


def without_answers(**more: object) -> Log:
    return Log().opened().server("session.created", session=left_to_the_client(**more))


def test_a_turn_that_is_left_to_the_client_is_told_after_ten_seconds() -> None:
    log = without_answers().server("input_audio_buffer.committed", item_id="a")  # at 0.04
    assert log.watched(VAD_OFF, 10.03) == []
    (found,) = log.watched(VAD_OFF, 10.04)
    assert found.subject == "a"
    assert found.evidence == (2,)
    assert "in the 10.0 s that followed" in found.message


def test_each_turn_has_its_own_time() -> None:
    log = without_answers().server("input_audio_buffer.committed", item_id="a")
    log.server("input_audio_buffer.committed", item_id="b", after=4.0)  # at 4.04
    assert [one.subject for one in log.watched(VAD_OFF, 10.1, 14.0)] == ["a"]
    assert [one.subject for one in log.watched(VAD_OFF, 10.1, 14.04)] == ["a", "b"]


def test_the_update_that_switched_answers_off_is_evidence() -> None:
    log = begun().server("session.updated", session=left_to_the_client())
    log.server("input_audio_buffer.committed", item_id=None)
    (found,) = log.watched(VAD_OFF, 11)
    assert found.evidence == (2, 3)
    assert found.subject == "event 3"


def test_turns_that_the_server_answers_or_nobody_should_are_none() -> None:
    assert begun().server("input_audio_buffer.committed", item_id="a").watched(VAD_OFF, 30) == []
    by_hand = begun(vad=False).server("input_audio_buffer.committed", item_id="a")
    assert by_hand.watched(VAD_OFF, 30) == []
    only = without_answers(type="transcription")
    assert only.server("input_audio_buffer.committed", item_id="a").watched(VAD_OFF, 30) == []
    busy = without_answers().server("response.created", response=done("r1"))
    assert busy.server("input_audio_buffer.committed", item_id="a").watched(VAD_OFF, 30) == []


def test_who_goes_on_speaking_or_asks_has_had_the_turn() -> None:
    for role, by in (
        ("input_audio_buffer.speech_started", "server"),
        ("response.create", "client"),
    ):
        log = without_answers().server("input_audio_buffer.committed", item_id="a")
        getattr(log, by)(role)
        assert log.watched(VAD_OFF, 30) == []


def test_a_log_without_the_clients_side_shows_no_missing_request() -> None:
    log = without_answers().server("input_audio_buffer.committed", item_id="a").given_up(30)
    servers = View(senders=frozenset({Sender.SERVER}))
    assert named(log.judged(view=servers), VAD_OFF) == []


def test_what_a_log_is_known_to_leave_out_is_not_missed() -> None:
    hidden = View(hidden=frozenset({"response.*", "*.committed"}))
    log = without_answers().server("input_audio_buffer.committed", item_id="a").given_up(30)
    assert named(log.judged(view=hidden), VAD_OFF) == []
    assert named(spoken(begun()).given_up(30).judged(view=hidden), COMMIT) == []
    assert named(said(begun()).given_up(30).judged(view=hidden), ASK) == []


# -- speech that is never committed ----------------------------------------------------------------


def spoken(log: Log, id_: str | None = "s1") -> Log:
    log.server("input_audio_buffer.speech_started", item_id=id_, audio_start_ms=0)
    return log.server("input_audio_buffer.speech_stopped", item_id=id_, audio_end_ms=900)


def test_speech_that_is_not_committed_is_told_after_ten_seconds() -> None:
    log = spoken(begun())  # stopped at 0.06
    assert log.watched(COMMIT, 10.05) == []
    (found,) = log.watched(COMMIT, 10.06)
    assert (found.subject, found.evidence) == ("s1", (3,))
    assert "speech of s1 ended with event 3" in found.message


def test_a_second_stop_does_not_begin_the_wait_anew() -> None:
    log = spoken(begun())
    log.server("input_audio_buffer.speech_stopped", item_id="s1", audio_end_ms=950, after=4.0)
    assert [one.evidence for one in log.watched(COMMIT, 10.06)] == [(3,)]


@pytest.mark.parametrize("role", ["committed", "cleared", "speech_started"])
def test_what_uses_the_audio_up_ends_the_wait(role: str) -> None:
    log = spoken(begun()).server(f"input_audio_buffer.{role}", item_id="s1")
    assert log.watched(COMMIT, 30) == []


def test_speech_of_another_item_does_not_excuse_the_first() -> None:
    log = spoken(begun()).server("input_audio_buffer.speech_started", item_id="s2")
    assert [one.subject for one in log.watched(COMMIT, 30)] == ["s1"]


def test_a_turn_that_ends_without_speech_is_committed_too() -> None:
    log = begun().server("input_audio_buffer.timeout_triggered", item_id="t1", audio_start_ms=0,
                         audio_end_ms=900)  # fmt: skip
    assert log.watched(COMMIT, 30)
    assert spoken(begun(), None).watched(COMMIT, 30)[0].subject == "speech"


def test_without_turn_detection_nobody_commits_by_itself() -> None:
    assert spoken(begun(vad=False)).watched(COMMIT, 30) == []


def test_a_log_with_whole_seconds_misses_what_it_logs_elsewhere() -> None:
    seconds = View(clock=Clock.SECONDS, to_end=False)
    log = spoken(begun())
    log.server("rate_limits.updated", rate_limits=[], after=11.0)
    assert named(log.judged(view=seconds), COMMIT) == []
    known = spoken(begun().server("input_audio_buffer.committed", item_id="s0"))
    known.server("rate_limits.updated", rate_limits=[], after=11.0)
    (found,) = named(known.judged(view=seconds), COMMIT)
    assert "in the 11 s or so that followed" in found.message
    soon = spoken(begun().server("input_audio_buffer.committed", item_id="s0"))
    soon.server("rate_limits.updated", rate_limits=[], after=9.0)
    assert named(soon.judged(view=seconds), COMMIT) == []
    none = View(clock=Clock.NONE, to_end=False)
    assert named(known.judged(view=none), COMMIT) == []


def test_a_log_without_times_shows_it_at_its_end() -> None:
    (found,) = named(spoken(begun()).judged(view=PASTED), COMMIT)
    assert found.message.endswith("no commit came up to the end of the log")
