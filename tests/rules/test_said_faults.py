"""What the server says itself: errors, closes, failed responses and transcriptions, by the table."""

from __future__ import annotations

from typing import Any

import pytest
from logs import URL, Log, begun, done, error, named

from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.records import Refused, Sender, Step

REJECTED = "session-update-rejected"
CONFLICT = "active-response-conflict"


def one(log: Log, name: str) -> Finding:
    (found,) = named(log.judged(), name)
    return found


# -- closes ----------------------------------------------------------------------------------------


def test_a_close_says_who_what_and_how_long_after() -> None:
    found = one(begun().closed(0.25, 1008, "no entry", Sender.SERVER), "close-1008-policy")
    assert found.evidence == (1,)
    assert found.message == (
        "the server closed with 1008 (against the peer's policy), "
        'saying "no entry", 0.25 s after event 1 (session.created)'
    )
    unknown = one(Log().opened().closed(0.25, 4321, by=None), "close-provider-code")
    assert unknown.message == "one side (it is not said which) closed with 4321"
    assert unknown.evidence == ()


def test_a_connection_that_was_lost_was_closed_by_nobody() -> None:
    lost = one(begun().closed(0.25, 1006, by=Sender.SERVER), "close-1006-abnormal")
    assert "lost on the server's side without a close frame" in lost.message
    lost = one(begun().closed(0.25, 1006, by=None), "close-1006-abnormal")
    assert "the connection was lost without a close frame" in lost.message


@pytest.mark.parametrize("code", [1000, 1001, 1005, 1006])
def test_a_client_that_leaves_is_no_fault_of_the_connection(code: int) -> None:
    log = begun().closed(0.25, code)
    assert [one.name for one in log.judged() if one.name.startswith("close-")] == []


@pytest.mark.parametrize(
    ("code", "name"), [(1002, "close-1002-protocol-error"), (1011, "client-exception")]
)
def test_a_client_that_complains_is(code: int, name: str) -> None:
    assert one(begun().closed(0.25, code), name)


def test_a_ping_that_the_client_missed_is_told() -> None:
    log = begun().closed(0.25, 1011, "keepalive ping timeout")
    assert one(log, "keepalive-ping-timeout")


@pytest.mark.parametrize("code", [1000, 1005])
def test_a_normal_close_with_the_words_of_a_fault_is_one(code: int) -> None:
    words = {
        "session maximum duration": "session-expired",
        "invalid_api_key": "invalid-api-key-after-upgrade",
    }
    for reason, name in words.items():
        assert one(begun().closed(0.25, code, reason, Sender.SERVER), name)
    bye = begun().closed(0.25, code, "Invalidated api key? No: quota is fine", Sender.CLIENT)
    assert named(bye.judged(), "insufficient-quota") == []
    fine = begun().closed(0.25, code, "your quota is full", Sender.SERVER)
    assert named(fine.judged(), "insufficient-quota") == []
    assert one(begun().closed(0.25, 1008, "your quota is full", Sender.SERVER),
               "insufficient-quota")  # fmt: skip


# -- errors ----------------------------------------------------------------------------------------


def test_an_error_is_quoted_with_its_parameter_and_what_it_answers() -> None:
    log = begun().client("response.create", event_id="e1")
    log.server("error", error=error("invalid_value", "No.", param="item.role", event_id="e1"))
    found = one(log, "invalid-value")
    assert found.evidence == (2, 3)
    assert found.message == (
        'the server said invalid_value: "No." about item.role; it answers event 2 (response.create)'
    )
    named_in_text = begun().server("error", error=error("invalid_value", "No x.", param="x"))
    assert one(named_in_text, "invalid-value").message == 'the server said invalid_value: "No x."'
    bare = begun().server("error", error={"type": "invalid_request_error"})
    assert one(bare, "request-rejected").message == (
        "the server said invalid_request_error: nothing more"
    )
    words = begun().server("error", error="boom")
    assert one(words, "error-event").message == 'the server said "boom"'


def refused(role: str, code: str, *, twice: bool = False, **more: Any) -> Log:
    log = begun().client(role, **more)
    if twice:
        log.client(role, **more)
    return log.server("error", error=error(code, "No."))


