"""What a client's own words, its rhythm and the state of a record show."""

from __future__ import annotations

import pytest
from logs import PASTED, Log, Payload, begun, done, error, named

from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Event, Refused, Sender, Step, View

LOSSY = "capture-lossy"
CUT = "capture-truncated"
RAISED = "client-handler-exception"
PLAYBACK = "client-playback-only"
BLOCKED = "client-receive-loop-blocked"
UNKNOWN = "client-unknown-event-crash"
RELAY = "relay-hides-close"
OPEN_ENDED = View(to_end=False)


def one(log: Log, name: str, view: View = PASTED) -> Finding:
    (found,) = named(log.judged(view=view), name)
    return found


def silent(log: Log, name: str, view: View = PASTED) -> bool:
    return named(log.judged(view=view), name) == []


def limits(log: Log, count: int = 1) -> Log:
    for _ in range(count):
        log.server("rate_limits.updated", rate_limits=[])
    return log


# -- records that do not hold everything -----------------------------------------------------------


def test_a_record_in_part_says_what_it_lacks() -> None:
    log = limits(begun(), 2)
    both = View(whole=False, hidden=frozenset({"b.*", "a.*"}))
    assert one(log, LOSSY, both).message == (
        "the record shows some events only in part or by their type and leaves out a.*, b.*; "
        "what it does not show is not judged"
    )
    assert "leaves out" not in one(log, LOSSY, View(whole=False)).message
    assert "in part" not in one(log, LOSSY, View(hidden=frozenset({"a"}))).message
    assert silent(log, LOSSY, View())


def test_a_quoted_event_or_two_is_no_record() -> None:
    assert silent(limits(begun(), 1), LOSSY, View(whole=False))
    assert silent(Log().says("x"), LOSSY, View(whole=False))


def test_a_record_that_ends_or_begins_inside_says_so() -> None:
    log = begun().server("response.created", response=done("r1", status="in_progress"))
    found = one(log, CUT, OPEN_ENDED)
    assert found.message.startswith("the record ends inside of r1;")
    assert found.evidence == (2,)
    late = Log().server("response.done", response=done("r0"))
    limits(late).server("response.created", response=done("r1", status="in_progress"))
    found = one(late, CUT, View(from_start=False, to_end=False))
    assert found.message.startswith("the record begins inside of r0 and ends inside of r1;")
    assert found.evidence == (1, 3)
    late.server("response.done", response=done("r00"))
    late.server("response.created", response=done("r2", status="in_progress"))
    found = one(late, CUT, View(from_start=False, to_end=False))
    assert found.message.startswith("the record begins inside of r0 and ends inside of r2;")
    assert found.evidence == (1, 5)


def test_a_record_whose_ends_are_known_is_not_cut() -> None:
    log = begun().server("response.created", response=done("r1", status="in_progress"))
    assert silent(log, CUT, View())
    assert silent(log, CUT, View(from_start=False))
    assert silent(begun(), CUT, OPEN_ENDED)
    assert silent(Log().says("x"), CUT, OPEN_ENDED)
    log.closed(0.1, 1006, by=Sender.SERVER)
    assert silent(log, CUT, OPEN_ENDED)
    ended = begun().server("response.created", response=done("r1")).ended(0.1)
    assert silent(ended, CUT, OPEN_ENDED)
    unseen = Log().server("response.done", response=done("r0"))
    assert silent(unseen, CUT, OPEN_ENDED)


# -- lines and the events around them --------------------------------------------------------------

CRASH = "Error: unknown event type"


def last_in_part(log: Log, *types: str) -> Log:
    for type_ in types:
        log.server(type_, error=error(None, "x"))
        event = log.records[-1]
        assert isinstance(event, Event)
        log.records[-1] = event._replace(whole=False)
    return log


def test_the_line_at_the_end_is_told_with_its_place() -> None:
    found = one(begun().says(CRASH, line=7), UNKNOWN)
    assert found.evidence == (1,)
    assert found.message == (f'line 7 says "{CRASH}" after event 1, and no event is read any more')
    first = one(Log().says(CRASH, line=0), UNKNOWN)
    assert first.message.startswith(f'the log says "{CRASH}" at the first event it reads')
    assert first.evidence == ()


def test_a_line_with_events_after_it_is_no_end() -> None:
    assert silent(limits(begun().says(CRASH)), UNKNOWN)
    assert silent(begun().says(CRASH).server("error", error=error(None, "x")), UNKNOWN)


def test_an_error_that_the_line_itself_holds_is_no_event_after_it() -> None:
    assert one(last_in_part(begun().says(CRASH), "error"), UNKNOWN)
    assert silent(last_in_part(limits(begun().says(CRASH)), "error"), UNKNOWN)
    assert silent(last_in_part(begun().says(CRASH), "rate_limits.updated"), UNKNOWN)


def test_types_that_the_line_itself_mentions_are_no_events_after_it() -> None:
    words = f"{CRASH} rate_limits.updated"
    assert one(last_in_part(begun().says(words), *["rate_limits.updated"] * 5), UNKNOWN)
    assert silent(last_in_part(begun().says(words), *["rate_limits.updated"] * 6), UNKNOWN)
    assert silent(limits(begun().says(words)), UNKNOWN)


