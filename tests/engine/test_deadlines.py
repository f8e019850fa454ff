"""Time without a clock: deadlines are stamped with themselves, and a replay finds the same."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from building import Reply, Talk, closed

from rtdebug.captures.own import read_own
from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding
from rtdebug.model.records import LIVE, Ended, Record, View
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.rules.registry import RULES

RECORDINGS = sorted((Path(__file__).parents[1] / "rules").glob("*/bad.jsonl"))
SILENCE = 10.0


def stalled() -> list[Record]:
    """A response that is created, and then nothing."""
    talk = Talk()
    talk.start()
    talk.say("Are you there?")
    talk.client("response.create")
    Reply(talk)
    return talk.records()


def begun(records: list[Record]) -> Session:
    session = Session(load_pack(), RULES)
    for record in records:
        session.observe(record)
    return session


def test_a_session_says_when_it_wants_to_be_woken() -> None:
    session = begun(stalled())
    assert session.at < session.deadline < math.inf


def test_nothing_is_found_before_the_deadline() -> None:
    session = begun(stalled())
    assert list(session.advance(session.at + SILENCE - 0.001)) == []


@pytest.mark.parametrize("late", [0.0, 0.4, 300.0])
def test_a_finding_is_stamped_with_its_deadline_however_late_it_is_made(late: float) -> None:
    session = begun(stalled())
    due = session.at + SILENCE
    found = list(session.advance(due + late))
    assert [(one.name, round(one.at, 6)) for one in found] == [
        ("response-stalled-after-created", round(due, 6))
    ]


def test_a_record_that_comes_after_a_deadline_makes_it_pass_first() -> None:
    records = stalled()
    talk = Talk()
    talk.server("rate_limits.updated", rate_limits=[])
    (late,) = talk.records(url=None)
    late = late._replace(seq=99, at=records[-1].at + 60)  # type: ignore[union-attr]
    found = list(begun(records).observe(late))
    assert found[0].name == "response-stalled-after-created"
    assert found[0].at == pytest.approx(records[-1].at + SILENCE)


def test_a_fault_is_told_once_however_often_time_passes() -> None:
    session = begun(stalled())
    start = session.at
    names = [one.name for step in range(1, 200) for one in session.advance(start + step)]
    assert names == ["response-stalled-after-created"]


@pytest.mark.parametrize(("waited", "found"), [(0.0, False), (0.5, True), (12.0, True)])
def test_who_gives_up_waiting_makes_silence_count_sooner(waited: float, found: bool) -> None:
    session = begun(stalled())
    given_up = Ended(session.at + max(waited, 0.3), "gave-up", waited)
    names = [one.name for one in session.observe(given_up)]
    assert ("response-stalled-after-created" in names) is found


def test_the_end_of_a_whole_record_makes_silence_count() -> None:
    assert begun(stalled()).finish().findings[0].name == "response-stalled-after-created"


def test_the_end_of_a_cut_record_proves_nothing() -> None:
    session = Session(load_pack(), RULES, view=View(to_end=False))
    for record in stalled():
        session.observe(record)
    assert [one.name for one in session.finish().findings] == ["capture-truncated"]


def test_patience_is_given_by_whoever_watches() -> None:
    session = Session(load_pack(), RULES, patience=2.0)
    for record in stalled():
        session.observe(record)
    (found,) = session.advance(session.at + 60)
    assert found.at == pytest.approx(session.at + 2.0)


def replayed(path: Path, *, woken_every: float | None) -> tuple[Finding, ...]:
    """The findings of a recording; woken by a clock between its records, or not at all."""
    with path.open("rb") as stream:
        reading = read_own(str(path), stream)
        session = Session(
            load_pack(reading.pack_hint or DEFAULT_PACK),
            RULES,
            view=reading.view,
            patience=reading.header.get("patience"),
        )
        now = 0.0
        for record in reading.records:
            while woken_every is not None and now + woken_every < record.at:
                now += woken_every
                session.advance(now)
            now = max(now, record.at)
            session.observe(record)
    return session.finish().findings


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.parent.name)
def test_a_replay_finds_what_was_found_live(path: Path) -> None:
    """A live session is woken all the time, a replay never."""
    assert replayed(path, woken_every=0.37) == replayed(path, woken_every=None)


def test_a_good_session_wants_nothing_in_the_end() -> None:
    talk = Talk()
    talk.start()
    talk.say("Are you there?")
    talk.client("response.create")
    reply = Reply(talk)
    reply.say("Yes.")
    reply.done()
    session = begun(closed(talk.records()))
    assert list(session.advance(1000.0)) == []
    assert session.view == LIVE
    assert session.finish().findings == ()