@pytest.mark.parametrize(
    ("role", "code", "name"),
    [
        ("response.create", "conversation_already_has_active_response", CONFLICT),
        ("response.cancel", "response_cancel_not_active", "cancel-not-active"),
        ("input_audio_buffer.commit", "input_audio_buffer_commit_empty", "commit-empty-buffer"),
        ("conversation.item.truncate", "unsupported_content_type", "truncate-without-audio"),
        ("conversation.item.create", "item_create_duplicate_item_id", "duplicate-item-id"),
        ("conversation.item.create", "item_create_invalid_previous_item_id",
         "unknown-previous-item-id"),
        ("session.update", "invalid_session_type", REJECTED),
        ("session.update", "invalid_function_parameters", "invalid-tool-schema"),
        ("session.update", "cannot_update_voice", "voice-change-after-audio"),
    ],
)  # fmt: skip
def test_an_error_without_an_id_most_likely_answers_its_own_kind(
    role: str, code: str, name: str
) -> None:
    found = one(refused(role, code), name)
    assert found.evidence == (2, 3)
    assert f"it answers event 2 ({role}), by the best guess" in found.message


@pytest.mark.parametrize(
    ("message", "role", "name"),
    [
        ("Error committing input audio buffer: buffer only has 20ms of audio.",
         "input_audio_buffer.commit", "commit-too-short"),
        ("Audio content of 900ms is already shorter than 1000ms", "conversation.item.truncate",
         "truncate-beyond-audio"),
        ("Missing required parameter: 'item.call_id'.", "conversation.item.create",
         "tool-call-id-missing"),
        ("Invalid value: 'input_text'. Value must be 'output_text'.", "conversation.item.create",
         "wrong-content-type-for-role"),
        ("Missing required parameter: 'session.type'.", "session.update", "missing-session-type"),
    ],
)  # fmt: skip
def test_so_does_one_that_is_told_by_its_words(message: str, role: str, name: str) -> None:
    log = begun().client(role).server("error", error=error(None, message))
    found = named(log.judged(), name)
    assert any(one.evidence == (2, 3) for one in found)


@pytest.mark.parametrize(
    ("param", "role", "answers"),
    [
        ("session", "session.update", True), ("session.voice", "session.update", True),
        ("sessions", "session.update", False), ("response.tools[0]", "response.create", True),
        ("item[0]", "conversation.item.create", True), ("item", "session.update", False),
        ("voice", "session.update", False), (None, "session.update", True),
    ],
)  # fmt: skip
def test_the_parameter_says_which_kind_was_refused(
    param: str | None, role: str, answers: bool
) -> None:
    log = begun().client(role)
    log.server("error", error=error("decimal_above_max_value", "No.", param=param))
    found = one(log, "value-out-of-range")
    assert found.evidence == ((2, 3) if answers else (3,))


def test_of_several_that_wait_nobody_knows_which_was_refused() -> None:
    log = begun().client("session.update").client("response.create")
    log.server("error", error=error("decimal_above_max_value", "No."))
    assert one(log, "value-out-of-range").evidence == (4,)


def test_a_failure_of_the_server_refuses_nothing() -> None:
    log = begun().client("session.update")
    log.server("error", error=error("decimal_above_max_value", "No.", type="server_error"))
    assert one(log, "value-out-of-range").evidence == (3,)


def test_the_latest_response_and_the_earliest_of_the_rest_was_refused() -> None:
    create = refused("response.create", "conversation_already_has_active_response", twice=True)
    assert one(create, CONFLICT).evidence == (3, 4)
    update = refused("session.update", "cannot_update_voice", twice=True, session={})
    assert one(update, "voice-change-after-audio").evidence == (2, 4)


def test_one_with_an_id_would_have_been_named() -> None:
    log = begun().client("session.update", event_id="e1", session={})
    log.client("session.update", session={})
    log.server("error", error=error("cannot_update_voice", "No."))
    assert one(log, "voice-change-after-audio").evidence == (3, 4)


def test_what_was_answered_already_is_the_last_guess() -> None:
    log = begun().client("session.update", session={}).server("session.updated", session={})
    log.server("error", error=error("cannot_update_voice", "No."))
    assert one(log, "voice-change-after-audio").evidence == (2, 4)
    log.server("error", error=error("cannot_update_voice", "No."))
    found = log.watched("voice-change-after-audio")
    assert [one.evidence for one in found] == [(2, 4), (5,)]


def test_an_id_that_nobody_sent_answers_nothing() -> None:
    log = begun().client("session.update", session={})
    log.server("error", error=error("cannot_update_voice", "No.", event_id="other"))
    found = one(log, "voice-change-after-audio")
    assert found.evidence == (3,)
    assert "answers" not in found.message


def test_a_conflict_names_what_was_open() -> None:
    def conflict(log: Log) -> str:
        code = "conversation_already_has_active_response"
        log.client("response.create").server("error", error=error(code, "No."))
        return one(log, CONFLICT).message

    opened = done("r1", status="in_progress")
    mine = begun().client("response.create").server("response.created", response=opened)
    assert conflict(mine).endswith("; r1 was open, begun by your own event 2")
    heard = begun().server("response.created", response=opened)
    assert conflict(heard).endswith("; r1 was open, begun by the server's turn detection")
    nothing = "; no response was open on this connection, so look at what is between"
    assert conflict(begun()).endswith(nothing)
    beside = {**opened, "conversation_id": None}
    assert conflict(begun().server("response.created", response=beside)).endswith(nothing)
    both = begun().server("response.created", response=beside)
    both.server("response.created", response={**opened, "id": "r2"})
    assert "; r2 was open" in conflict(both)


