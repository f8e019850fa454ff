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
LOUD, QUIET = pcm(20), bytes(960)
UNTIMED = View(clock=Clock.NONE)


# -- nothing is heard --------------------------------------------------------------------------------


def unheard(log: Log, **how: Any) -> list[Finding]:
    return named(log.closed().judged(**how), NEVER)


def test_loud_audio_is_told_when_patience_is_over() -> None:
    log = streamed(begun(), LOUD, 110, 0.1)  # from 0.12 on
    (found,) = log.watched(NEVER)
    assert found.at == pytest.approx(10.12)
    assert found.severity is Severity.ERROR
    assert found.evidence[0] == 2
    assert "appends of audio over 10.0 s (events 2 to" in found.message or (
        "appends of audio over 9.9 s (events 2 to" in found.message
    )
    assert "although turn detection is on; 9 of 9 appends that were looked at" in found.message
    assert len(log.watched(NEVER, 40, 80)) == 1


@pytest.mark.parametrize(("count", "told"), [(96, True), (95, False)])
def test_the_latest_append_may_be_half_a_second_old(count: int, told: bool) -> None:
    log = streamed(begun(), LOUD, count, 0.1002)  # each a little late: 95 of them last 9.42 s
    assert bool(log.watched(NEVER, 10.13)) is told


@pytest.mark.parametrize(
    ("loud", "quiet", "every", "told"),
    [
        (3, 5, 0.1, True),
        (2, 6, 0.1, False),
        (3, 5, 0.08, True),
        (3, 5, 0.0701, True),  # three of ten that are looked at
        (3, 5, 0.0501, False),  # of eleven
    ],
)
def test_silence_between_words_is_patience_of_the_user(
    loud: int, quiet: int, every: float, told: bool
) -> None:
    chunks = [*[LOUD] * loud, *[QUIET] * (quiet + 252)]
    assert bool(appended(begun(), chunks, every).watched(NEVER, 10.15)) is told


@pytest.mark.parametrize(("loud", "told"), [(2, False), (3, True)])
def test_two_loud_appends_may_be_clicks(loud: int, told: bool) -> None:
    log = appended(begun(), [*[LOUD] * loud, *[QUIET] * (6 - loud)], 1.95)
    assert bool(log.watched(NEVER, 12)) is told


def test_it_is_looked_at_again_while_audio_goes_on() -> None:
    log = appended(begun(), [*[QUIET] * 10, *[LOUD] * 300], 0.1)
    (found,) = log.watched(NEVER)
    assert found.at == pytest.approx(30.12)  # the fourth loud one that is looked at is the 256th


def test_a_second_of_loud_audio_and_then_nothing_for_as_long_as_patience_is_told_once() -> None:
    log = appended(begun(), [LOUD] * 80, 0.1)
    assert log.watched(NEVER, 18) == []  # the last of it was at 8.0 s
    (found,) = log.watched(NEVER, 20.2, 60)
    assert "of it loud" in found.message
    assert "nothing came in the" in found.message


def test_only_a_machines_own_record_is_judged_while_it_runs() -> None:
    log = streamed(begun(), LOUD, 110, 0.1)
    assert named(log.judged(view=View(whole=False, to_end=False)), NEVER) == []
    assert len(named(log.judged(view=View(whole=False)), NEVER)) == 1


@pytest.mark.parametrize(
    ("chunk", "count", "told"),
    [(LOUD, 32, True), (LOUD, 30, False), (QUIET, 102, True), (QUIET, 100, False)],
)
def test_three_seconds_are_enough_at_the_end_and_ten_of_silence(
    chunk: bytes, count: int, told: bool
) -> None:
    assert bool(unheard(streamed(begun(), chunk, count, 0.1))) is told
    assert bool(named(streamed(begun(), chunk, count, 0.1).given_up(1).judged(), NEVER)) is told


def test_silence_is_a_warning_that_says_so() -> None:
    (found,) = unheard(streamed(begun(), QUIET, 102, 0.1))
    assert found.severity is Severity.WARNING
    assert found.message.endswith("; all 9 appends that were looked at are silence")
    assert [one.text.split()[0] for one in found.causes] == ["what", "the", "the"]
    assert "silence" in found.causes[0].text
    assert "threshold" in found.causes[2].text


def test_a_few_sounds_in_silence_are_counted() -> None:
    (found,) = unheard(appended(begun(), [LOUD, *[QUIET] * 2, *[SHORT] * 40], 0.1))
    assert found.message.endswith("; 1 of 3 appends that were looked at hold sound")
    (found,) = unheard(appended(begun(), [LOUD] * 2 + [SHORT] * 40, 0.1))
    assert found.message.endswith("although turn detection is on")


def test_the_bytes_tell_which_cause_comes_first() -> None:
    (fits,) = unheard(streamed(begun(), LOUD, 40, 0.1))
    assert "threshold" in fits.causes[0].text
    assert len(fits.causes) == 3
    (wrong,) = unheard(streamed(begun(), floats(20), 40, 0.1))
    assert "32-bit floats" in wrong.causes[0].text
    assert len(wrong.causes) == 5
    (unknown,) = unheard(streamed(begun(), SHORT, 40, 0.1))
    assert "the bytes are not what is declared" in unknown.causes[0].text
    assert len(unknown.causes) == 4


@pytest.mark.parametrize(
    ("chunk", "count", "told"),
    [
        (bytes(4800), 30, True),  # 3,000 ms of 24 kHz PCM
        (bytes(4800), 29, False),
        (SHORT, 100, True),
        (SHORT, 99, False),
    ],
)
def test_without_times_bytes_count_or_else_many_appends(
    chunk: bytes, count: int, told: bool
) -> None:
    chunks = [chunk] * count
    chunks[:3] = [pcm(100)] * 3 if chunk != SHORT else chunks[:3]
    found = unheard(appended(begun(), chunks), view=UNTIMED)
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
    assert unheard(streamed(answered(begun()), LOUD, 97, 0.1)) == []
    assert len(unheard(streamed(answered(begun()), LOUD, 102, 0.1))) == 1
    during = answered(streamed(begun(), LOUD, 40, 0.1), after=20.0)
    assert unheard(streamed(during, LOUD, 97, 0.1)) == []


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
