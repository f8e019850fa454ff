"""Who ends the turns of the user, and what happens when nobody or both do."""

from __future__ import annotations

from typing import Any

import pytest
from logs import PASTED, Log, begun, error, named, settings
from sounds import SHORT, streamed

from rtdebug.model.findings import Certainty, Finding
from rtdebug.model.records import Sender, View

BOTH = "commit-conflicts-with-vad"
MISSING = "commit-missing"
ENDLESS = "speech-never-stops"
COMMIT = "input_audio_buffer.commit"
EMPTY = error("input_audio_buffer_commit_empty", "Error committing: the buffer is empty.")
ACTIVE = error("conversation_already_has_active_response", "Already has an active response.")


def took(log: Log, id_: str = "i1") -> Log:
    """The server ends a turn."""
    return log.server("input_audio_buffer.committed", item_id=id_, previous_item_id=None)


def detecting(**more: Any) -> Log:
    return begun(turn_detection={"type": "server_vad", "create_response": True, **more})


def doubled(log: Log, **how: Any) -> list[Finding]:
    return named(log.closed().judged(**how), BOTH)


# -- two who end the turns ---------------------------------------------------------------------------


def test_two_commits_beside_turn_detection_are_one_too_many() -> None:
    log = streamed(begun(), SHORT, 3, 0.1).client(COMMIT)
    assert doubled(log) == []
    log = streamed(begun(), SHORT, 3, 0.1).client(COMMIT).client(COMMIT)
    (found,) = doubled(log.client(COMMIT))
    assert found.message == f"turn detection is on, yet the client sends {COMMIT} (events 5, 6)"
    assert found.evidence == (5, 6)
    assert found.count == 1


@pytest.mark.parametrize("said", [EMPTY, ACTIVE])
def test_one_commit_and_the_error_it_brings_are_enough(said: dict[str, Any]) -> None:
    log = begun().client(COMMIT).server("error", error=said)
    (found,) = doubled(log)
    assert found.evidence == (2, 3)
    other = begun().client(COMMIT).server("error", error=error("invalid_value", "Invalid value."))
    assert doubled(other) == []


def test_an_error_alone_is_no_conflict() -> None:
    assert doubled(begun().server("error", error=EMPTY).server("error", error=EMPTY)) == []


def test_asking_for_answers_that_come_by_themselves_doubles_them() -> None:
    log = took(begun()).client("response.create").client("response.create")
    (found,) = doubled(log)
    assert "the client sends response.create (events 3, 4)" in found.message
    log = took(begun()).client(COMMIT).client("response.create")
    (found,) = doubled(log)
    assert f"the client sends {COMMIT} and response.create (events 3, 4)" in found.message


ITEM = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}


@pytest.mark.parametrize(
    "log",
    [
        begun().client("response.create").client("response.create"),  # no turn was taken
        took(detecting(create_response=False)).client("response.create").client("response.create"),
        took(begun(vad=False)).client("response.create").client("response.create"),
        took(begun()).client("conversation.item.create", item=ITEM).client("response.create")
        .client("response.create"),
        took(begun()).client("response.create", response={"conversation": "none"})
        .client("response.create", response={"conversation": "none"}),
        took(begun()).client("response.create", response={"input": [ITEM]})
        .client("response.create", response={"input": [ITEM]}),
        took(begun().client(COMMIT)).client("response.create"),  # the turn was the client's own
    ],
    ids=["no turn", "not answered", "off", "typed", "out of band", "own input", "own turn"],
)  # fmt: skip
def test_what_the_server_does_not_answer_may_be_asked_for(log: Log) -> None:
    assert doubled(log) == []


def test_a_transcription_session_may_commit_by_hand() -> None:
    session = {**settings(), "type": "transcription", "object": "realtime.transcription_session"}
    log = Log().opened().server("session.created", session=session)
    assert doubled(log.client(COMMIT).client(COMMIT)) == []


def test_both_errors_together_show_two_owners() -> None:
    pasted = Log().server("error", error=EMPTY).server("error", error=ACTIVE)
    (found,) = doubled(pasted, view=PASTED)
    assert found.certainty is Certainty.MEDIUM
    assert found.evidence == (1, 2)
    assert "the buffer empty and a response was refused" in found.message
    off = begun(vad=False).server("error", error=EMPTY).server("error", error=ACTIVE)
    assert doubled(off) == []


