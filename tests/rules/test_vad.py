"""Turn detection that hears nothing, or hears what is no turn of the user."""

from __future__ import annotations

from typing import Any

import pytest
from logs import Log, begun, done, named
from sounds import SHORT, appended, encoded, floats, pcm, streamed

from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Clock, View

NEVER = "vad-never-triggered"
FALSE = "vad-false-triggers"
LOUD, QUIET = pcm(100), bytes(4800)
UNTIMED = View(clock=Clock.NONE)


# -- nothing is heard --------------------------------------------------------------------------------


def unheard(log: Log, **how: Any) -> list[Finding]:
    return named(log.closed().judged(**how), NEVER)


def test_a_second_of_loud_audio_is_told_when_patience_is_over() -> None:
    log = streamed(begun(), LOUD, 160, 0.1)  # from 0.12 on
    (found,) = log.watched(NEVER)
    assert 10.9 <= found.at <= 11.2
    assert found.severity is Severity.ERROR
    assert found.evidence[0] == 2
    assert "louder than -45 dBFS (events 2 to" in found.message
    assert len(log.watched(NEVER, 40, 80)) == 1


@pytest.mark.parametrize(("loud", "told"), [(0, False), (4, False), (12, True)])
def test_less_than_a_second_is_patience_of_the_user(loud: int, told: bool) -> None:
    chunks = [*[LOUD] * loud, *[QUIET] * (200 - loud)]
    assert bool(appended(begun(), chunks, 0.1).watched(NEVER, 30)) is told


def test_clicks_in_silence_are_no_speech() -> None:
    chunks = [LOUD if number % 150 == 0 else QUIET for number in range(300)]
    assert appended(begun(), chunks, 0.1).watched(NEVER, 40) == []


def test_it_is_looked_at_again_while_audio_goes_on() -> None:
    log = appended(begun(), [*[QUIET] * 100, *[LOUD] * 200], 0.1)
    (found,) = log.watched(NEVER, 40)
    assert 20.5 <= found.at <= 23.2


def test_nothing_after_it_for_as_long_as_patience_is_told_once() -> None:
    log = appended(begun(), [LOUD] * 20, 0.1)
    assert log.watched(NEVER, 10.5) == []
    (found,) = log.watched(NEVER, 11.3, 60)
    assert "nothing came in 10.0 s" in found.message


def test_only_a_machines_own_record_is_judged_while_it_runs() -> None:
    log = streamed(begun(), LOUD, 110, 0.1)
    assert named(log.judged(view=View(whole=False, to_end=False)), NEVER) == []
    assert len(named(log.judged(view=View(whole=False)), NEVER)) == 1


@pytest.mark.parametrize(
    ("chunk", "count", "after", "told"),
    [
        (LOUD, 40, 12.0, True),
        (LOUD, 40, 5.0, False),
        (QUIET, 300, 12.0, False),
        (SHORT, 32, 0.02, True),  # audio that is left out has its time alone
        (SHORT, 30, 0.02, False),
    ],
)
def test_the_end_is_a_time_to_look(chunk: bytes, count: int, after: float, told: bool) -> None:
    log = streamed(begun(), chunk, count, 0.1).closed(after=after)
    assert bool(named(log.judged(), NEVER)) is told


def test_half_of_a_wait_that_was_given_up_is_silence() -> None:
    log = streamed(begun(), LOUD, 30, 0.1)
    assert len(named(log.given_up(10).judged(), NEVER)) == 1


def test_the_bytes_tell_which_cause_comes_first() -> None:
    (fits,) = unheard(streamed(begun(), LOUD, 120, 0.1))
    assert "no turn detection of its own" in fits.causes[0].text
    (wrong,) = unheard(streamed(begun(), floats(100), 120, 0.1))
    assert "32-bit floats" in wrong.causes[0].text
    (unknown,) = unheard(streamed(begun(), SHORT, 40, 0.1))
    assert "the bytes are not what is declared" in unknown.causes[0].text


@pytest.mark.parametrize(
    ("chunk", "count", "told"),
    [
        (LOUD, 30, True),  # 3,000 ms of 24 kHz PCM
        (LOUD, 29, False),
        (SHORT, 100, True),
        (SHORT, 99, False),
    ],
)
def test_without_times_bytes_count_or_else_many_appends(
    chunk: bytes, count: int, told: bool
) -> None:
    found = unheard(streamed(begun(), chunk, count, 0.02), view=UNTIMED)
    assert bool(found) is told
    assert all(f"{count} appends of audio (events 2 to" in one.message for one in found)


