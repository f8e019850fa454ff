"""Names, fields and options of one age of the protocol that meet a server of another."""

from __future__ import annotations

from typing import Any

import pytest
from logs import PASTED, Log, Payload, begun, done, error, named, settings

from rtdebug.model.findings import Severity
from rtdebug.model.records import Sender, View

OPTIONS = "client-options-not-sent"
NAMES = "ga-beta-event-mix"
FIELDS = "ga-beta-field-mix"
BETA = "openai-realtime-beta"


# -- options that are said to have no effect -------------------------------------------------------


def complained(text: str, sent: Payload | None = None, *, view: View = PASTED) -> list[str | None]:
    log = Log().client("response.create", response={"metadata": {}})
    if sent is not None:
        log.client("session.update", session=sent)
    log.says(text, line=12)
    found = named(log.judged(view=view), OPTIONS)
    assert all("line 12 says" in one.message for one in found)
    return [one.subject for one in found]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("I set the voice but it has no effect", "voice"),
        ("temperature is ignored", "temperature"),
        ("it ignores my instructions", "instructions"),
        ("the speed does not change", "speed"),
        ("modalities are not applied", "output_modalities"),
        ("max tokens: never take effect", "max_response_output_tokens"),
        ("set the language, then the voice: no effect", "voice"),
        ("no effect from the voice, nor from the language", "voice"),
    ],
)
def test_an_option_that_was_never_sent_has_no_effect(text: str, field: str) -> None:
    assert complained(text) == [field]


@pytest.mark.parametrize(
    "sent",
    [{"voice": "a"}, {"audio": {"output": {"voice": "a"}}}, {"a": {"b": {"c": {"voice": 1}}}}],
)
def test_an_option_that_was_sent_is_another_matter(sent: Payload) -> None:
    assert complained("the voice has no effect", sent) == []
    assert complained("the voice has no effect", {"speed": 2}) == ["voice"]


def test_words_about_no_option_or_no_fault_are_nothing() -> None:
    assert complained("this has no effect") == []
    assert complained("the voice is wonderful") == []
    assert complained("x" * 1000 + " the voice has no effect") == []


def test_a_log_that_may_leave_settings_out_does_not_miss_them() -> None:
    servers = View(senders=frozenset({Sender.SERVER}))
    assert complained("the voice has no effect", view=servers) == []
    only = Log().server("rate_limits.updated", rate_limits=[]).says("the voice has no effect")
    assert named(only.judged(view=PASTED), OPTIONS) == []
    heard = Log().client("input_audio_buffer.append", audio="AAAA")
    heard.says("the voice has no effect")
    assert named(heard.judged(view=PASTED), OPTIONS)
    cut = Log().client("session.update").says("the voice has no effect")
    cut.records[0] = cut.records[0]._replace(whole=False)  # type: ignore[union-attr]
    assert named(cut.judged(view=PASTED), OPTIONS) == []
    whole = Log().client("session.update").says("the voice has no effect")
    assert named(whole.judged(view=PASTED), OPTIONS)


def test_each_option_is_told_once_at_its_first_line() -> None:
    log = Log().client("response.create")
    log.says("the voice has no effect", line=3).says("the voice still has no effect", line=5)
    log.says("temperature is ignored", line=7)
    found = named(log.judged(view=PASTED), OPTIONS)
    assert [one.subject for one in found] == ["voice"]
    assert (found[0].count, "line 3" in found[0].message) == (2, True)


# -- names that were retired -----------------------------------------------------------------------


def streaming(*lines: str) -> Log:
    log = begun().server("response.created", response=done("r1", status="in_progress"))
    log.server("response.output_item.added", response_id="r1", output_index=0,
               item={"id": "i1", "type": "message", "role": "assistant"})  # fmt: skip
    log.server("response.output_text.delta", response_id="r1", item_id="i1", output_index=0,
               content_index=0, delta="Hi")  # seq 4  # fmt: skip
    for number, text in enumerate(lines, 1):
        log.says(text, line=number)
    return log


def test_a_client_that_names_what_was_retired_is_told() -> None:
    (found,) = named(streaming("on('response.text.delta')").judged(), NAMES)
    assert found.evidence == (4,)
    assert found.message == (
        "the server sends response.output_text.delta, while the client (line 1) names "
        "response.text.delta"
    )


def test_a_client_without_a_handler_says_so_itself() -> None:
    log = streaming("Unhandled event: response.output_text.delta")
    (found,) = named(log.judged(), NAMES)
    assert "has no handler for response.output_text.delta" in found.message


def test_several_names_are_told_in_order_and_the_retired_first() -> None:
    log = streaming(
        "unhandled response.output_text.done", "response.text.done", "response.text.delta"
    )
    (found,) = named(log.judged(), NAMES)
    assert found.message.endswith("(line 2) names response.text.delta, response.text.done")


def test_a_client_that_knows_both_names_is_ready() -> None:
    log = streaming("case response.text.delta:", "case response.output_text.delta:")
    assert named(log.judged(), NAMES) == []
    other = streaming("case response.text.delta:", "case response.output_text.done:")
    assert named(other.judged(), NAMES)


def test_names_that_mean_nothing_are_nothing() -> None:
    assert named(streaming("response.done came").judged(), NAMES) == []
    quiet = begun().says("on('response.text.delta')")  # both ages begin with session.created
    assert named(quiet.judged(), NAMES) == []


