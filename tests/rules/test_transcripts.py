"""The text of what the user says: whether it is on, when it comes, and that it comes at all."""

from __future__ import annotations

from typing import Any

import pytest
from logs import PASTED, Log, begun, done, named, settings

from rtdebug.model.findings import Finding
from rtdebug.model.records import Clock, Event, Sender, View

OFF, LATE, STALLED = (
    "transcription-not-enabled", "transcription-order-assumed", "transcription-stalled",
)  # fmt: skip
TEXT = "conversation.item.input_audio_transcription"
ON = {"model": "whisper-1"}


def took(log: Log, id_: Any = "i1") -> Log:
    return log.server("input_audio_buffer.committed", item_id=id_, previous_item_id=None)


def added(log: Log, id_: str = "i1", role: str = "user", kind: str = "input_audio") -> Log:
    item = {"id": id_, "type": "message", "role": role, "status": "completed",
            "content": [{"type": kind, "transcript": None}]}  # fmt: skip
    return log.server("conversation.item.added", previous_item_id=None, item=item)


def text(log: Log, id_: Any = "i1", last: str = "completed") -> Log:
    return log.server(f"{TEXT}.{last}", item_id=id_, content_index=0, transcript="Hello")


def piece(log: Log, id_: str = "i1", after: float = 0.02) -> Log:
    return log.server(f"{TEXT}.delta", after=after, item_id=id_, content_index=0, delta="He")


# -- it is off ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Where is the transcript of the user?", True),
        ("the transcription is null", True),
        ("I get no text of the user", True),
        ("what the user says should be shown as text", True),
        ("transcript saved", False),
        ("how do I hang up?", False),
    ],
)
def test_who_misses_the_text_is_told_that_it_is_off(line: str, told: bool) -> None:
    found = named(added(took(begun())).says(line, 7).judged(), OFF)
    assert len(found) == told
    for one in found:
        assert one.message.startswith("line 7 misses the text of what the user says")
        assert "so i1 and all others get none" in one.message
        assert one.evidence == (1, 3)
        assert one.subject == "i1"


def line_up_to(words: str, end: int) -> str:
    """A line with those words up to that character."""
    return words.rjust(end, ".")


@pytest.mark.parametrize(("end", "told"), [(1000, True), (1001, False)])
def test_of_a_long_line_the_first_thousand_characters_are_read(end: int, told: bool) -> None:
    log = added(took(begun())).says(line_up_to("no transcri", end))
    assert bool(named(log.judged(), OFF)) is told
    assert bool(late(text(answer(took(begun()))), line_up_to("too slow transcri", end))) is told


def test_the_first_who_misses_it_is_named() -> None:
    log = added(took(begun())).says("no transcript", 7).says("no transcript at all", 9)
    (found,) = named(log.says("thanks", 10).judged(), OFF)
    assert found.message.startswith("line 7 misses")


def test_the_latest_settings_are_its_evidence() -> None:
    log = begun().server("session.updated", session=settings())
    (found,) = named(added(took(log)).says("no transcript").judged(), OFF)
    assert found.evidence == (2, 4)


@pytest.mark.parametrize(
    "log",
    [
        added(took(begun(transcription=ON))),
        added(took(Log())),
        added(begun(), kind="input_text"),
        added(begun(), role="assistant", kind="output_audio"),
        begun(),
        text(added(took(begun()))),
    ],
    ids=["on", "unknown", "typed", "assistant", "no turn", "came all the same"],
)
def test_a_text_that_could_not_be_missing_is_not(log: Log) -> None:
    assert named(log.says("no transcript").judged(), OFF) == []


def test_the_first_turn_of_the_user_is_named() -> None:
    log = added(added(begun(), "a0", "assistant", "output_audio"), "t1", kind="input_text")
    (found,) = named(added(took(log, "i2"), "i2").says("no transcript").judged(), OFF)
    assert found.subject == "i2"


# -- it comes later than the answer ------------------------------------------------------------------


def answer(log: Log, id_: str = "r1") -> Log:
    return log.server("response.done", response=done(id_))


def late(
    log: Log, line: str = "the transcript comes after the answer", **how: Any
) -> list[Finding]:
    return named(log.says(line, 4).judged(**how), LATE)


def test_who_wonders_at_a_late_text_is_told_that_it_may_be() -> None:
    (found,) = late(text(answer(took(begun()))))
    assert found.message == (
        "the transcript of i1 (event 4) came after the answer was done (event 3); line 4 takes "
        "that for a fault"
    )
    assert found.evidence == (3, 4)
    assert found.subject == "i1"


@pytest.mark.parametrize(
    "log",
    [
        answer(text(took(begun()))),
        text(answer(took(begun())), "i2"),
        text(took(answer(begun()))),
        answer(took(begun())),
    ],
    ids=["before", "of another", "asked after", "never"],
)
def test_a_text_that_is_in_time_is_no_proof(log: Log) -> None:
    assert late(log) == []