def test_an_error_is_read_in_the_event_an_sdk_wraps_again() -> None:
    inner = {"type": "error", "event_id": "e9", "error": error(None, "Cancellation failed.")}
    found = one(begun().server("error", error=inner), "cancel-not-active")
    assert found.message == 'the server said invalid_request_error: "Cancellation failed."'


def test_an_error_is_read_beside_the_type() -> None:
    log = begun().server("error", code="internal_error", message="ValueError", params="No x.")
    found = one(log, "server-error-event")
    assert found.message == 'the server said internal_error: "ValueError: No x."'


def test_an_error_that_is_a_text_stays_one() -> None:
    found = one(begun().server("error", error="Out of tea."), "error-event")
    assert found.message == 'the server said "Out of tea."'


# -- what an error leaves undone -------------------------------------------------------------------


def test_a_refused_update_is_refused_as_a_whole() -> None:
    sure = begun().client("session.update", event_id="e1", session={})
    said = error("cannot_update_voice", "No.", param="session.voice", event_id="e1")
    found = one(sure.server("error", error=said), REJECTED)
    assert found.certainty is Certainty.CERTAIN
    assert found.severity is Severity.ERROR
    assert found.under == "voice-change-after-audio"
    assert found.evidence == (2, 3)
    assert "none of event 2 (session.update) is in force: the server refused session.voice" in (
        found.message
    )
    guessed = begun().client("session.update", session={})
    found = one(guessed.server("error", error=error("cannot_update_voice", "No.")), REJECTED)
    assert found.certainty is Certainty.HIGH
    assert "refused a part of it" in found.message


def test_an_update_that_the_record_does_not_hold_is_refused_too() -> None:
    said = error("unknown_parameter", "Unknown parameter: 'session.mood'.", param="session.mood")
    found = one(Log().server("error", error=said), REJECTED)
    assert found.under == "unknown-parameter"
    assert found.certainty is Certainty.HIGH
    assert found.evidence == (1,)
    assert "none of the session.update it answers is in force" in found.message
    other = Log().client("response.create").server("error", error=said)  # this one holds them
    assert named(other.judged(), REJECTED) == []
    field = error("unknown_parameter", "Unknown parameter: 'item.mood'.", param="item.mood")
    assert named(Log().server("error", error=field).judged(), REJECTED) == []


def test_an_update_that_is_refused_by_that_very_name_is_told_once() -> None:
    log = begun().client("session.update", event_id="e1", session={})
    log.server("error", error=error("invalid_session_type", "No.", event_id="e1"))
    found = one(log, REJECTED)
    assert found.count == 1
    assert "none of event" not in found.message


def test_other_requests_are_refused_alone() -> None:
    log = begun().client("response.create", event_id="e1")
    log.server("error", error=error("unknown_parameter", "No.", event_id="e1"))
    assert named(log.judged(), REJECTED) == []
    lone = begun().server("error", error=error("cannot_update_voice", "No."))
    assert named(lone.judged(), REJECTED) == []


# -- responses, transcriptions, and upgrades -------------------------------------------------------


def ended(status: str, details: Any = None) -> Log:
    log = begun().server("response.created", response=done("r1", status="in_progress"))
    body = done("r1", status=status, status_details=details)
    return log.server("response.done", response=body)


def test_a_failed_response_says_why() -> None:
    details = {"type": "failed", "error": {"type": "server_error", "code": "x", "message": "No."}}
    found = one(ended("failed", details), "response-failed-server-error")
    assert (found.subject, found.evidence) == ("r1", (2, 3))
    assert found.message == 'r1 ended failed; the server said x: "No."'
    found = one(ended("incomplete", {"reason": "max_output_tokens"}),
                "response-incomplete-max-tokens")  # fmt: skip
    assert found.message == "r1 ended incomplete: max_output_tokens"
    found = one(ended("cancelled"), "response-cancelled")
    assert found.message.endswith("it says no reason (or the log does not show it)")


@pytest.mark.parametrize("error_", [{"code": "c"}, {"type": "t"}, {"message": "m"}])
def test_any_word_of_an_error_is_the_reason(error_: dict[str, str]) -> None:
    found = one(ended("failed", {"reason": "other", "error": error_}), "response-failed")
    assert "; the server said " in found.message
    assert "other" not in found.message