def test_pieces_that_both_ages_call_the_same_show_nothing() -> None:
    log = begun().server("response.created", response=done("r1", status="in_progress"))
    log.server("response.function_call_arguments.delta", response_id="r1", item_id="i1",
               output_index=0, call_id="c1", delta="{")  # fmt: skip
    assert named(log.says("on('response.text.delta')").judged(), NAMES) == []


def test_an_event_of_the_new_names_that_is_no_stream_shows_them_too() -> None:
    log = begun().server("session.updated", session={}).says("transcription_session.updated", 0)
    (found,) = named(log.judged(), NAMES)
    assert found.message.startswith("the server sends session.updated, while the client names")
    assert found.evidence == ()


# -- fields that were retired ----------------------------------------------------------------------


def unknown(param: str, **more: Any) -> Payload:
    return error("unknown_parameter", f"Unknown parameter: '{param}'.", param=param, **more)


@pytest.mark.parametrize(
    ("param", "words"),
    [
        ("session.voice", "this name is session.audio.output.voice now"),
        ("session.turn_detection", "session.audio.input.turn_detection now"),
        ("response.modalities[0]", "response.output_modalities now"),
        ("session.audio", "which is how GA writes it"),
        ("session.type", "which is how GA writes it"),
    ],
)
def test_a_field_that_the_server_does_not_know_is_of_another_age(param: str, words: str) -> None:
    (found,) = named(Log().server("error", error=unknown(param)).judged(view=PASTED), FIELDS)
    assert words in found.message
    assert param.partition("[")[0] in found.message
    assert found.evidence == (1,)
    assert found.severity is Severity.ERROR


def test_a_field_of_the_new_age_is_unknown_to_an_old_server() -> None:
    old = {"id": "sess_x", "modalities": ["text"], "voice": "alloy"}
    log = Log().server("session.created", session=old)
    log.server("error", error=unknown("session.type"))
    (found,) = named(log.judged(pack="openai-realtime-beta", view=PASTED), FIELDS)
    assert found.message == (
        "the server does not know session.type, of the GA shape: here it is nothing (the beta has no "
        "session type)"
    )
    assert found.title == "The client sends a shape that this server does not speak"


def test_a_field_that_is_only_wrong_or_invented_is_of_no_age() -> None:
    for said in (
        unknown("session.mood"),
        unknown("session.voices"),
        unknown("session.types"),
        unknown("session.input_audio_transcription.enabled"),  # its parent is known, then
        unknown("session.audio.input.transcription.hints"),
        error("invalid_value", "Invalid value.", param="session.voice"),
        error("unknown_parameter", "No.", param=None),
    ):
        assert named(Log().server("error", error=said).judged(view=PASTED), FIELDS) == []
    by_code = error("unknown_parameter", "No.", param="session.voice")
    assert named(Log().server("error", error=by_code).judged(view=PASTED), FIELDS)


def test_an_update_in_the_record_is_told_by_its_own_shape() -> None:
    old = {"type": "realtime", "voice": "a"}
    log = begun().client("session.update", event_id="e1", session=old)
    log.server("error", error=unknown("session.voice", event_id="e1"))
    (found,) = named(log.judged(), FIELDS)
    assert "does not know" not in found.message
    plain = begun().client("session.update", event_id="e1", session={"speed": "a"})
    plain.records[-1] = plain.records[-1]._replace(payload={"type": "session.update",  # type: ignore[union-attr]
                                                            "event_id": "e1"})  # fmt: skip
    plain.server("error", error=unknown("session.voice", event_id="e1"))
    assert "does not know session.voice" in named(plain.judged(), FIELDS)[0].message
    other = begun().client("session.update", event_id="e1", session=old)
    other.client("session.update", event_id="e2", session={})
    other.server("error", error=unknown("session.voice", event_id="e2"))
    assert any("does not know" in one.message for one in other.watched(FIELDS))


def test_a_server_that_wants_the_new_shape_is_told_of_what_is_old() -> None:
    log = Log().client("session.update", event_id="e1", session={"voice": "a", "speed": 1})
    log.client("session.update", event_id="e2", session={"voice": "b"})
    said = error("missing_required_parameter", "Missing required parameter: 'session.type'.",
                 param="session.type", event_id="e1")  # fmt: skip
    log.server("error", error=said)
    (found,) = named(log.judged(pack=BETA, view=PASTED), FIELDS)
    assert found.evidence == (1, 3)
    assert "event 1 (session.update) has the beta shape, but the server speaks GA" in found.message
    assert "/session/voice is session.audio.output.voice now" in found.message
    new = Log().client("session.update", event_id="e1", session={"tools": []})
    new.server("error", error=said)
    assert named(new.judged(pack=BETA, view=PASTED), FIELDS) == []


def _flat_update(log: Log) -> Log:
    """A session.update of the beta: it lacks the type, before its schema comes to the fields."""
    return log.client("session.update", session={"modalities": ["text"], "voice": "alloy"})


def test_fields_of_the_beta_are_named_although_the_type_is_missing_first() -> None:
    log = _flat_update(begun())
    log.server("error", error=error("missing_required_parameter", "no type", param="session.type"))
    (found,) = named(log.judged(), "ga-beta-field-mix")
    assert "/session/modalities is session.output_modalities now" in found.message
    assert "/session/voice" in found.message
    assert found.under is None


def test_a_server_that_takes_them_speaks_them() -> None:
    log = _flat_update(begun()).server("session.updated", session=settings())
    assert named(log.judged(), "ga-beta-field-mix") == []