def test_only_the_beginning_of_a_line_is_read() -> None:
    assert silent(begun().says("x" * 2000 + CRASH), UNKNOWN)
    assert one(begun().says("x " * 900 + CRASH), UNKNOWN)


@pytest.mark.parametrize("words", ["ignored unknown event type", "unknown event type, skipping"])
def test_a_client_that_goes_on_says_so(words: str) -> None:
    assert silent(begun().says(words), UNKNOWN)


# -- a handler that failed -------------------------------------------------------------------------

FAILED = "KeyError: 'delta'"


def test_a_handler_that_failed_is_told_with_its_last_event() -> None:
    found = one(begun().says("Traceback (most recent call last):", 3).says(FAILED, 9), RAISED)
    assert found.evidence == (1,)
    assert found.message == (
        f'line 9 says "{FAILED}" at event 1 (session.created), and no event is read any more'
    )
    both = begun().says("ValueError: first", 3).says("TypeError: last", 4)
    assert 'line 4 says "TypeError: last"' in one(both, RAISED).message
    bare = one(begun().says("Traceback (most recent call last):", 3), RAISED)
    assert 'line 3 says "Traceback' in bare.message


def test_a_client_that_raises_an_error_event_is_warned_of() -> None:
    refused = begun().server("error", error={"type": "server_error", "message": "No."})
    assert one(refused.says("Exception: stop"), RAISED).severity is Severity.WARNING
    cut = begun().server("error", error={"type": "server_error", "message": "No."})
    assert silent(cut.says("Traceback (most recent call last):"), RAISED)


def test_a_failure_of_the_connection_beside_it_is_the_reason() -> None:
    log = begun().says(FAILED).says("ConnectionResetError: connection reset by peer")
    assert silent(log, RAISED)
    assert silent(limits(begun().says(FAILED)), RAISED)
    assert silent(Log().says(FAILED), RAISED)


@pytest.mark.parametrize(("code", "quiet"), [(1000, False), (1005, False), (1006, True),
                                             (1011, True)])  # fmt: skip
def test_what_is_said_at_a_close_is_about_the_close(code: int, quiet: bool) -> None:
    assert silent(begun().says(FAILED).closed(0.1, code, by=Sender.SERVER), RAISED) is quiet


def test_what_is_said_at_a_refusal_is_about_that() -> None:
    log = begun().says(FAILED)
    log.records.append(Refused(0.5, Step.UPGRADE, "no", status=500))
    assert silent(log, RAISED)


# -- a player that plays nothing -------------------------------------------------------------------


def heard(log: Log, id_: str, deltas: int = 2, status: str = "completed") -> Log:
    log.server("response.created", response=done(id_, status="in_progress"))
    where: Payload = {"response_id": id_, "output_index": 0}
    body = {"id": f"i_{id_}", "type": "message", "role": "assistant"}
    log.server("response.output_item.added", **where, item=body)
    for _ in range(deltas):
        log.server("response.output_audio.delta", **where, item_id=f"i_{id_}", content_index=0,
                   delta="AAAAAA==")  # fmt: skip
    return log.server("response.done", response=done(id_, status=status))


def test_a_sound_that_came_and_is_not_heard_is_the_players() -> None:
    log = heard(begun(), "r1").says("there is no sound", 5)
    found = one(log, PLAYBACK)
    assert (found.subject, found.evidence) == ("r1", (2, 6))
    assert found.message.startswith(
        "line 5 misses the sound, but 2 audio deltas came in 1 response:"
    )
    more = heard(heard(heard(begun(), "r0", 0), "r1"), "r2", 3).says("no sound").says("no audio")
    found = one(more, PLAYBACK)
    assert "5 audio deltas came in 2 responses:" in found.message
    assert (found.subject, found.evidence) == ("r1", (5, 15))


def test_a_sound_that_never_came_or_failed_is_not() -> None:
    assert silent(heard(begun(), "r1", 0).says("no sound"), PLAYBACK)
    assert silent(heard(begun(), "r1"), PLAYBACK)
    assert silent(heard(begun(), "r1", status="failed").says("no sound"), PLAYBACK)
    assert silent(heard(heard(begun(), "r1"), "r2", 0, "failed").says("no sound"), PLAYBACK)


# -- one event read for each that is sent ----------------------------------------------------------

LIVE = View()


def message(id_: str) -> Payload:
    return {"type": "message", "role": "user", "content": [], "id": id_}


def blocked(pairs: int = 3, *, greeting: bool = True) -> Log:
    """Each request is followed by one event, which answers none of them."""
    log = begun() if greeting else Log()
    for number in range(pairs):
        log.client("conversation.item.create", item=message(f"m{number}"))
        log.server("conversation.item.done", item=message(f"x{number}"))
    return log