@pytest.mark.parametrize("status", ["completed", "in_progress"])
def test_a_response_that_did_not_fail_has_no_reason(status: str) -> None:
    names = {one.name for one in ended(status, {"reason": "content_filter"}).judged()}
    assert not any(name.startswith("response-") for name in names)


def unheard(item_id: str | None, *, known: bool = False, **more: Any) -> Log:
    log = begun()
    if known:
        log.server("input_audio_buffer.committed", previous_item_id=None, item_id=item_id)
    return log.server("conversation.item.input_audio_transcription.failed", item_id=item_id,
                      content_index=0, error={"type": "t", "code": "c", **more})  # fmt: skip


def test_a_failed_transcription_names_its_audio() -> None:
    found = one(unheard("a", known=True, message="No."), "transcription-failed")
    assert (found.subject, found.evidence) == ("a", (2, 3))
    assert found.message == 'the audio of a was not transcribed; the server said c: "No."'
    found = one(unheard(None), "transcription-failed")
    assert found.evidence == (2,)
    assert found.message.startswith("the audio of an item was not transcribed")


def test_what_is_true_besides_hangs_under_the_general_name() -> None:
    log = unheard("a", message="Deployment whisper not found")
    assert one(log, "transcription-failed").under is None
    assert one(log, "transcription-deployment-missing").under == "transcription-failed"


@pytest.mark.parametrize(
    ("step", "status", "name"),
    [
        (Step.NAME, None, "handshake-dns-failed"),
        (Step.UPGRADE, 401, "handshake-401-unauthorized"),
        (Step.UPGRADE, 503, "handshake-5xx-unavailable"),
        (Step.TLS, None, "handshake-tls-failed"),
    ],
)
def test_a_refusal_is_named_by_its_step_and_status(
    step: Step, status: int | None, name: str
) -> None:
    log = Log()
    log.records.append(Refused(0.5, step, "what it said", URL, status))
    found = one(log, name)
    assert found.message == "what it said"
    assert found.at == 0.5
    assert found.under is None


def test_a_fault_that_is_seen_live_hangs_under_nothing() -> None:
    refused = Log()
    refused.records.append(Refused(0.5, Step.UPGRADE, "no", URL, 401))
    for log, name in (
        (begun().closed(0.25, 1008, by=Sender.SERVER), "close-1008-policy"),
        (begun().server("error", error=error(None, "x")), "request-rejected"),
        (ended("failed"), "response-failed"),
        (unheard("a", message="Deployment not found"), "transcription-failed"),
        (refused, "handshake-401-unauthorized"),
    ):
        (found,) = log.watched(name)
        assert found.under is None
    (found,) = unheard("a", message="Deployment not found").watched(
        "transcription-deployment-missing"
    )
    assert found.under == "transcription-failed"


def test_a_long_text_of_the_server_is_cut() -> None:
    log = begun().server("error", error=error("invalid_value", "No " * 300))
    assert len(one(log, "invalid-value").message) < 500


def test_an_error_answers_the_request_that_holds_its_field() -> None:
    log = begun().client("session.update", session={"tools": []})
    log.client("session.update", session={"mood": [{"is": "glad"}]})
    said = error("unknown_parameter", "Unknown parameter.", param="session.mood[0].is")
    assert one(log.server("error", error=said), "unknown-parameter").evidence == (3, 4)
    other = error("unknown_parameter", "Unknown parameter.", param="session.hue")
    unheld = begun().client("session.update", session={}).client("session.update", session={})
    assert one(unheld.server("error", error=other), "unknown-parameter").evidence == (2, 4)


@pytest.mark.parametrize(
    ("text", "body", "message"),
    [
        (
            "HTTP 400",
            '{"error":{"code":"Odd","message":"Not so."}}',
            'HTTP 400; the answer says Odd: "Not so."',
        ),
        ("HTTP 400", '{"message":"Not so."}', 'HTTP 400; the answer says "Not so."'),
        ("HTTP 400", '{"error":"Not so."}', 'HTTP 400; the answer says "Not so."'),
        ("HTTP 400 Not so.", '{"message":"Not so."}', "HTTP 400 Not so."),
        ("HTTP 400", '{"detail":[1]}', "HTTP 400"),
        ("HTTP 400", '["Not so."]', "HTTP 400"),
        ("HTTP 400", "<html>Not so.</html>", "HTTP 400"),
        ("HTTP 400", "", "HTTP 400"),
    ],
)
def test_a_refusal_quotes_the_error_in_its_body(text: str, body: str, message: str) -> None:
    log = Log()
    log.records.append(Refused(0.0, Step.UPGRADE, text, url=URL, status=400, body=body))
    assert one(log, "handshake-404-wrong-url").message == message