def test_an_order_that_nobody_wonders_at_is_not_told() -> None:
    assert late(text(answer(took(begun()))), "the line is bad") == []


def test_the_first_late_text_and_the_first_remark_are_told() -> None:
    log = answer(took(took(begun()), "i2"))
    log = text(text(log), "i2").says("transcript too late", 2)
    (found,) = late(log)
    assert "of i1 (event 5)" in found.message
    assert "line 2 takes" in found.message


def test_each_answer_is_to_the_turns_before_it() -> None:
    log = answer(took(answer(took(begun()), "r1"), "i2"), "r2")
    (found,) = late(text(log, "i1"))
    assert found.evidence == (3, 6)
    (found,) = late(text(log, "i2"))  # two texts now: the first of them is told
    assert found.evidence == (3, 6)


def test_a_turn_without_an_id_has_no_subject() -> None:
    log = answer(Log().server("input_audio_buffer.committed"))
    log.server(f"{TEXT}.completed", transcript="Hello")
    (found,) = late(log, view=PASTED)
    assert found.message.startswith("the transcript of a turn (event 3)")
    assert found.subject is None


# -- it never comes ----------------------------------------------------------------------------------


def waiting(**of_session: Any) -> Log:
    """A committed turn (event 2, at 0.04) while transcription is on."""
    return took(begun(transcription=ON, **of_session))


def test_a_text_may_take_ten_seconds() -> None:
    assert waiting().watched(STALLED, 10.03) == []
    (found,) = waiting().watched(STALLED, 10.05)
    assert found.at == pytest.approx(10.04)
    assert found.evidence == (2,)
    assert found.subject == "i1"
    assert found.message == (
        f"i1 was committed with event 2, transcription is on, and neither {TEXT}.completed nor its "
        "failed came in the 10.0 s that followed"
    )


def test_each_piece_of_it_gives_it_ten_seconds_more() -> None:
    log = piece(piece(waiting()), after=4.0)  # at 4.06
    assert log.watched(STALLED, 10.05, 14.05) == []
    (found,) = log.watched(STALLED, 10.05, 14.07)
    assert found.at == pytest.approx(14.06)
    assert found.evidence == (2, 4)
    assert "2 pieces of its text came up to event 4, and neither" in found.message


def test_pieces_from_before_the_commit_do_not_shorten_it() -> None:
    log = piece(begun(transcription=ON))
    log.server("input_audio_buffer.committed", after=3.0, item_id="i1", previous_item_id=None)
    assert log.watched(STALLED, 13.03) == []
    assert len(log.watched(STALLED, 13.05)) == 1


@pytest.mark.parametrize("last", ["completed", "failed"])
def test_either_end_of_it_ends_the_wait(last: str) -> None:
    assert text(waiting(), last=last).watched(STALLED, 60) == []
    assert len(text(waiting(), "i2", last).watched(STALLED, 60)) == 1


@pytest.mark.parametrize(
    "log",
    [
        took(begun()),
        took(Log()),
        took(text(begun(transcription=ON))),
        took(begun(transcription=ON), None),
    ],
    ids=["off", "unknown", "came before", "no id"],
)
def test_a_text_that_is_not_to_come_is_not_missed(log: Log) -> None:
    assert log.watched(STALLED, 60) == []


def test_a_text_that_has_begun_shows_that_it_is_on() -> None:
    assert len(piece(took(Log())).watched(STALLED, 60)) == 1


def test_a_text_is_not_missed_any_more_once_it_is_switched_off() -> None:
    log = waiting().server("session.updated", session=settings())
    assert log.watched(STALLED, 60) == []


@pytest.mark.parametrize(
    ("seconds", "waited", "told"),
    [
        (10, 0, True),
        (9.9, 0, False),
        (6, 12, True),
        (5.9, 12, False),
        (3, 3, True),  # a text is there within three seconds as a rule
        (2.9, 2.9, False),
    ],
)
def test_who_gives_up_early_gives_it_three_seconds(
    seconds: float, waited: float, told: bool
) -> None:
    log = waiting().ended(seconds, "gave-up" if waited else "finished", waited)
    assert bool(named(log.judged(), STALLED)) is told


def test_a_record_that_ends_with_the_turn_is_too_short_unless_it_has_no_times() -> None:
    assert named(waiting().judged(), STALLED) == []
    assert len(named(waiting().judged(view=View(clock=Clock.NONE)), STALLED)) == 1
    clients = View(clock=Clock.NONE, senders=frozenset({Sender.CLIENT}))
    assert named(waiting().judged(view=clients), STALLED) == []


def test_a_turn_that_is_shortened_is_waited_for_all_the_same() -> None:
    log = begun(transcription=ON)
    payload = {"type": "input_audio_buffer.committed", "item_id": "i1"}
    log.records.append(Event(2, 0.04, Sender.SERVER, payload["type"], payload, 100, None, False))
    assert len(log.watched(STALLED, 10.05)) == 1