def answered_in_time(log: Log, id_: str) -> Log:
    log.client("conversation.item.create", item=message(id_))
    return log.server("conversation.item.added", item=message(id_))


def test_a_client_that_reads_once_for_each_send_is_told() -> None:
    found = one(blocked(), BLOCKED, LIVE)
    assert found.evidence == (2, 4, 6, 7)
    assert found.message == (
        "each of the 3 events of the client is followed by exactly one of the server, 3 of which "
        "answer something older, and 3 requests are still unanswered at the end"
    )
    assert one(blocked(greeting=False), BLOCKED, LIVE)
    assert one(blocked(6), BLOCKED, LIVE).evidence == (2, 4, 6, 8, 13)


def test_an_older_answer_counts_and_the_right_one_does_not() -> None:
    assert silent(answered_in_time(answered_in_time(blocked(1), "a"), "b"), BLOCKED, LIVE)
    assert "2 of which" in one(answered_in_time(blocked(2), "a"), BLOCKED, LIVE).message
    log = begun()
    for number in range(4):
        log.client("conversation.item.create", item=message(f"m{number}"))
        log.server("conversation.item.added", item=message(f"m{number - 1}"))
    found = one(log, BLOCKED, LIVE)
    assert "4 of which answer something older, and 1 request is still unanswered" in found.message


def test_another_rhythm_or_a_short_one_is_none() -> None:
    assert silent(blocked(2), BLOCKED, LIVE)
    twice = begun().client("session.update", session={})
    for number in range(3):
        twice.client("conversation.item.create", item=message(f"m{number}"))
        twice.server("conversation.item.done", item=message(f"x{number}"))
    assert silent(twice, BLOCKED, LIVE)
    last = blocked(2).client("conversation.item.create", item=message("m8"))
    last.client("conversation.item.create", item=message("m9"))
    last.server("conversation.item.done", item=message("x9"))
    assert silent(last, BLOCKED, LIVE)
    assert silent(blocked(), BLOCKED, View(from_start=False))
    assert silent(Log().opened(), BLOCKED, LIVE)
    talking = blocked().client("input_audio_buffer.append", audio="AAAA")
    assert silent(talking, BLOCKED, LIVE)


def test_what_is_answered_in_the_end_blocks_nobody() -> None:
    log = begun()
    for number in range(4):
        log.client("response.cancel")
        log.server("conversation.item.done", item=message(f"x{number}"))
    assert silent(log, BLOCKED, LIVE)


# -- a gateway that keeps a close to itself --------------------------------------------------------

GONE = "[proxy] upstream closed with 1011"


def waiting() -> Log:
    return begun().client("response.create")


def test_a_gateway_that_lost_its_server_is_told_while_the_client_waits() -> None:
    found = one(waiting().says(GONE, 8), RELAY)
    assert found.evidence == (2,)
    assert found.message == (
        f'line 8 says "{GONE}", but no close or error reached the client, whose last event is 2'
    )
    open_ = begun().server("response.created", response=done("r1", status="in_progress"))
    assert one(open_.says(GONE), RELAY)
    other = waiting().says("bridge ready").says("openai disconnected")
    assert one(other, RELAY)


def test_a_client_that_was_told_or_waits_for_nothing_is_not_deceived() -> None:
    assert silent(begun().says(GONE), RELAY)
    assert silent(waiting().says(GONE).closed(0.1, 1011, by=Sender.SERVER), RELAY)
    assert silent(limits(waiting().says(GONE)), RELAY)
    assert silent(waiting().says("openai disconnected"), RELAY)
    assert silent(waiting().says("proxy ready"), RELAY)
    assert silent(Log().says(GONE), RELAY)
    refused = waiting().says(GONE)
    refused.records.append(Refused(0.5, Step.UPGRADE, "no", status=500))
    assert silent(refused, RELAY)


# -- what SDKs say instead of showing events -------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "'o' is an invalid start of a value. LineNumber: 0 | BytePositionInLine: 0.",
        "SyntaxError: Unexpected token 'u', \"upstream c\"... is not valid JSON",
        "SyntaxError: Unexpected token < in JSON at position 0",
        "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
        "invalid character '<' looking for beginning of value",
        'Error("expected value", line: 1, column: 1): expected value at line 1 column 1',
    ],
)
def test_a_parser_that_fails_at_the_start_read_no_piece_of_a_message(words: str) -> None:
    log = Log().says(words)
    assert one(log, "malformed-message").severity is Severity.ERROR
    assert silent(log, "client-partial-frame")


def test_a_parser_that_fails_later_read_a_piece() -> None:
    log = Log().says("Unterminated string starting at: line 1 column 61")
    assert silent(log, "malformed-message")
    assert one(log, "client-partial-frame")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("livekit RealtimeError: update_chat_ctx timed out.", "request-unanswered"),
        ("generate_reply timed out waiting for generation_created", "response-create-unanswered"),
    ],
)
def test_an_sdk_that_waited_in_vain_is_heard_where_no_event_is_shown(words: str, name: str) -> None:
    assert one(Log().says(words), name)
    assert silent(limits(begun()).says(words), name)