def test_both_errors_at_once_are_told_with_what_the_client_sent() -> None:
    log = begun().server("error", error=EMPTY).client("response.cancel")
    log.server("error", error=ACTIVE).server("error", error=EMPTY)
    (found,) = doubled(log)
    assert found.evidence == (2, 4)
    assert found.count == 1


# -- nobody ends the turn ----------------------------------------------------------------------------


def talking(count: int = 10, every: float = 0.1, **more: Any) -> Log:
    """Appends from 0.12 s on while turn detection is off."""
    return streamed(begun(vad=False, **more), SHORT, count, every)


def test_audio_waits_for_a_commit_until_patience_is_over() -> None:
    log = talking()  # up to 1.02
    assert log.watched(MISSING, 11.01) == []
    (found,) = log.watched(MISSING, 11.03)
    assert found.at == pytest.approx(11.02)
    assert found.evidence == (2, 11)
    assert "since event 2 (the last append is event 11)" in found.message
    assert found.message.endswith("in the 10.0 s that followed")
    assert len(log.watched(MISSING, 11.03, 50, 100)) == 1


def test_audio_that_goes_on_for_half_a_minute_is_told_all_the_same() -> None:
    log = talking(400)
    (found,) = log.watched(MISSING)
    assert found.at == pytest.approx(30.12)
    assert named(talking(290).closed().judged(), MISSING) == []


def test_patience_of_the_run_counts() -> None:
    (found,) = talking().watched(MISSING, 4, 5, patience=3)
    assert found.at == pytest.approx(4.02)


@pytest.mark.parametrize("act", [COMMIT, "input_audio_buffer.clear"])
def test_audio_that_was_dealt_with_is_not_missed(act: str) -> None:
    log = talking().client(act)
    assert log.watched(MISSING, 20, 60) == []
    took(log) if act == COMMIT else log.server("input_audio_buffer.cleared")
    log = streamed(log, SHORT, 2, 0.1)  # seq 14 and 15
    (found,) = log.watched(MISSING, 20)
    assert found.evidence == (14, 15)


@pytest.mark.parametrize(
    ("log", "view"),
    [
        (streamed(begun(), SHORT, 10, 0.1), View()),  # the server ends the turns
        (streamed(Log(), SHORT, 10, 0.1), View()),  # nobody knows who does
        (talking(), View(hidden=frozenset({COMMIT}))),
        (talking(), View(senders=frozenset({Sender.SERVER}))),
        (begun(vad=False), View()),
    ],
    ids=["detected", "unknown", "hidden", "server only", "no audio"],
)
def test_a_commit_is_missed_only_where_it_is_due_and_would_show(log: Log, view: View) -> None:
    assert named(log.given_up(60).judged(view=view), MISSING) == []


def test_times_that_are_not_exact_show_silence_only_at_the_end() -> None:
    cut = View(whole=False)
    log = talking().server("rate_limits.updated", after=20.0, rate_limits=[])
    open_ended = View(whole=False, to_end=False)
    assert named(log.judged(view=open_ended), MISSING) == []
    assert len(named(log.judged(view=cut), MISSING)) == 1


@pytest.mark.parametrize(
    ("seconds", "waited", "told"),
    [(10, 0, True), (9.9, 0, False), (6, 6, True), (6, 12.1, False), (50, 60, True)],
)
def test_who_gives_up_shortens_the_patience(seconds: float, waited: float, told: bool) -> None:
    log = talking().ended(seconds, "gave-up" if waited else "finished", waited)
    assert bool(named(log.judged(), MISSING)) is told


def test_a_log_that_ends_with_audio_says_no_time() -> None:
    (found,) = named(talking().judged(), MISSING)
    assert found.message.endswith(f"never sent {COMMIT}")


def test_who_asks_while_all_is_in_the_buffer_is_told_at_once() -> None:
    log = talking().client("response.create")
    (found,) = log.watched(MISSING)
    assert found.message.endswith("before it asked for an answer with event 12")
    assert found.evidence == (2, 11, 12)
    assert len(log.client("response.create").watched(MISSING)) == 1


def test_the_settings_that_switch_detection_off_are_evidence() -> None:
    log = begun().server("session.updated", session=settings(vad=False))
    (found,) = streamed(log, SHORT, 2, 0.1).client("response.create").watched(MISSING)
    assert found.evidence == (2, 3, 4, 5)


