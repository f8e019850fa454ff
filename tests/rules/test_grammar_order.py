"""What breaks the order of a session: ids, first and last words, strangers and second sessions."""

from __future__ import annotations

import pytest
from logs import PASTED, URL, Log, Payload, begun, done, error, named, settings

from rtdebug.model.findings import Severity
from rtdebug.model.records import Sender, View

UNKNOWN = "error-for-unknown-event"
TWICE = "duplicate-event-id"
FATAL = "event-after-fatal-error"
FIRST = "first-event-unexpected"
MEDIA = "media-event-on-websocket"
AGAIN = "session-recreated"
STRANGER = "transcription-of-unknown-item"
CARRIED = "audio-in-finished-response"
LATE = View(from_start=False)
CUT = View(to_end=False)
HIDES = View(hidden=frozenset({"conversation.item.*", "session.created"}))


def item(id_: str) -> Payload:
    return {"id": id_, "type": "message", "role": "user", "status": "completed",
            "content": [{"type": "input_text", "text": "Hi"}]}  # fmt: skip


# -- errors about nothing that was sent ------------------------------------------------------------


def blamed(log: Log, id_: str | None = "e9") -> Log:
    return log.server("error", error=error("invalid_value", "Invalid value.", event_id=id_))


def test_an_error_for_an_event_that_was_not_sent_is_told() -> None:
    log = blamed(begun().client("response.create", event_id="e1"))
    (found,) = named(log.judged(), UNKNOWN)
    assert (found.severity, found.subject, found.evidence) == (Severity.WARNING, "e9", (3,))
    assert found.message == "the error names e9, but the client sent no event of that id"
    audio = begun().client("input_audio_buffer.append", event_id="e1", audio="AAAA")
    assert named(blamed(audio).judged(), UNKNOWN)[0].severity is Severity.WARNING


def test_a_client_that_names_no_event_is_only_news() -> None:
    (found,) = named(blamed(begun().client("response.create")).judged(), UNKNOWN)
    assert found.severity is Severity.INFO
    assert found.message.endswith("; it puts no ids on its events at all")


def test_an_error_for_what_was_sent_or_for_nothing_is_in_order() -> None:
    sent = begun().client("response.create", event_id="e9")
    assert named(blamed(sent).judged(), UNKNOWN) == []
    audio = begun().client("input_audio_buffer.append", event_id="e9", audio="AAAA")
    assert named(blamed(audio).judged(), UNKNOWN) == []
    assert named(blamed(begun(), None).judged(), UNKNOWN) == []
    assert named(blamed(begun(), "").judged(), UNKNOWN) == []


@pytest.mark.parametrize("view", [LATE, PASTED, HIDES, View(senders=frozenset({Sender.SERVER}))])
def test_a_record_without_all_that_was_sent_knows_nothing_of_it(view: View) -> None:
    log = blamed(begun().client("response.create", event_id="e1"))
    assert named(log.judged(view=view), UNKNOWN) == []


def test_ids_that_may_have_been_forgotten_are_not_unknown() -> None:
    log = begun()
    for number in range(2001):
        log.client("response.cancel", after=0.0, event_id=f"e{number}x")
    assert named(blamed(log).judged(), UNKNOWN) == []
    audio = begun()
    for number in range(2001):
        audio.client("input_audio_buffer.append", after=0.0, event_id=f"e{number}x", audio="AAAA")
    assert named(blamed(audio).judged(), UNKNOWN) == []


# -- ids that come twice ---------------------------------------------------------------------------


def test_an_id_that_comes_twice_is_told_with_both_events() -> None:
    log = begun().server("rate_limits.updated", event_id="x", rate_limits=[])
    log.server("rate_limits.updated", event_id="x", rate_limits=[])
    (found,) = named(log.judged(), TWICE)
    assert (found.subject, found.evidence) == ("x", (2, 3))
    assert "rate_limits.updated (event 3) has the id x, as event 2 has" in found.message
    assert named(log.judged(view=PASTED), TWICE) == []


def test_no_id_at_all_is_no_id_twice() -> None:
    for id_ in ("", None, 7):
        log = begun().server("rate_limits.updated", event_id=id_, rate_limits=[])
        log.server("rate_limits.updated", event_id=id_, rate_limits=[])
        assert named(log.judged(), TWICE) == []


def test_ids_are_remembered_over_thousands_of_events() -> None:
    log = begun()
    for number in range(2500):
        log.server("rate_limits.updated", event_id=f"x{number}", rate_limits=[])
    log.server("rate_limits.updated", event_id="x600", rate_limits=[])
    log.server("rate_limits.updated", event_id="x2400", rate_limits=[])
    assert [one.evidence for one in log.watched(TWICE)] == [(602, 2502), (2402, 2503)]


# -- after the error that ends it all --------------------------------------------------------------


def ended(reason: str, *, after: str = "rate_limits.updated",
          by: Sender = Sender.SERVER) -> Log:  # fmt: skip
    log = begun().server("error", error=error("session_expired", "The session is over now."))
    if after:
        log.server(after, rate_limits=[], after=0.25)
    return log.closed(0.1, 1001, reason, by)


@pytest.mark.parametrize(
    "reason", ["invalid_request_error.session_expired", "The session is over now.", "session i"]
)
def test_what_comes_after_the_fatal_error_is_told(reason: str) -> None:
    log = ended(reason)
    found = named(log.judged(), FATAL)
    assert bool(found) is (reason != "session i" or reason in "The session is over now.")
    if found:
        assert found[0].evidence == (2, 3)
        assert "the error of event 2 ended the session with close 1001" in found[0].message
        assert "(event 3) still came 0.25 s after it" in found[0].message


