"""The other ways in which a finding shows itself, and what must not be taken for it."""

from __future__ import annotations

import struct

import pytest
from logs import PASTED, Log, Payload, begun, call, done, error, named
from sounds import encoded, pcm, streamed, tone

from rtdebug.engine.session import Session
from rtdebug.model.findings import Severity
from rtdebug.model.records import Clock, Sender, View
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

# -- what the client sends, held until the server has spoken ---------------------------------------


def test_a_mistake_that_the_server_takes_is_none() -> None:
    item = {"type": "message", "role": "user", "content": [{"type": "text", "text": "Hi"}]}
    log = begun().client("conversation.item.create", item={**item, "id": "m1"})
    log.server("conversation.item.added", previous_item_id=None, item={**item, "id": "m1"})
    assert named(log.closed(8).judged(), "wrong-content-type-for-role") == []


def test_a_mistake_that_the_server_names_too_is_one_finding() -> None:
    item = {"type": "message", "role": "user", "content": [{"type": "text", "text": "Hi"}]}
    log = begun().client("conversation.item.create", event_id="e1", item=item)
    said = error("invalid_value", "Invalid value: 'text'.", param="item.content[0].type")
    log.server("error", error={**said, "event_id": "e1"})
    (found,) = named(log.closed(8).judged(), "wrong-content-type-for-role")
    assert found.count == 1
    assert found.evidence == (2, 3)


def test_text_under_the_name_of_its_type_is_found() -> None:
    content = [{"type": "input_text", "input_text": "Hi"}]
    item = {"type": "message", "role": "user", "content": content}
    log = begun().client("conversation.item.create", item=item)
    assert named(log.given_up(6).judged(), "wrong-content-type-for-role")


def test_an_id_may_be_used_again_after_it_was_refused() -> None:
    item = {"id": "m1", "type": "message", "role": "user",
            "content": [{"type": "input_text", "text": "Hi"}]}  # fmt: skip
    log = begun().client("conversation.item.create", event_id="e1", item=item)
    log.server("error", error=error("invalid_value", "Invalid value.", event_id="e1"))
    log.client("conversation.item.create", event_id="e2", item=item)
    assert named(log.given_up(6).judged(), "duplicate-item-id") == []


def test_an_output_in_the_input_of_a_response_needs_its_call_beside_it() -> None:
    output = {"type": "function_call_output", "call_id": "c1", "output": "5"}
    alone = begun().client("response.create", response={"input": [output]})
    assert named(alone.given_up(6).judged(), "tool-call-id-unknown")
    both = begun().client("response.create", response={"input": [call("c1"), output]})
    assert named(both.given_up(6).judged(), "tool-call-id-unknown") == []


def test_a_log_that_starts_late_knows_no_unknown_ids() -> None:
    item = {"type": "function_call_output", "call_id": "c1", "output": "5"}
    log = Log().client("conversation.item.create", previous_item_id="m7", item=item)
    late = View(from_start=False)
    found = {one.name for one in log.given_up(6).judged(view=late)}
    assert not found & {"tool-call-id-unknown", "unknown-previous-item-id"}


# -- the shape of the protocol -----------------------------------------------------------------------


def test_ga_fields_refused_by_a_beta_server_are_a_mix() -> None:
    said = error("unknown_parameter", "Unknown parameter: 'session.type'.", param="session.type")
    (found,) = named(Log().server("error", error=said).judged(view=PASTED), "ga-beta-field-mix")
    assert "beta" in found.causes[0].text


def test_a_server_that_wants_a_session_type_speaks_ga() -> None:
    log = Log().client("session.update", session={"modalities": ["text"], "voice": "alloy"})
    message = "Missing required parameter: 'session.type'."
    log.server("error", error=error("missing_required_parameter", message, param="session.type"))
    (found,) = named(log.judged(view=PASTED, pack="openai-realtime-beta"), "ga-beta-field-mix")
    assert found.evidence == (1, 2)


def test_the_event_and_the_error_it_brings_are_one_mix() -> None:
    log = begun().client("session.update", event_id="e1",
                         session={"type": "realtime", "modalities": ["text"]})  # fmt: skip
    message = "Unknown parameter: 'session.modalities'."
    said = error("unknown_parameter", message, param="session.modalities", event_id="e1")
    (found,) = named(log.server("error", error=said).closed().judged(), "ga-beta-field-mix")
    assert found.count == 1


def test_a_dialled_azure_url_may_stand_in_a_traceback() -> None:
    url = "https://res.openai.azure.com/openai/v1/realtime?api-version=2024-10-01&model=rt"
    log = Log().says(f"url=URL('{url}')").refused("401, message='Invalid response status'", 401)
    findings = log.judged(view=PASTED)
    assert findings[0].name == "azure-endpoint-mismatch"
    assert [one.under for one in findings[1:]] == ["azure-endpoint-mismatch"]


def test_a_right_azure_url_is_no_mismatch() -> None:
    url = "https://res.openai.azure.com/openai/realtime?api-version=2024-10-01&deployment=rt"
    log = Log().says(f"url=URL('{url}')").refused("401, message='Invalid response status'", 401)
    assert named(log.judged(view=PASTED), "azure-endpoint-mismatch") == []


