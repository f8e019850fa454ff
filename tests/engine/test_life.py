"""Calls, scopes and beats of packs: each row of each pack that ships, broken and kept; and what a
record cannot show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rtdebug import resources
from rtdebug.engine.session import Session
from rtdebug.model.findings import Severity
from rtdebug.model.records import LIVE, Clock, Closed, Ended, Event, Opened, Sender, View
from rtdebug.packs.lifecycle import Beat, Call, FactRow, Lifecycle, Scope
from rtdebug.packs.load import load_pack
from rtdebug.packs.pack import Pack
from rtdebug.rules.registry import RULES

CLIENT, SERVER = Sender.CLIENT, Sender.SERVER
Sent = tuple[float, Sender, dict[str, Any]]


def life_of(pack: Pack) -> Lifecycle:
    assert pack.life is not None
    return pack.life


def put(message: dict[str, Any], pointer: tuple[str, ...], value: Any) -> None:
    """Sets what a pointer leads to, making what is on the way; lists have one member."""
    here: Any = message
    for index, part in enumerate(pointer):
        last = index == len(pointer) - 1
        below: Any = value if last else [] if pointer[index + 1] in ("*", "0") else {}
        if isinstance(here, list):
            if not here:
                here.append(below)
            elif last:
                here[0] = value
            here = here[0]
        else:
            here = here.setdefault(part, below)


def message(pack: Pack, fact: str, id_: str | None = "x1") -> tuple[Sender, dict[str, Any]]:
    """A message that says a fact, with all that an answer must have."""
    for sender, types in life_of(pack).facts.items():
        for type_, rows in types.items():
            for row in rows:
                if row.fact == fact:
                    return sender, _built(pack, type_, row, id_)
    raise AssertionError(f"{pack.name}: no message says {fact}")


def _built(pack: Pack, type_: str, row: FactRow, id_: str | None) -> dict[str, Any]:
    keyed = type_ in pack.naming.keys
    made: dict[str, Any] = {type_: {}} if keyed else {pack.naming.field: type_}
    if row.each is not None:
        put(made, row.each, id_ if row.id == () else {})
    if row.test is not None:
        put(made, row.test, row.values[0] if row.values else "SOMETHING")
    if row.id:
        put(made, (row.each or ()) + row.id, id_)
    for call in life_of(pack).calls:
        for pointer in call.must_have.get(row.fact, ()):
            put(made, (row.each or ()) + pointer, "name")
    return made


def found(pack: Pack, *sent: Sent, view: View = LIVE, end: float = 0.0) -> list[str]:
    session = session_of(pack, *sent, view=view)
    session.advance(end)
    session.observe(Closed(end, 1000, "", CLIENT))
    return [one.name for one in session.finish().findings if one.severity is not Severity.INFO]


def session_of(pack: Pack, *sent: Sent, view: View = LIVE) -> Session:
    session = Session(pack, RULES, view=view)
    session.observe(Opened(0.0, "wss://peer.example/"))
    for seq, (at, sender, payload) in enumerate(sent, 1):
        name = pack.name_of(payload)
        assert name is not None
        session.observe(Event(seq, at, sender, name, payload, 10))
    return session


def begun(pack: Pack) -> list[Sent]:
    """The opening of a session, as the pack has it."""
    life = life_of(pack)
    facts = [one.ask for one in life.calls if life.begins in one.by and one.sender is CLIENT]
    return [(0.1, *message(pack, fact)) for fact in (*facts, life.begins) if fact]


PACKS = [pack for pack in map(load_pack, resources.pack_names()) if pack.life is not None]


def rows(kind: str) -> list[Any]:
    return list(_rows(kind))


def _rows(kind: str) -> Iterator[Any]:
    for pack in PACKS:
        for row in getattr(life_of(pack), kind):
            name = getattr(row, "ask", "") or getattr(row, "name", "") or row.finding
            yield pytest.param(pack, row, id=f"{pack.name}-{name}")


def own(pack: Pack, finding: str) -> str:
    return life_of(pack).names.get(finding, finding)


@pytest.mark.parametrize(("pack", "row"), rows("calls"))
def test_each_call_is_told_when_nothing_answers_it(pack: Pack, row: Call) -> None:
    opening = [] if life_of(pack).begins in row.by else begun(pack)
    asked = (1.0, *message(pack, row.ask))
    late = 1.0 + row.within
    assert found(pack, *opening, asked, end=late + 1).count(own(pack, row.finding)) == 1
    assert own(pack, row.finding) not in found(pack, *opening, asked, end=late - 0.5)


@pytest.mark.parametrize(("pack", "row"), rows("calls"))
def test_each_answer_of_a_call_settles_it(pack: Pack, row: Call) -> None:
    opening = [] if life_of(pack).begins in row.by else begun(pack)
    for fact in row.by:
        if fact in pack.binary_facts.values() or fact == "audio.out":
            continue
        asked = (1.0, *message(pack, row.ask))
        answer = (1.5, *message(pack, fact))
        assert own(pack, row.finding) not in found(
            pack, *opening, asked, answer, end=2.0 + row.within
        )


@pytest.mark.parametrize(("pack", "row"), rows("calls"))
def test_what_a_record_cannot_show_is_not_missing(pack: Pack, row: Call) -> None:
    opening = [] if life_of(pack).begins in row.by else begun(pack)
    asked = (1.0, *message(pack, row.ask))
    types = frozenset(life_of(pack).types_of(row.by))
    for view in (
        View(senders=frozenset({CLIENT if row.owed_by is SERVER else SERVER})),
        View(clock=Clock.NONE),
        View(hidden=types),
    ):
        told = found(pack, *opening, asked, view=view, end=9.0 + row.within)
        assert own(pack, row.finding) not in told


@pytest.mark.parametrize(("pack", "row"), rows("scopes"))
def test_each_scope_is_told_when_it_stalls(pack: Pack, row: Scope) -> None:
    opened = (1.0, *message(pack, row.opens[0]))
    closed = (2.0, *message(pack, row.closes[0]))
    late = 2.0 + row.silence
    assert own(pack, row.finding) in found(pack, *begun(pack), opened, end=late)
    assert own(pack, row.finding) not in found(pack, *begun(pack), opened, closed, end=late)
    assert own(pack, row.finding) not in found(pack, *begun(pack), opened, end=late - 1.5)


@pytest.mark.parametrize(("pack", "row"), rows("beats"))
def test_each_beat_is_told_when_it_stops(pack: Pack, row: Beat) -> None:
    # Where sessions have no beginning it begins by itself.
    opening = begun(pack) or [(0.1, *message(pack, row.by[-1]))]
    late = 0.2 + row.within
    assert row.finding in found(pack, *opening, end=late)
    assert row.finding not in found(pack, *opening, end=late - 0.5)


GEMINI = load_pack("gemini-live")
SETUP = [(0.1, CLIENT, {"setup": {}}), (0.2, SERVER, {"setupComplete": {}})]
ASKED = (1.0, CLIENT, {"clientContent": {"turnComplete": True}})
PART = (2.0, SERVER, {"serverContent": {"modelTurn": {"parts": [{"text": "At"}]}}})
DONE = (2.5, SERVER, {"serverContent": {"turnComplete": True}})
CALL = (2.0, SERVER, {"toolCall": {"functionCalls": [{"id": "c1", "name": "f"}]}})
RESULT = {"toolResponse": {"functionResponses": [{"id": "c1", "name": "f", "response": {}}]}}


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        (SETUP[:1], "setup-unanswered"),
        ([*SETUP, ASKED], "turn-unanswered"),
        ([*SETUP, ASKED, PART], "turn-stalled"),
        ([*SETUP, ASKED, PART, (2.1, SERVER, {"serverContent": {"generationComplete": True}})],
         "turn-never-ended"),
        ([*SETUP, ASKED, CALL], "tool-output-missing"),
        ([*SETUP, ASKED, DONE], "gemini-empty-turn"),
        ([*SETUP, (1.0, CLIENT, {"realtimeInput": {"activityEnd": {}}})], "turn-unanswered"),
    ],
)  # fmt: skip
def test_the_silences_of_gemini_are_errors(sent: list[Sent], name: str) -> None:
    assert found(GEMINI, *sent, end=60.0) == [name]


def test_a_healthy_session_of_gemini_is_quiet() -> None:
    told = found(GEMINI, *SETUP, ASKED, CALL, (8.0, CLIENT, RESULT), (9.0, *PART[1:]),
                 (9.5, *DONE[1:]), end=60.0)  # fmt: skip
    assert told == []


def test_a_tool_that_works_is_no_stalled_turn() -> None:
    assert found(GEMINI, *SETUP, ASKED, CALL, end=15.0) == []


def test_what_is_owed_at_the_end_is_open_and_no_fault() -> None:
    session = session_of(GEMINI, *SETUP, ASKED)
    (owed,) = session.owed()
    assert (owed.what, owed.event, owed.since, owed.owed_by) == ("clientContent", 3, 1.0, SERVER)
    assert owed.until == 11.0
    assert found(GEMINI, *SETUP, ASKED, end=5.0) == []


def test_a_finding_has_the_time_of_its_deadline_live_and_replayed() -> None:
    live = session_of(GEMINI, *SETUP, ASKED)
    for tick in range(2, 40):
        live.advance(float(tick))
    replayed = session_of(GEMINI, *SETUP, ASKED)
    for session in (live, replayed):
        session.observe(Closed(40.0, 1000, "", CLIENT))
    both = [session.finish().findings for session in (live, replayed)]
    assert both[0] == both[1]
    assert [one.at for one in both[0]] == [11.0]


def test_an_answer_that_comes_late_is_a_warning() -> None:
    session = session_of(GEMINI, *SETUP, ASKED, (20.0, *PART[1:]), (21.0, *DONE[1:]))
    session.observe(Closed(22.0, 1000, "", CLIENT))
    (one,) = session.finish().findings
    assert (one.name, one.severity) == ("turn-unanswered", Severity.WARNING)
    assert "came after all: event 4" in one.message


def test_whoever_gave_up_had_waited_for_something() -> None:
    session = session_of(GEMINI, *SETUP, ASKED)
    session.observe(Ended(7.0, "gave up", 6.0))
    assert [one.name for one in session.finish().findings] == ["turn-unanswered"]


def test_a_result_may_come_before_its_call_is_told_of() -> None:
    pack = load_pack("openai-live")
    call = message(pack, "tool.call", "c1")
    result = message(pack, "tool.result", "c1")
    told = found(pack, *begun(pack), (1.0, *result), (2.0, *call), end=25.0)
    assert "tool-output-missing" not in told


@pytest.mark.parametrize("reason", ["PROHIBITED_INPUT_CONTENT", "MALFORMED_FUNCTION_CALL", "OTHER"])
def test_every_reason_of_a_turn_is_told(reason: str) -> None:
    body = {"turnComplete": True, "turnCompleteReason": reason}
    assert found(GEMINI, *SETUP, ASKED, (2.0, SERVER, {"serverContent": body})) == [
        "gemini-response-rejected"
    ]


def test_an_error_object_is_an_error_of_the_server() -> None:
    error = {"error": {"code": 429, "message": "You exceeded your current quota", "status": "X"}}
    assert found(GEMINI, *SETUP, ASKED, (2.0, SERVER, error)) == ["insufficient-quota"]


def test_an_error_that_answers_the_setup_refuses_it() -> None:
    error = {"error": {"code": 400, "message": "what?", "status": "INVALID_ARGUMENT"}}
    told = found(GEMINI, SETUP[0], (2.0, SERVER, error), end=60.0)
    assert set(told) == {"error-event", "setup-refused"}


def test_binary_audio_is_no_fault_where_the_pack_says_so() -> None:
    pack = load_pack("deepgram-agent")
    session = session_of(pack, *begun(pack))
    for at in (5.0, 10.0, 15.0):
        session.observe(session.decode(b"\0\1", at, CLIENT, binary=True))
    session.observe(Closed(16.0, 1000, "", CLIENT))
    judged = session.finish()
    assert judged.findings == ()
    assert session.state.audio_sent == 3


@pytest.mark.parametrize(
    ("pack", "type_", "known"),
    [("gemini-live", "response.create", 0), ("openai-realtime", "setupComplete", 0),
     ("gemini-live", "setupComplete", 1), ("openai-realtime", "session.created", 1)],
)  # fmt: skip
def test_the_types_that_a_pack_does_not_know_are_counted(pack: str, type_: str, known: int) -> None:
    session = Session(load_pack(pack), RULES)
    for seq in (1, 2, 3):
        session.observe(Event(seq, 0.1, SERVER, type_, {"type": type_}, 10))
    state = session.state
    assert (len(state.known_types), len(state.unknown_types)) == (known, 1 - known)