@pytest.mark.parametrize(
    "log",
    [
        begun(vad=False),
        Log(),
        begun().server("input_audio_buffer.speech_started", item_id="i", audio_start_ms=0),
        begun().server("input_audio_buffer.committed", item_id="i", previous_item_id=None),
        begun().server("response.created", response=done("r1", status="in_progress")),
    ],
    ids=["off", "unknown", "heard", "committed", "answered"],
)
def test_what_shows_that_all_is_well_is_no_fault(log: Log) -> None:
    assert unheard(streamed(log, LOUD, 40, 0.1)) == []


def test_a_log_without_speech_events_misses_none() -> None:
    view = View(hidden=frozenset({"input_audio_buffer.speech_*"}))
    assert unheard(streamed(begun(), LOUD, 40, 0.1), view=view) == []


def test_speech_that_comes_at_last_is_no_fault_before_it() -> None:
    log = streamed(begun(), LOUD, 40, 0.1)
    log.server("input_audio_buffer.speech_started", item_id="i", audio_start_ms=0)
    assert streamed(log, LOUD, 200, 0.1).watched(NEVER) == []


def answered(log: Log, after: float = 0.02) -> Log:
    """A response that the client asked for."""
    log.client("response.create").server("response.created", response=done("r1"))
    return log.server("response.done", after=after, response=done("r1"))


def test_who_listens_to_the_model_need_not_speak() -> None:
    assert unheard(streamed(answered(begun()), SHORT, 97, 0.1)) == []
    assert len(unheard(streamed(answered(begun()), SHORT, 102, 0.1))) == 1
    for count, told in ((97, False), (102, True)):
        during = answered(streamed(begun(), LOUD, 20, 0.1), after=20.0)
        assert bool(unheard(streamed(during, LOUD, count, 0.1))) is told


def typed(log: Log, role: str = "user", kind: str = "input_text") -> Log:
    field = {"input_text": {"text": "Hi"}, "input_audio": {"audio": encoded(QUIET)}}[kind]
    item = {"id": "m1", "type": "message", "role": role, "content": [{"type": kind, **field}]}
    log.client("conversation.item.create", item=item)
    return log.server("conversation.item.added", previous_item_id=None, item=item)


@pytest.mark.parametrize(
    ("log", "chunk", "told"),
    [
        (answered(typed(begun())), SHORT, False),
        (answered(typed(begun())), LOUD, True),
        (typed(begun()), SHORT, True),
        (answered(begun()), SHORT, True),
        (answered(typed(begun(), "system")), SHORT, True),
        (answered(typed(begun(), "user", "input_audio")), SHORT, True),
    ],
    ids=["types", "types and talks", "no answer", "nothing typed", "system", "audio item"],
)
def test_who_types_may_have_nothing_to_say(log: Log, chunk: bytes, told: bool) -> None:
    assert bool(unheard(streamed(log, chunk, 110, 0.1))) is told


def test_text_that_the_server_puts_there_is_not_typed() -> None:
    item = {"id": "m1", "type": "message", "role": "user",
            "content": [{"type": "input_text", "text": "Hi"}]}  # fmt: skip
    log = begun().server("conversation.item.added", previous_item_id=None, item=item)
    assert len(unheard(streamed(answered(log), SHORT, 110, 0.1))) == 1


# -- what is heard is no turn ------------------------------------------------------------------------


class Talk:
    """Answers that are broken off by speech, one after the other."""

    def __init__(self, *, transcribed: bool = False) -> None:
        self.log = begun(transcription={"model": "whisper-1"} if transcribed else None)
        self._number = 0

    def said(self, text: str) -> Talk:
        """What the model says."""
        self.log.server("response.output_audio_transcript.done", response_id="r", item_id="m",
                        output_index=0, content_index=0, transcript=text)  # fmt: skip
        return self

    def done(self, status: str = "cancelled", reason: str | None = None, **more: Any) -> Talk:
        self._number += 1
        details = {"type": status, "reason": reason} if reason else None
        body = done(f"r{self._number}", status=status, status_details=details, **more)
        self.log.server("response.created", response={**body, "status": "in_progress"})
        self.log.server("response.done", response=body)
        return self

    def spoke(self, item: str) -> Talk:
        self.log.server("input_audio_buffer.speech_started", item_id=item, audio_start_ms=1)
        return self

    def cut(self, item: str | None = None, *, heard: str | None = None, **more: Any) -> Talk:
        """Speech breaks an answer off; ``heard`` is the text of it."""
        id_ = item or f"i{self._number + 1}"
        self.spoke(id_).done("cancelled", "turn_detected", **more)
        return self if heard is None else self.heard(id_, heard)

    def heard(self, id_: str, text: str) -> Talk:
        type_ = "conversation.item.input_audio_transcription.completed"
        self.log.server(type_, item_id=id_, content_index=0, transcript=text)
        return self

    def found(self) -> list[Finding]:
        return named(self.log.closed().judged(), FALSE)