def added(log: Log, role: str) -> Log:
    item = {**ITEM, "id": "i1", "role": role}
    return log.server("conversation.item.added", previous_item_id=None, item=item)


def test_who_has_something_else_to_answer_may_ask() -> None:
    asked = {"response": {"input": [ITEM]}}
    assert talking().client("response.create", **asked).watched(MISSING) == []
    typed = streamed(added(begun(vad=False), "user"), SHORT, 10, 0.1)
    assert typed.client("response.create").watched(MISSING) == []
    system = streamed(added(begun(vad=False), "system"), SHORT, 10, 0.1)
    assert len(system.client("response.create").watched(MISSING)) == 1


def test_a_log_that_begins_late_may_have_had_items() -> None:
    late = View(from_start=False, to_end=False)
    log = talking().client("response.create")
    assert named(log.judged(view=late), MISSING) == []


@pytest.mark.parametrize(("wanted", "told"), [(None, True), ({"type": "server_vad"}, False)])
def test_what_the_client_asks_for_counts_where_the_server_is_silent(
    wanted: Any, told: bool
) -> None:
    session = {"type": "realtime", "audio": {"input": {"turn_detection": wanted}}}
    log = streamed(Log().client("session.update", session=session), SHORT, 3, 0.1)
    assert bool(named(log.given_up(30).judged(), MISSING)) is told
    # A server that names its session decides what is in it.
    bare = {"type": "realtime", "object": "realtime.session", "id": "sess_1", "audio": {}}
    log = Log().server("session.created", session=bare).client("session.update", session=session)
    assert named(streamed(log, SHORT, 3, 0.1).given_up(30).judged(), MISSING) == []


def test_speech_shows_that_turns_are_detected() -> None:
    session = {"type": "realtime", "audio": {"input": {"turn_detection": None}}}
    log = Log().client("session.update", session=session)
    log.server("input_audio_buffer.speech_started", item_id="i1", audio_start_ms=10)
    assert named(streamed(log, SHORT, 3, 0.1).given_up(30).judged(), MISSING) == []


# -- speech without an end ---------------------------------------------------------------------------


def started(log: Log, id_: str = "i1", after: float = 0.02) -> Log:
    return log.server("input_audio_buffer.speech_started", after=after, item_id=id_,
                      audio_start_ms=10)  # fmt: skip


def test_speech_may_last_half_a_minute() -> None:
    log = started(begun())  # at 0.04
    assert log.watched(ENDLESS, 30.03) == []
    (found,) = log.watched(ENDLESS, 30.05)
    assert found.at == pytest.approx(30.04)
    assert found.message == "speech of i1 began with event 2 and had not stopped 30.0 s later"
    assert found.evidence == (2,)
    assert found.subject == "i1"
    assert len(found.causes) == 4
    assert len(log.given_up(60).watched(ENDLESS)) == 1


def test_later_speech_has_half_a_minute_of_its_own() -> None:
    log = started(begun())
    log.server("input_audio_buffer.speech_stopped", item_id="i1", audio_end_ms=90)
    log = started(log, "i2", after=20.0)  # at 20.06
    assert log.watched(ENDLESS, 31, 50) == []
    (found,) = log.watched(ENDLESS, 31, 51)
    assert found.at == pytest.approx(50.06)
    assert found.subject == "i2"
    (found,) = started(started(begun()), "i2", after=0.5).watched(ENDLESS, 31)
    assert found.at == pytest.approx(30.54)


@pytest.mark.parametrize(
    ("type_", "fields"),
    [
        ("input_audio_buffer.speech_stopped", {"item_id": "i1", "audio_end_ms": 90}),
        ("input_audio_buffer.committed", {"item_id": "i1", "previous_item_id": None}),
        ("input_audio_buffer.cleared", {}),
    ],
)
def test_speech_ends_in_three_ways(type_: str, fields: dict[str, Any]) -> None:
    log = started(begun()).server(type_, **fields)
    assert log.watched(ENDLESS, 31) == []
    assert named(log.given_up(60).judged(), ENDLESS) == []