# -- the bytes of the audio ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chunk", "words"),
    [
        (pcm(20, ">"), "wrong order"),
        (struct.pack("<480f", *(one / 32768 for one in tone(20))), "32-bit floats"),
        (bytes(128 + one // 256 for one in tone(40)), "8-bit"),
        (encoded(pcm(40)).encode(), "base64 text again"),
    ],
)
def test_bytes_of_another_kind_are_recognised(chunk: bytes, words: str) -> None:
    log = streamed(begun(), chunk, 10, 0.02)
    (found,) = named(log.closed().judged(), "audio-format-mismatch")
    assert words in found.message


def test_a_wav_header_is_named_where_its_rate_differs() -> None:
    def wav(rate: int) -> bytes:
        chunk = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36, b"WAVE", b"fmt ", 16, 1, 1, rate,
                            rate * 2, 2, 16, b"data", 0)  # fmt: skip
        return chunk + pcm(20)

    for rate, wrong in ((16000, True), (24000, False)):
        log = begun().client("input_audio_buffer.append", audio=encoded(wav(rate)))
        found = named(streamed(log, pcm(20), 10, 0.02).closed().judged(), "audio-format-mismatch")
        assert bool(found) is wrong


def test_audio_at_the_pace_of_another_rate_is_found() -> None:
    log = streamed(begun(), bytes(640), 300, 0.02)  # 32 bytes a millisecond: 16 kHz
    (found,) = named(log.closed().judged(), "audio-format-mismatch")
    assert "16 kHz" in found.message


def test_short_stand_ins_for_audio_prove_nothing_of_its_length() -> None:
    log = streamed(begun(), b"\0\0\1\0\2\0", 300, 0.02)
    assert named(log.closed().judged(), "audio-format-mismatch") == []


def test_a_server_whose_time_runs_slow_hears_another_rate() -> None:
    log = begun()
    for number in range(4):
        streamed(log, b"\0\0\1\0\2\0", 40, 0.1)
        start = round((number + 1) * 4000 / 6)
        log.server("input_audio_buffer.speech_started", after=0.0, audio_start_ms=start,
                   item_id=f"item_{number}")  # fmt: skip
        log.server("input_audio_buffer.speech_stopped", after=0.0, audio_end_ms=start + 90,
                   item_id=f"item_{number}")  # fmt: skip
    (found,) = named(log.closed().judged(), "audio-format-mismatch")
    assert "G.711" in found.message


def test_silence_that_is_sent_is_told_as_such() -> None:
    log = streamed(begun(), bytes(4800), 120, 0.1)
    found = log.closed().judged()
    assert named(found, "vad-never-triggered") == []
    (zero,) = named(found, "audio-all-zero")
    assert "digital silence" in zero.message


def test_loud_audio_without_speech_is_told_before_the_end() -> None:
    log = streamed(begun(), pcm(100), 130, 0.1)
    session = Session(load_pack(), RULES)
    live = [one for record in log.records for one in session.observe(record)]
    assert [one.name for one in live] == ["vad-never-triggered"]


def test_who_types_beside_an_open_microphone_is_not_unheard() -> None:
    item = {"id": "m1", "type": "message", "role": "user",
            "content": [{"type": "input_text", "text": "Hi"}]}  # fmt: skip
    log = begun().client("conversation.item.create", item=item)
    log.server("conversation.item.added", previous_item_id=None, item=item)
    log.client("response.create").server("response.created", response=done("r1"))
    log.server("response.done", response=done("r1"))
    log = streamed(log, b"\0\0\1\0\2\0", 200, 0.1)
    assert named(log.closed().judged(), "vad-never-triggered") == []


def test_an_answer_asked_for_before_any_commit_is_told_at_once() -> None:
    log = streamed(begun(vad=False), b"\0\0", 3, 0.1).client("response.create")
    (found,) = named(log.closed().judged(), "commit-missing")
    assert found.evidence[-1] == 5


# -- silence counts where it is known ----------------------------------------------------------------


def test_a_pasted_log_shows_silence_only_at_its_end() -> None:
    log = Log().server("response.created", response=done("r1", status="in_progress"))
    log.server("response.done", response=done("r1", [call("c1")]))
    later = {"id": "r2", **done("r2")}
    open_ended = View(clock=Clock.NONE, from_start=False, to_end=False)
    assert named(log.judged(view=open_ended), "tool-output-missing") == []
    assert named(log.judged(view=PASTED), "tool-output-missing")
    log.server("response.created", response=later).server("response.done", response=later)
    assert named(log.judged(view=PASTED), "tool-output-missing") == []


def test_a_log_without_the_clients_side_does_not_miss_its_answers() -> None:
    servers = View(senders=frozenset({Sender.SERVER}))
    log = Log().server("response.done", response=done("r1", [call("c1")])).given_up(20)
    assert named(log.judged(view=servers), "tool-output-missing") == []