def test_three_in_a_row_are_told() -> None:
    assert Talk().cut().cut().found() == []
    (found,) = Talk().cut().cut().cut().cut().found()
    assert found.message == "3 responses in a row were cancelled by speech"
    assert found.evidence == (2, 4, 5, 7, 8, 10)
    assert found.at == pytest.approx(0.2)
    assert found.count == 1


def test_an_answer_that_is_heard_to_its_end_begins_the_row_anew() -> None:
    assert Talk().cut().cut().done("completed").cut().cut().found() == []


@pytest.mark.parametrize(
    ("status", "reason"), [("cancelled", "client_cancelled"), ("failed", None), ("failed", "x")]
)
def test_other_ends_neither_count_nor_begin_it_anew(status: str, reason: str | None) -> None:
    assert Talk().cut().cut().spoke("i3").done(status, reason).found() == []
    assert len(Talk().cut().cut().done(status, reason).cut().found()) == 1


def test_an_incomplete_answer_of_that_reason_is_not_cancelled() -> None:
    talk = Talk().cut().cut().spoke("i3").done("incomplete", "turn_detected")
    assert talk.found() == []


def test_answers_beside_the_conversation_do_not_count() -> None:
    assert Talk().cut().cut().cut(conversation_id=None).found() == []
    assert len(Talk().cut().cut().done("completed", conversation_id=None).cut().found()) == 1


def test_one_stretch_of_speech_counts_once() -> None:
    assert Talk().cut("a").cut("b").cut("b").found() == []


def test_without_speech_events_each_response_counts() -> None:
    talk = Talk()
    for _ in range(3):
        talk.done("cancelled", "turn_detected")
    (found,) = talk.found()
    assert found.evidence == (3, 5, 7)


def test_where_texts_come_they_decide() -> None:
    talk = Talk(transcribed=True)
    assert talk.cut(heard="What time is it?").cut(heard="").cut(heard=" ... ").found() == []
    (found,) = talk.cut(heard="").cut(heard="").found()
    assert found.message == (
        "3 responses in a row were cancelled by speech that has no text, or the assistant's own "
        "words"
    )
    assert found.count == 1


def test_its_evidence_are_those_that_were_no_turns() -> None:
    talk = Talk(transcribed=True).cut("a").cut("b").cut("c").cut("d")
    (found,) = talk.heard("a", "").heard("b", "").heard("c", "").found()
    assert found.evidence == (2, 4, 5, 7, 8, 10)


def test_texts_that_never_come_count_at_the_end() -> None:
    (found,) = Talk(transcribed=True).cut().cut().cut().cut().found()
    assert found.message == "4 responses in a row were cancelled by speech"
    assert found.evidence == (5, 7, 8, 10, 11, 13)
    assert found.at == pytest.approx(0.22)
    assert Talk(transcribed=True).cut().cut().found() == []


def test_a_text_of_what_broke_nothing_off_is_nothing() -> None:
    talk = Talk(transcribed=True).cut(heard="").cut(heard="")
    assert talk.heard("other", "").found() == []
    assert talk.heard("other", "Good morning").found() == []


@pytest.mark.parametrize(
    ("heard", "echo"),
    [
        ("one two three four five six seven eight nine ten", True),
        ("one two three four five six seven a b c", True),
        ("one two three four five six a b c d", False),
        ("ONE, TWO!", True),
        ("one", False),  # a single word may be anybody's
    ],
)
def test_what_the_model_said_itself_is_its_echo(heard: str, echo: bool) -> None:
    talk = Talk(transcribed=True).said("One two three four five six seven eight nine ten.")
    for _ in range(3):
        talk.cut(heard=heard)
    assert bool(talk.found()) is echo


@pytest.mark.parametrize(("since", "echo"), [(3, True), (4, False)])
def test_the_last_four_answers_may_echo(since: int, echo: bool) -> None:
    talk = Talk(transcribed=True).said("The train leaves at nine.")
    for number in range(since):
        talk.said(f"Answer {number}")
    for _ in range(3):
        talk.cut(heard="train leaves")
    assert bool(talk.found()) is echo


def test_one_real_turn_is_taken_out_of_the_row() -> None:
    talk = Talk(transcribed=True).cut("a").cut("b").cut("c").cut("d")
    talk.heard("b", "Stop, please").heard("a", "").heard("c", "")
    assert len(talk.found()) == 1  # a, c and d, whose text never came
    talk.heard("d", "Yes, do")
    assert talk.found() == []