@pytest.mark.parametrize(
    ("seconds", "waited", "told"),
    [
        (10, 0, True),
        (9.9, 0, False),
        (6, 12, True),
        (5.9, 12, False),
        (2, 2, True),  # people may finish a word, whoever gives up
        (1.9, 1.9, False),
    ],
)
def test_who_gives_up_early_lets_a_word_be_finished(
    seconds: float, waited: float, told: bool
) -> None:
    log = started(begun()).ended(seconds, "gave-up" if waited else "finished", waited)
    assert bool(named(log.judged(), ENDLESS)) is told


def test_a_log_that_stops_inside_speech_shows_it_if_nothing_follows() -> None:
    log = started(Log())
    (found,) = named(log.judged(view=PASTED), ENDLESS)
    assert found.message.endswith("and never stopped up to the end of the log")
    log.client("response.cancel")
    (found,) = named(log.judged(view=PASTED), ENDLESS)
    assert found.message.endswith("and never stopped up to the end of the log")
    log.server("rate_limits.updated", rate_limits=[])
    assert named(log.judged(view=PASTED), ENDLESS) == []
    (found,) = named(started(begun()).judged(), ENDLESS)
    assert found.message.endswith("and never stopped up to the end of the log")


def test_exact_times_show_silence_whatever_else_follows() -> None:
    log = started(begun()).server("rate_limits.updated", after=20.0, rate_limits=[])
    assert len(named(log.given_up(5).judged(), ENDLESS)) == 1


def test_speech_whose_end_is_not_logged_has_an_end() -> None:
    view = View(hidden=frozenset({"input_audio_buffer.speech_stopped"}))
    assert named(started(begun()).given_up(60).judged(view=view), ENDLESS) == []
    cut = View(whole=False)
    log = started(begun()).server("rate_limits.updated", after=40.0, rate_limits=[])
    assert named(log.judged(view=cut), ENDLESS) == []


@pytest.mark.parametrize(
    ("quiet", "words", "first"),
    [
        (1.9, ", while audio was sent up to event 12", "noise"),
        (2.1, "; the last audio was sent 2.1 s before", "the client stopped sending"),
    ],
)
def test_audio_that_stops_has_other_causes_than_audio_that_goes_on(
    quiet: float, words: str, first: str
) -> None:
    log = streamed(started(begun()), SHORT, 10, (30 - quiet) / 10)
    (found,) = log.watched(ENDLESS, 31)
    assert found.message.endswith(words)
    assert found.evidence == (2, 12)
    assert found.causes[0].text.startswith(first)
    assert len(found.causes) == 3
    assert found.causes[-1].text.startswith("silence_duration_ms")


def test_audio_of_two_seconds_ago_has_stopped() -> None:
    log = started(begun(), after=0.98)  # at 1 s
    (found,) = streamed(log, SHORT, 1, 28.0).watched(ENDLESS, 31)
    assert found.message.endswith("; the last audio was sent 2.0 s before")


def test_audio_from_before_the_speech_is_not_audio_of_it() -> None:
    (found,) = started(streamed(begun(), SHORT, 3, 0.1)).watched(ENDLESS, 31)
    assert found.message.endswith("30.0 s later")
    assert found.evidence == (4, 5)
    assert found.causes[0].text.startswith("noise")
    assert len(found.causes) == 4


# -- a turn that was taken because nothing was said --------------------------------------------------


def test_an_idle_timeout_names_the_item_and_the_time() -> None:
    log = detecting(idle_timeout_ms=6000)
    log.server("input_audio_buffer.timeout_triggered", item_id="i7", audio_start_ms=0,
               audio_end_ms=6000)  # fmt: skip
    (found,) = named(log.closed().judged(), "idle-timeout-triggered")
    assert found.message == "the server takes i7 for a turn, since nothing was said for 6000 ms"
    assert found.evidence == (2,)
    assert found.subject == "i7"
    bare = Log().server("input_audio_buffer.timeout_triggered")
    (found,) = named(bare.judged(view=PASTED), "idle-timeout-triggered")
    assert found.message == "the server takes an empty turn for a turn, since nothing was said"
    assert found.subject is None


def test_what_the_server_says_was_committed_is_not_missing_its_commit() -> None:
    for committed in (False, True):
        log = begun(vad=False).client("input_audio_buffer.append", audio="AAAA" * 400)
        log.client("response.create")
        if committed:
            log.server("input_audio_buffer.committed", item_id="i1", previous_item_id=None)
        found = [one for one in log.closed().judged() if one.name == MISSING and not one.withdrawn]
        assert bool(found) is not committed
