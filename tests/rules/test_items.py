"""Items: how they are built, named and ordered, and what is cut off them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from logs import Log, Payload, begun, done, error, named
from sounds import encoded

from rtdebug.model.findings import Finding
from rtdebug.model.records import Clock, Sender, View

CREATE, TRUNCATE = "conversation.item.create", "conversation.item.truncate"
CUT = "barge-in-without-truncate"


def user(id_: str | None = None, type_: str = "input_text", key: str = "text") -> Payload:
    item: Payload = {"type": "message", "role": "user", "content": [{"type": type_, key: "Hi"}]}
    return {"id": id_, **item} if id_ else item


def added(log: Log, item: Payload) -> Log:
    return log.server("conversation.item.added", previous_item_id=None, item=item)


def spoken(
    log: Log, id_: str = "r1", *, item: str = "m1", ms: int = 400, deltas: int = 4,
    status: str = "completed", reason: str | None = None, over: bool = True, **more: Any,
) -> Log:  # fmt: skip
    """A response with so much audio (24 kHz PCM) in one item."""
    body = done(id_, status="in_progress", **more)
    log.server("response.created", response=body)
    message = {"id": item, "type": "message", "role": "assistant", "status": "in_progress",
               "content": []}  # fmt: skip
    place = {"response_id": id_, "output_index": 0}
    log.server("response.output_item.added", **place, item=message)
    inside = {**place, "item_id": item, "content_index": 0}
    log.server("response.content_part.added", **inside, part={"type": "audio", "transcript": ""})
    for _ in range(deltas):
        delta = encoded(bytes(ms * 48 // deltas))
        log.server("response.output_audio.delta", **inside, delta=delta)
    if over:
        details = {"type": status, "reason": reason} if reason else None
        whole = [{**message, "status": "incomplete" if status == "cancelled" else status}]
        body = {**body, "status": status, "status_details": details, "output": whole}
        log.server("response.done", response=body)
    return log


# -- interruptions -----------------------------------------------------------------------------------


def interrupted(log: Log | None = None, **more: Any) -> Log:
    """Its response.done is event 9, at 0.18, and its response.created event 2."""
    how = {"status": "cancelled", "reason": "turn_detected", **more}
    return spoken(begun() if log is None else log, **how)


def test_an_interruption_waits_five_seconds_for_its_truncation() -> None:
    log = interrupted()
    assert log.watched(CUT, 5.17) == []
    (found,) = log.watched(CUT, 5.19)
    assert found.at == pytest.approx(5.18)
    assert found.evidence == (2, 9)
    assert found.subject == "m1"
    assert found.message == (
        "audio of m1 had come when the user interrupted, and the client sent no "
        "conversation.item.truncate for it in the 5.0 s that followed"
    )


@pytest.mark.parametrize("type_", [TRUNCATE, "conversation.item.delete"])
def test_what_the_client_then_does_with_the_item_ends_the_wait(type_: str) -> None:
    assert interrupted().client(type_, item_id="m1").watched(CUT, 60) == []
    assert len(interrupted().client(type_, item_id="m2").watched(CUT, 60)) == 1


def test_a_quick_client_truncates_before_the_response_is_done() -> None:
    log = spoken(begun(), over=False)
    ended = done("r1", status="cancelled",
                 status_details={"type": "cancelled", "reason": "turn_detected"})  # fmt: skip

    def cut(item: str, type_: str = TRUNCATE) -> list[Finding]:
        log = spoken(begun(), over=False).client(type_, item_id=item)
        return log.server("response.done", response=ended).watched(CUT, 60)

    assert cut("m1") == []
    assert len(cut("m2")) == 1
    assert len(cut("m1", "conversation.item.retrieve")) == 1
    assert len(log.server("response.done", response=ended).watched(CUT, 60)) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"status": "cancelled", "reason": "client_cancelled"},
        {"status": "incomplete", "reason": "turn_detected"},
        {"status": "completed", "reason": None},
        {"deltas": 0},
    ],
    ids=["by the client", "incomplete", "heard to its end", "no audio"],
)
def test_only_speech_over_audio_is_an_interruption(more: dict[str, Any]) -> None:
    assert interrupted(**more).watched(CUT, 60) == []


def test_the_last_item_with_audio_is_the_one() -> None:
    log = spoken(begun(), over=False)
    for number, deltas in ((2, 1), (3, 0)):
        message = {"id": f"m{number}", "type": "message", "role": "assistant", "content": [],
                   "status": "in_progress"}  # fmt: skip
        place = {"response_id": "r1", "output_index": number - 1}
        log.server("response.output_item.added", **place, item=message)
        inside = {**place, "item_id": f"m{number}", "content_index": 0}
        part = {"type": "audio", "transcript": ""}
        log.server("response.content_part.added", **inside, part=part)
        for _ in range(deltas):
            log.server("response.output_audio.delta", **inside, delta=encoded(bytes(960)))
    details = {"type": "cancelled", "reason": "turn_detected"}
    log.server("response.done", response=done("r1", status="cancelled", status_details=details))
    (found,) = log.watched(CUT, 60)
    assert found.subject == "m2"


def test_on_a_call_the_server_truncates() -> None:
    log = Log().opened("wss://api.example.com/v1/realtime?call_id=rtc_1")
    assert interrupted(log).watched(CUT, 60) == []


def test_a_log_that_was_cut_may_have_lost_the_truncation() -> None:
    log = interrupted().given_up(60)
    assert named(log.judged(view=View(whole=False)), CUT) == []
    assert len(named(log.judged(), CUT)) == 1


# -- ids that are used twice -------------------------------------------------------------------------

TWICE = "duplicate-item-id"


def test_an_id_that_is_used_twice_is_told_with_both_events() -> None:
    log = begun().client(CREATE, item=user("a")).client(CREATE, item=user("b"))
    (found,) = named(log.client(CREATE, item=user("a")).given_up(6).judged(), TWICE)
    assert found.message == f"event 4 ({CREATE}) uses the id a of event 2 again"
    assert found.evidence == (2, 4)
    assert found.subject == "a"


def test_items_without_an_id_are_never_the_same() -> None:
    log = begun().client(CREATE, item=user()).client(CREATE, item=user())
    log.client(CREATE, item={**user(), "id": ""}).client(CREATE, item={**user(), "id": ""})
    assert named(log.given_up(6).judged(), TWICE) == []


def test_the_id_of_a_deleted_item_is_free() -> None:
    log = added(begun().client(CREATE, item=user("a")), user("a"))
    log.client("conversation.item.delete", item_id="a")
    log.server("conversation.item.deleted", item_id="a")
    log.client(CREATE, item=user("a"))
    assert named(log.given_up(6).judged(), TWICE) == []
    kept = added(begun().client(CREATE, item=user("a")), user("a")).client(CREATE, item=user("a"))
    assert len(named(kept.given_up(6).judged(), TWICE)) == 1


@pytest.mark.parametrize("between", [0, 48, 49, 50, 51, 120])
def test_an_id_is_remembered_however_many_come_between(between: int) -> None:
    log = begun().client(CREATE, event_id="e1", item=user("a"))
    log = added(log, user("a"))
    for number in range(between):
        log = added(log.client(CREATE, item=user(f"b{number}")), user(f"b{number}"))
    log.client(CREATE, item=user("a"))
    (found,) = named(log.given_up(6).judged(), TWICE)
    assert found.evidence == (2, 4 + 2 * between)


@pytest.mark.parametrize("between", [0, 49, 50, 60])
def test_an_id_that_was_refused_is_free_however_late(between: int) -> None:
    log = begun().client(CREATE, event_id="e1", item=user("a"))
    log.server("error", error=error("invalid_value", "Invalid value.", event_id="e1"))
    for number in range(between):
        log = added(log.client(CREATE, item=user(f"b{number}")), user(f"b{number}"))
    log.client(CREATE, item=user("a"))
    assert named(log.given_up(6).judged(), TWICE) == []


# -- truncations -------------------------------------------------------------------------------------

BEYOND = "truncate-beyond-audio"


def truncated(log: Log, ms: Any, **more: Any) -> list[Finding]:
    log.client(TRUNCATE, item_id="m1", content_index=0, audio_end_ms=ms)
    return named(log.given_up(6).judged(**more), BEYOND)


@pytest.mark.parametrize(
    ("ms", "told"), [(400, False), (550, False), (551, True), (5400, True), ("5400", False)]
)
def test_more_than_came_cannot_have_been_heard(ms: Any, told: bool) -> None:
    found = truncated(spoken(begun()), ms)
    assert len(found) == told
    for one in found:
        assert f"event 10 ({TRUNCATE}) says that {ms} ms of m1 were heard, but" in one.message
        assert "only 400 ms of it had come" in one.message
        assert one.evidence == (8, 10)
        assert one.subject == "m1"


def test_audio_that_the_log_replaces_tells_no_length() -> None:
    assert truncated(spoken(begun(), ms=36), 5400) == []  # 9 ms a delta
    assert len(truncated(spoken(begun(), ms=40), 5400)) == 1


def test_an_item_that_no_response_wrote_has_no_length() -> None:
    log = begun().client(TRUNCATE, item_id="m9", content_index=0, audio_end_ms=5400)
    assert named(log.given_up(6).judged(), BEYOND) == []


# -- what an item follows ----------------------------------------------------------------------------

FOLLOWS = "unknown-previous-item-id"


def follows(log: Log, id_: Any, **more: Any) -> list[Finding]:
    log.client(CREATE, previous_item_id=id_, item=user())
    return named(log.given_up(6).judged(**more), FOLLOWS)


def test_an_item_cannot_follow_one_that_nobody_named() -> None:
    (found,) = follows(begun(), "m7")
    assert found.evidence == (2,)
    assert found.subject == "m7"
    assert "is to follow m7, an item that nobody has named before" in found.message


@pytest.mark.parametrize(
    ("log", "id_"),
    [
        (begun(), "root"),
        (begun(), ""),
        (begun(), None),
        (added(begun(), user("m7")), "m7"),
        (begun().client(CREATE, item=user("m7")), "m7"),
        (begun().server("input_audio_buffer.speech_started", item_id="m7", audio_start_ms=0), "m7"),
        (spoken(begun(), item="m7"), "m7"),
        (spoken(begun(), item="m7", over=False), "m7"),
    ],
    ids=["root", "empty", "null", "added", "created", "speech", "answer", "open answer"],
)
def test_an_item_may_follow_what_has_a_name(log: Log, id_: Any) -> None:
    assert follows(log, id_) == []


@pytest.mark.parametrize(
    "view",
    [
        View(whole=False),
        View(clock=Clock.NONE),
        View(from_start=False),
        View(senders=frozenset({Sender.CLIENT})),
    ],
    ids=["cut", "no clock", "late", "client only"],
)
def test_a_record_that_lacks_something_may_lack_the_name(view: View) -> None:
    assert follows(begun(), "m7", view=view) == []


def test_a_log_of_chosen_events_shows_names_only_if_it_shows_items() -> None:
    chosen = View(selective=True)
    assert follows(begun(), "m7", view=chosen) == []
    assert follows(begun().client(CREATE, item=user("m1")), "m7", view=chosen) == []
    assert len(follows(added(begun(), user("m1")), "m7", view=chosen)) == 1


# -- types of content --------------------------------------------------------------------------------

WRONG = "wrong-content-type-for-role"


def wrong(log: Log) -> list[Finding]:
    return named(log.given_up(6).judged(), WRONG)


@pytest.mark.parametrize(
    ("role", "type_", "told"),
    [
        ("user", "text", True),
        ("user", "output_text", True),
        ("user", "input_text", False),
        ("system", "text", True),
        ("system", "input_text", False),
        ("assistant", "input_text", True),
        ("assistant", "output_text", False),
    ],
)
def test_each_role_has_a_type_of_its_own(role: str, type_: str, told: bool) -> None:
    item = {"type": "message", "role": role, "content": [{"type": type_, "text": "Hi"}]}
    found = wrong(begun().client(CREATE, item=item))
    assert len(found) == told
    for one in found:
        assert f"{CREATE} (event 2): at /item/content/0/type (role {role}) expected" in one.message
        assert one.evidence == (2,)
    found = wrong(begun().client("response.create", response={"input": [user(), item]}))
    assert len(found) == told
    for one in found:
        assert f"at /response/input/1/content/0/type (role {role})" in one.message


def test_other_faults_of_an_item_are_not_its_content() -> None:
    item = {**user(), "status": 7}
    assert wrong(begun().client(CREATE, item=item)) == []


@pytest.mark.parametrize(
    "more",
    [
        {"content": [{"type": "text", "text": "\ud800"}]},
        {"extra": 10**400},
    ],
    ids=["surrogate", "huge number"],
)
def test_what_validators_choke_on_has_a_type_of_content_all_the_same(more: Payload) -> None:
    log = begun().client(CREATE, item={**user(type_="text"), **more})
    assert len(wrong(log)) == 1


def test_an_event_as_deep_as_a_decoder_takes_is_invalid_and_ends_nothing() -> None:
    deep = orjson.loads("[" * 1000 + "]" * 1000)
    log = begun().client(CREATE, item={**user(type_="text"), "extra": deep}).given_up(6)
    names = {one.name for one in log.judged()}
    assert "invalid-event" in names
    assert WRONG not in names


def test_an_event_without_items_has_no_content() -> None:
    assert wrong(begun().client("response.create", response={"modalities": 7})) == []
    assert wrong(begun().client(CREATE, item="Hi")) == []


def test_three_places_are_named_and_no_more() -> None:
    content = [{"type": "text", "text": "Hi"}] * 5
    item = {"type": "message", "role": "user", "content": content}
    (found,) = wrong(begun().client(CREATE, item=item))
    assert found.message.count("; at ") == 2
    assert "/item/content/2/type" in found.message


def test_items_that_are_in_order_do_not_hide_the_one_that_is_not() -> None:
    log = begun()
    for _ in range(25):
        log.client(CREATE, item=user())
    assert len(wrong(log.client(CREATE, item=user(type_="text")))) == 1


def test_an_app_that_always_does_it_is_one_finding() -> None:
    log = begun()
    for _ in range(30):
        log.client(CREATE, item=user(type_="text"))
    (found,) = wrong(log)
    assert found.count == 20
