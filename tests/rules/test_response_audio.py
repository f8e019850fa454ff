"""The audio of responses: its length, its words, and what comes in its place."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import pytest
from logs import PASTED, URL, Log, Payload, begun, done, named, settings

from rtdebug.model.records import View

SHORTER = "audio-shorter-than-transcript"
OVERLAP = "overlapping-audio-responses"
NO_TRANSCRIPT = "audio-without-transcript"
NO_AUDIO = "transcript-without-audio"
NO_DELTAS = "output-deltas-missing"
INSTEAD = "text-instead-of-audio"
AT_MS = 48  # bytes


def usage(audio_tokens: int | None) -> Payload:
    details: Payload = {"text_tokens": 1}
    if audio_tokens is not None:
        details["audio_tokens"] = audio_tokens
    return {"total_tokens": 1, "input_tokens": 0, "output_tokens": 1,
            "output_token_details": details}  # fmt: skip


class Answer:
    """One response with a message, written event by event."""

    def __init__(self, log: Log, id_: str = "r1", *, kind: str = "audio", **created: Any) -> None:
        self.log, self.id, self.item = log, id_, f"item_{id_}"
        self.kind = kind
        self.where: Payload = {"response_id": id_, "output_index": 0}
        self.inside: Payload = {**self.where, "item_id": self.item, "content_index": 0}
        body = {"id": self.item, "type": "message", "role": "assistant", "content": []}
        log.server("response.created", response={**done(id_, status="in_progress"), **created})
        log.server("response.output_item.added", **self.where, item=body)
        log.server("response.content_part.added", **self.inside, part={"type": kind})

    def sound(self, *bytes_: int) -> Answer:
        for size in bytes_:
            delta = base64.b64encode(bytes(size)).decode()
            self.log.server("response.output_audio.delta", **self.inside, delta=delta)
        return self

    def words(self, text: str) -> Answer:
        base = "response.output_audio_transcript"
        self.log.server(f"{base}.delta", **self.inside, delta=text)
        self.log.server(f"{base}.done", **self.inside, transcript=text)
        return self

    def done(self, output: Sequence[Payload] | None = None, **more: Any) -> Log:
        item = {"id": self.item, "type": "message", "role": "assistant", "status": "completed",
                "content": [{"type": f"output_{self.kind}"}]}  # fmt: skip
        self.log.server("response.output_item.done", **self.where, item=item)
        body = done(self.id, [item] if output is None else output)
        return self.log.server("response.done", response={**body, **more})


def spoken(*ms: float, words: str = "Hi", tokens: int | None = None, log: Log | None = None,
           **created: Any) -> Log:  # fmt: skip
    answer = Answer(log or begun(), **created).sound(*(int(one * AT_MS) for one in ms))
    return answer.words(words).done(usage=usage(tokens))


# -- audio that is shorter than its tokens or its words --------------------------------------------


@pytest.mark.parametrize(
    ("ms", "tokens", "short"),
    [
        (3749, 100, True), (3750, 100, False), (5000, 100, False),
        (1000, 40, True), (1001, 40, False), (900, 20, False), (3000, None, False),
    ],
)  # fmt: skip
def test_a_quarter_and_a_second_less_than_its_tokens_are_missing(
    ms: int, tokens: int | None, short: bool
) -> None:
    found = named(spoken(ms, tokens=tokens).judged(), SHORTER)
    assert bool(found) is short
    if short:
        assert f"r1 has {ms} ms of audio in 1 deltas" in found[0].message
        assert f"{tokens} audio tokens stand for {(tokens or 0) * 50} ms" in found[0].message
        assert found[0].evidence == (2, 5, 9)


@pytest.mark.parametrize(
    ("ms", "characters", "short"),
    [(833, 40, True), (834, 40, False), (100, 39, False), (1499, 60, True), (1501, 60, False)],
)
def test_thirty_characters_a_second_are_the_most_that_is_said(
    ms: int, characters: int, short: bool
) -> None:
    found = named(spoken(ms, words="x" * characters).judged(), SHORTER)
    assert bool(found) is short
    if short:
        least = f"{characters / 30 * 1000:.0f}"
        assert f"of {characters} characters takes at least {least} ms" in found[0].message


def test_stand_ins_of_a_shortened_log_are_no_audio() -> None:
    assert named(spoken(9.9, 9.9, tokens=100).judged(), SHORTER) == []
    assert named(spoken(10, 10, tokens=100).judged(), SHORTER)
    assert named(spoken(tokens=100).judged(), SHORTER) == []


def test_the_format_of_the_response_counts_its_bytes() -> None:
    law: Payload = {"audio": {"output": {"format": {"type": "audio/pcmu"}}}}
    assert named(spoken(1000, tokens=100, **law).judged(), SHORTER) == []
    pcm: Payload = {"audio": {"output": {"format": {"type": "audio/pcm", "rate": 24000}}}}
    assert named(spoken(1000, tokens=100, **pcm).judged(), SHORTER)
    unknown: Payload = {"audio": {"output": {"format": {"type": "audio/opus"}}}}
    assert named(spoken(1000, tokens=100, **unknown).judged(), SHORTER) == []


@pytest.mark.parametrize("asked", [{"audio": {"output": {}}}, {"output_audio_format": "x"}])
def test_a_format_that_was_asked_for_and_not_confirmed_is_unknown(asked: Payload) -> None:
    log = begun().client("response.create", response=asked)
    assert named(spoken(1000, tokens=100, log=log).judged(), SHORTER) == []
    plain = begun().client("response.create", response={"instructions": "Go on."})
    assert named(spoken(1000, tokens=100, log=plain).judged(), SHORTER)
    bare = begun().client("response.create")
    assert named(spoken(1000, tokens=100, log=bare).judged(), SHORTER)


def test_a_log_that_starts_late_may_have_another_format() -> None:
    late = View(from_start=False)
    log = Log().client("input_audio_buffer.append", audio="AAAA")
    assert named(spoken(1000, tokens=100, log=log).judged(view=late), SHORTER) == []
    assert named(spoken(1000, tokens=100).judged(view=late), SHORTER)


def test_the_session_without_a_format_has_the_usual_one() -> None:
    session = {**settings(), "audio": {}}
    log = Log().opened().server("session.created", session=session)
    assert named(spoken(1000, tokens=100, log=log).judged(), SHORTER)


def test_what_a_record_cannot_show_is_not_short() -> None:
    call = Log().opened(f"{URL}&call_id=rtc_1").server("session.created", session=settings())
    assert named(spoken(1000, tokens=100, log=call).judged(), SHORTER) == []
    hidden = View(hidden=frozenset({"response.output_audio.*"}))
    assert named(spoken(1000, tokens=100).judged(view=hidden), SHORTER) == []
    assert named(spoken(1000, tokens=100).judged(view=PASTED), SHORTER) == []
    cut = Answer(begun()).sound(48000).done(status="cancelled", usage=usage(100))
    assert named(cut.judged(), SHORTER) == []
    media = begun().server("output_audio_buffer.started", response_id="r1")
    assert named(spoken(1000, tokens=100, log=media).judged(), SHORTER) == []


# -- two voices at once ----------------------------------------------------------------------------


def beside(id_: str, log: Log, **more: Any) -> Answer:
    return Answer(log, id_, conversation_id=None, **more)


def test_two_that_sound_at_once_are_told_with_their_places() -> None:
    log = begun()
    first = Answer(log).sound(960)  # 5
    second = beside("r2", log).sound(960)  # 9
    first.sound(960)  # 10
    second.sound(960)  # 11
    first.done()
    (found,) = named(log.judged(), OVERLAP)
    assert (found.subject, found.evidence) == ("r1", (5, 9, 10, 11))
    assert "r1 (events 5 to 10) and r2 (events 9 to 11)" in found.message
    second.done()
    assert [one.count for one in named(log.judged(), OVERLAP)] == [1]


def test_one_within_the_other_counts_and_one_after_the_other_does_not() -> None:
    log = begun()
    outer, inner = Answer(log).sound(960), beside("r2", log)
    inner.sound(960).done()
    outer.sound(960).done()
    assert [one.subject for one in named(log.judged(), OVERLAP)] == ["r1"]
    log = begun()
    first, second = Answer(log), beside("r2", log)
    first.sound(960, 960)
    second.sound(960, 960).done()
    first.done()
    assert named(log.judged(), OVERLAP) == []


def test_one_that_is_silent_overlaps_nothing() -> None:
    log = begun()
    first, second = Answer(log).sound(960), beside("r2", log).words("Hm")
    log.server("response.output_audio.done", **second.inside)
    first.sound(960).done()
    second.done()
    assert named(log.judged(), OVERLAP) == []


def test_one_that_is_silent_hides_no_other() -> None:
    log = begun()
    beside("r0", log)
    first, second = beside("r1", log).sound(960), beside("r2", log).sound(960)
    first.sound(960).done()
    second.done()
    assert [one.subject for one in log.watched(OVERLAP)] == ["r1"]


def test_one_that_ended_some_responses_ago_is_remembered() -> None:
    log = begun()
    long, brief = Answer(log).sound(960), beside("r2", log).sound(960)
    brief.done()
    log.server("response.done", response=done("r3", conversation_id=None))
    long.sound(960).done()
    assert [one.evidence for one in log.watched(OVERLAP)] == [(5, 9, 13)]


def test_a_flood_of_voices_is_told_a_hundred_times_and_no_more() -> None:
    log = begun()
    voices = [beside(f"r{number}", log).sound(960) for number in range(16)]
    for voice in voices:
        voice.sound(960)
    for voice in voices:
        voice.done()
    assert len(log.watched(OVERLAP)) == 100


# -- audio without words, and words without audio --------------------------------------------------


def test_audio_without_a_transcript_is_told_with_its_part() -> None:
    log = Answer(begun()).sound(960, 960).done()
    (found,) = named(log.judged(), NO_TRANSCRIPT)
    assert "part 0 of item_r1 has 2 audio deltas" in found.message
    assert found.evidence == (5, 6, 8)


def test_audio_with_words_or_without_any_delta_is_none() -> None:
    assert named(Answer(begun()).sound(960).words("Hi").done().judged(), NO_TRANSCRIPT) == []
    empty = Answer(begun())
    empty.log.server("response.output_audio.done", **empty.inside)
    assert named(empty.done().judged(), NO_TRANSCRIPT) == []


@pytest.mark.parametrize(
    "view",
    [
        PASTED,
        View(hidden=frozenset({"response.output_audio_transcript.delta"})),
        View(hidden=frozenset({"response.output_audio_transcript.done"})),
    ],
)
def test_a_log_that_may_leave_transcripts_out_does_not_miss_them(view: View) -> None:
    log = Answer(begun()).sound(960).done()
    assert named(log.judged(view=view), NO_TRANSCRIPT) == []


def test_an_answer_that_was_cut_or_began_before_the_log_may_lack_words() -> None:
    cut = Answer(begun()).sound(960).done(status="cancelled")
    assert named(cut.judged(), NO_TRANSCRIPT) == []
    late = Answer(Log()).sound(960).done()
    del late.records[0]
    assert named(late.judged(view=View(from_start=False)), NO_TRANSCRIPT) == []


def test_a_transcript_without_audio_is_told_with_its_length() -> None:
    log = Answer(begun()).words("Hello").done()
    (found,) = named(log.judged(), NO_AUDIO)
    assert "r1 has a transcript of 5 characters" in found.message
    assert found.evidence == (2, 8)


def test_audio_that_goes_elsewhere_is_not_missed() -> None:
    assert named(Answer(begun()).words("Hi").sound(960).done().judged(), NO_AUDIO) == []
    call = Log().opened(f"{URL}&call_id=rtc_1").server("session.created", session=settings())
    assert named(Answer(call).words("Hi").done().judged(), NO_AUDIO) == []
    hidden = View(hidden=frozenset({"*.delta"}))
    assert named(Answer(begun()).words("Hi").done().judged(view=hidden), NO_AUDIO) == []
    assert named(Answer(begun()).words("Hi").done().judged(view=PASTED), NO_AUDIO) == []
    cut = Answer(begun()).words("Hi").done(status="cancelled")
    assert named(cut.judged(), NO_AUDIO) == []
    silent = Answer(begun())
    silent.log.server("response.output_audio_transcript.done", **silent.inside, transcript="Hi")
    assert named(silent.done().judged(), NO_AUDIO) == []


@pytest.mark.parametrize("role", ["committed", "speech_started"])
def test_a_log_without_the_users_audio_leaves_the_models_out_as_well(role: str) -> None:
    log = begun().server(f"input_audio_buffer.{role}", item_id="a", audio_start_ms=0)
    assert named(Answer(log).words("Hi").done().judged(), NO_AUDIO) == []
    shown = begun().client("input_audio_buffer.append", audio="AAAA")
    shown.server(f"input_audio_buffer.{role}", item_id="a", audio_start_ms=0)
    assert named(Answer(shown).words("Hi").done().judged(), NO_AUDIO)


# -- output that comes in one piece ----------------------------------------------------------------


def whole(log: Log, output: Sequence[Payload] | None, **more: Any) -> Log:
    log.server("response.created", response=done("r1", status="in_progress"))
    return log.server("response.done", response={**done("r1"), "output": output, **more})


MESSAGE = {"id": "i1", "type": "message", "content": [{"type": "output_text", "text": "Hi"}]}
SPOKEN = {"id": "i1", "type": "message", "content": [{"type": "output_audio", "transcript": "Hi"}]}
CALL = {"id": "i1", "type": "function_call", "name": "f", "arguments": "{}"}
APPROVAL = {**CALL, "type": "mcp_approval_request"}


@pytest.mark.parametrize(
    ("output", "missing"),
    [
        ([MESSAGE], True), ([SPOKEN], True), ([CALL], True), ([APPROVAL], False), ([], False),
        (None, False), ([{**CALL, "arguments": ""}], False), ([{**MESSAGE, "content": []}], False),
        ([{**MESSAGE, "content": [{"type": "output_text", "text": ""}]}], False),
        ([APPROVAL, MESSAGE], True), ([{**MESSAGE, "content": "Hi"}], False),
        ([{**MESSAGE, "content": ["Hi"]}], False),
    ],
)  # fmt: skip
def test_output_without_a_delta_is_told(output: list[Payload] | None, missing: bool) -> None:
    found = named(whole(begun(), output).judged(), NO_DELTAS)
    assert bool(found) is missing
    if missing:
        assert "r1 completed with output in i1" in found[0].message
        assert found[0].evidence == (2, 3)


def test_output_that_was_cut_or_is_hidden_is_not() -> None:
    assert named(whole(begun(), [MESSAGE], status="cancelled").judged(), NO_DELTAS) == []
    assert named(whole(begun(), [MESSAGE]).judged(view=PASTED), NO_DELTAS) == []
    late = Log().server("response.done", response=done("r1", [MESSAGE]))
    assert named(late.judged(view=View(from_start=False)), NO_DELTAS) == []


def test_a_spoken_part_with_words_and_without_sound_lacks_its_deltas() -> None:
    (found,) = named(Answer(begun()).words("Hello").done().judged(), NO_DELTAS)
    assert "audio part of item_r1 has a transcript of 5 characters" in found.message
    second = Answer(begun(), kind="text")
    second.inside["content_index"] = 1
    second.log.server("response.content_part.added", **second.inside, part={"type": "audio"})
    assert named(second.words("Hello").done().judged(), NO_DELTAS)
    call = Log().opened(f"{URL}&call_id=rtc_1").server("session.created", session=settings())
    assert named(Answer(call).words("Hello").done().judged(), NO_DELTAS) == []
    heard = Answer(begun()).sound(960).words("Hello").done()
    assert named(heard.judged(), NO_DELTAS) == []
    assert named(Answer(begun(), kind="text").words("Hello").done().judged(), NO_DELTAS) == []
    assert named(Answer(begun()).sound(960).done().judged(), NO_DELTAS) == []


# -- text where audio was asked for ----------------------------------------------------------------


def written(log: Log, *, output: Sequence[Payload] | None = None, **more: Any) -> Log:
    return Answer(log, kind="text").done(output, **more)


def test_text_in_place_of_audio_is_told_with_what_it_cost() -> None:
    (found,) = named(written(begun(), usage=usage(0)).judged(), INSTEAD)
    assert "r1 was to come as audio, but its content is of type text" in found.message
    assert found.message.endswith("with 0 audio tokens")
    assert found.evidence == (2, 6)
    (found,) = named(written(begun(), usage=usage(None)).judged(), INSTEAD)
    assert found.message.endswith("of type text")
    assert named(written(begun(), usage=usage(3)).judged(), INSTEAD) == []


def test_the_request_says_what_was_asked_for_before_the_session_does() -> None:
    text = begun().client("response.create", response={"output_modalities": ["text"]})
    assert named(written(text).judged(), INSTEAD) == []
    both = begun().client("response.create", response={"modalities": ["audio", "text"]})
    (found,) = named(written(both).judged(), INSTEAD)
    assert "as audio and text" in found.message
    typed = begun().client("session.update", session={"output_modalities": ["text"]})
    assert named(written(typed).judged(), INSTEAD) == []
    plain = begun().client("response.create")
    assert named(written(plain).judged(), INSTEAD)


def test_audio_that_came_is_what_was_asked_for() -> None:
    assert named(spoken(1000).judged(), INSTEAD) == []
    mixed = Answer(begun(), kind="text").sound(960).done()
    assert named(mixed.judged(), INSTEAD) == []


def test_a_log_without_parts_shows_the_types_of_the_finished_items() -> None:
    (found,) = named(whole(begun(), [MESSAGE, CALL]).judged(), INSTEAD)
    assert "of type output_text" in found.message
    assert named(whole(begun(), [SPOKEN]).judged(), INSTEAD) == []
    assert named(whole(begun(), [CALL]).judged(), INSTEAD) == []
    broken = {**MESSAGE, "content": ["Hi", {}]}
    assert named(whole(begun(), [broken]).judged(), INSTEAD) == []


def test_a_log_that_starts_inside_takes_the_last_request() -> None:
    late = View(from_start=False, to_end=False)
    log = Log().client("response.create", response={"output_modalities": ["audio"]})
    log.server("response.done", response=done("r1", [MESSAGE], output_modalities=["text"]))
    (found,) = named(log.judged(view=late), INSTEAD)
    assert found.evidence == (2,)