def test_a_close_for_another_reason_is_not_for_the_error() -> None:
    for reason in ("", "going away", "session", "The sess"):
        assert named(ended(reason).judged(), FATAL) == []
    assert named(ended("session_expired", after="").judged(), FATAL) == []
    assert named(ended("session_expired", by=Sender.CLIENT).judged(), FATAL) == []
    none = begun().closed(0.1, 1001, "session_expired", Sender.SERVER)
    assert named(none.judged(), FATAL) == []


# -- the first word --------------------------------------------------------------------------------


def test_what_comes_before_the_session_is_told() -> None:
    log = Log().opened().server("rate_limits.updated", rate_limits=[])
    log.server("conversation.created", conversation={})
    log.server("session.created", session=settings())
    (found,) = log.watched(FIRST)
    assert found.evidence == (1, 3)
    assert "rate_limits.updated (event 1) came before session.created (event 3)" in found.message
    log.server("session.created", session=settings())
    assert len(log.watched(FIRST)) == 1


def test_a_server_that_begins_no_session_is_told_at_the_end() -> None:
    log = Log().opened().server("rate_limits.updated", rate_limits=[])
    (found,) = named(log.judged(), FIRST)
    assert found.evidence == (1,)
    assert "the server began with rate_limits.updated (event 1)" in found.message
    assert found.message.endswith("never sent session.created")


def test_errors_strangers_and_what_cannot_be_seen_may_come_first() -> None:
    for type_ in ("error", "session.mood"):
        log = Log().opened().server(type_, error=error(None, "No."))
        assert named(log.judged(), FIRST) == []
        assert named(log.server("session.created", session=settings()).judged(), FIRST) == []
    early = Log().opened().server("rate_limits.updated", rate_limits=[])
    for view in (LATE, PASTED, HIDES):
        assert named(early.judged(view=view), FIRST) == []
    assert named(early.judged(pack="gemini-live"), FIRST) == []
    call = Log().opened(f"{URL}&call_id=rtc").server("rate_limits.updated", rate_limits=[])
    assert named(call.judged(), FIRST) == []
    unopened = Log().server("rate_limits.updated", rate_limits=[])
    assert named(unopened.judged(), FIRST) == []
    assert named(begun().server("rate_limits.updated", rate_limits=[]).judged(), FIRST) == []


# -- events of calls, a second session, strangers --------------------------------------------------


def test_an_event_of_a_call_on_a_plain_socket_is_told_once() -> None:
    log = begun().client("output_audio_buffer.clear").client("output_audio_buffer.clear")
    (found,) = log.watched(MEDIA)
    assert (found.severity, found.evidence) == (Severity.WARNING, (2,))
    assert found.message.startswith("the client sent output_audio_buffer.clear, but wss://")
    log.server("output_audio_buffer.started", response_id="r")
    assert [one.severity for one in log.watched(MEDIA)] == ["warning", "info"]


def test_on_a_call_or_an_unknown_line_it_is_at_home() -> None:
    call = Log().opened(f"{URL}&call_id=rtc").client("output_audio_buffer.clear")
    assert call.watched(MEDIA) == []
    assert Log().client("output_audio_buffer.clear").watched(MEDIA) == []
    web = Log().opened("https://x.example.com/calls").client("output_audio_buffer.clear")
    assert web.watched(MEDIA) == []


def test_a_second_session_is_told_as_new_or_the_same() -> None:
    log = begun().server("session.created", session={**settings(), "id": "sess_2"})
    (found,) = named(log.judged(), AGAIN)
    assert found.evidence == (1, 2)
    assert found.message == "event 2 begins a new session (sess_2); event 1 had begun sess_1"
    same = begun().server("session.created", session=settings())
    assert "event 2 begins the same session again" in named(same.judged(), AGAIN)[0].message
    assert named(log.judged(view=PASTED), AGAIN) == []
    assert named(begun().judged(), AGAIN) == []


def transcribed(log: Log, id_: str = "a") -> Log:
    return log.server("conversation.item.input_audio_transcription.completed", item_id=id_,
                      content_index=0, transcript="Hi")  # fmt: skip


def test_a_transcript_of_nothing_is_told_and_of_what_is_known_not() -> None:
    (found,) = named(transcribed(begun()).judged(), STRANGER)
    assert (found.subject, found.evidence) == ("a", (2,))
    known = (
        begun().server("input_audio_buffer.committed", previous_item_id=None, item_id="a"),
        begun().server("conversation.item.added", item=item("a")),
        begun().server("conversation.item.done", item=item("a")),
        begun().client("conversation.item.create", item=item("a")),
        begun().server("input_audio_buffer.speech_started", item_id="a", audio_start_ms=0),
    )
    for log in known:
        assert named(transcribed(log).judged(), STRANGER) == []


@pytest.mark.parametrize("view", [LATE, CUT, PASTED, HIDES])
def test_an_item_may_be_where_the_record_does_not_reach(view: View) -> None:
    assert named(transcribed(begun()).judged(view=view), STRANGER) == []


def finished(output: list[Payload]) -> Log:
    log = begun().server("response.created", response=done("r1", status="in_progress"))
    return log.server("response.done", response=done("r1", output))


def test_audio_inside_of_the_finished_response_is_measured() -> None:
    content = [{"type": "output_text"}, "x", {"type": "output_audio", "audio": "AAAAAA"}]
    output: list[Payload] = [{"id": "i0", "content": "x"}, {"id": "i1", "content": content}]
    (found,) = named(finished(output).judged(), CARRIED)
    assert (found.subject, found.evidence) == ("i1", (3,))
    assert "part 2 of i1 in response.done holds 6 characters of audio" in found.message
    assert "makes the message 100 bytes long" in found.message
    nothing = [{"id": "i1", "content": [{"audio": ""}, {"audio": None}]}]
    assert named(finished(nothing).judged(), CARRIED) == []