def test_an_approval_that_nobody_gives_is_missed() -> None:
    item = {"id": "mcpr_1", "type": "mcp_approval_request", "server_label": "s", "name": "f",
            "arguments": "{}"}  # fmt: skip
    log = begun().server("conversation.item.done", previous_item_id=None, item=item)
    (found,) = named(log.closed(20).judged(), "mcp-tools-failed")
    assert "approval" in found.title


def test_transcript_deltas_that_stop_are_missed_without_a_known_session() -> None:
    log = Log().server("input_audio_buffer.committed", item_id="i1", previous_item_id=None)
    type_ = "conversation.item.input_audio_transcription.delta"
    log.server(type_, item_id="i1", content_index=0, delta="so")
    (found,) = named(log.judged(view=PASTED), "transcription-stalled")
    assert found.evidence == (1, 2)


# -- what depends on how it ended -----------------------------------------------------------------------


@pytest.mark.parametrize(("status", "severity"), [("cancelled", "info"), ("incomplete", "error")])
def test_a_call_that_was_cut_is_as_bad_as_its_cause(status: str, severity: str) -> None:
    item = {**call("c1", '{"a'), "status": "incomplete"}
    log = begun().client("response.create")
    log.server("response.created", response=done("r1", status="in_progress"))
    added = {**item, "status": "in_progress", "arguments": ""}
    log.server("response.output_item.added", response_id="r1", output_index=0, item=added)
    log.server("response.output_item.done", response_id="r1", output_index=0, item=item)
    log.server("response.done", response=done("r1", [item], status=status))
    (found,) = named(log.closed().judged(), "tool-arguments-invalid-json")
    assert found.severity == severity


def test_an_out_of_band_answer_from_few_tokens_had_no_context() -> None:
    def usage(tokens: int) -> Payload:
        return {"total_tokens": tokens + 5, "input_tokens": tokens, "output_tokens": 5}

    for tokens, missing in ((20, True), (290, False)):
        log = begun().client("response.create")
        log.server("response.created", response=done("r1"))
        log.server("response.done", response=done("r1", usage=usage(300)))
        log.client("response.create", response={"conversation": "none", "instructions": "Sum up."})
        log.server("response.created", response=done("r2", conversation_id=None))
        log.server("response.done", response=done("r2", conversation_id=None, usage=usage(tokens)))
        found = named(log.closed().judged(), "out-of-band-context-missing")
        assert bool(found) is missing


def test_a_limit_that_shrinks_every_turn_is_told_before_it_is_low() -> None:
    log = begun()
    for left in (30000, 24000, 17000, 9000):
        row = {"name": "tokens", "limit": 40000, "remaining": left, "reset_seconds": 1.0}
        log.server("rate_limits.updated", rate_limits=[row])
    (found,) = named(log.closed().judged(), "rate-limit-low")
    assert "every turn" in found.message


def test_growth_that_no_cache_serves_is_a_warning() -> None:
    log = begun()
    for number, tokens in enumerate((2000, 5000, 9000, 15000)):
        usage = {"total_tokens": tokens + 9, "input_tokens": tokens, "output_tokens": 9}
        id_ = f"r{number}"
        log.client("response.create").server("response.created", response=done(id_))
        log.server("response.done", response=done(id_, usage=usage))
    (found,) = named(log.closed().judged(), "token-usage-growth")
    assert found.severity is Severity.WARNING


# -- what a client says beside its events ------------------------------------------------------------------


def test_pieces_cut_at_the_size_of_a_buffer_are_parts() -> None:
    piece = '{"type": "x", "delta": "' + "A" * 488
    log = begun().broken(piece).broken(piece)
    assert len(piece) == 512
    assert named(log.judged(view=View(to_end=False)), "client-partial-frame")


def test_arguments_that_do_not_parse_are_no_part_of_a_message() -> None:
    log = Log().server("response.function_call_arguments.done", response_id="r1", item_id="i1",
                       output_index=0, call_id="c1", name="f", arguments='{"a')  # fmt: skip
    log.says("json.decoder.JSONDecodeError: Unterminated string starting at: line 1 column 2")
    names = {one.name for one in log.judged(view=PASTED)}
    assert "tool-arguments-invalid-json" in names
    assert "client-partial-frame" not in names


def test_events_after_an_unknown_one_show_that_the_client_lives() -> None:
    log = begun().says("unknown event type rate_limits.updated")
    assert named(log.judged(view=PASTED), "client-unknown-event-crash")
    log.server("response.created", response=done("r1"))
    assert named(log.judged(view=PASTED), "client-unknown-event-crash") == []


@pytest.mark.parametrize(
    "line",
    [
        "websockets.exceptions.ConnectionClosedError: received 1011 (internal error)",
        "TimeoutError: no event for 30 s",
        "asyncio.exceptions.CancelledError",
    ],
)
def test_failures_of_the_connection_are_no_failure_of_a_handler(line: str) -> None:
    log = begun().says("Traceback (most recent call last):").says(line)
    assert named(log.judged(view=PASTED), "client-handler-exception") == []


def test_a_wrong_scheme_is_read_from_the_words_of_a_library() -> None:
    log = Log().says("ValueError: scheme isn't ws or wss")
    assert named(log.judged(view=PASTED), "handshake-bad-scheme-or-subprotocol")
