"""A finding is told once, under one key, with one severity; what is withdrawn no longer counts."""

from __future__ import annotations

from building import Reply, Talk
from choosing import Seeded
from hypothesis import given, settings
from hypothesis import strategies as st
from legal_sessions import legal_session
from mutations import mutate

from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding
from rtdebug.model.records import LIVE, Closed, Record, Sender, View
from rtdebug.packs.load import load_pack
from rtdebug.rules import index

TYPED = {"type": "message", "role": "user", "content": 7}
SELECTIVE = View(selective=True)


def played(records: list[Record], view: View = LIVE) -> tuple[list[Finding], tuple[Finding, ...]]:
    """What was shown while the records came, and the tree at the end."""
    session = Session(load_pack(), index.entries(), view=view)
    shown = [found for record in records for found in session.observe(record)]
    return shown, session.finish().findings


def test_each_wrong_request_explains_its_own_silence() -> None:
    talk = Talk()
    talk.server("session.created", session={"id": "s", "type": "realtime"})
    talk.client("session.update", session={"type": "realtime", "output_modalities": 7})
    talk.client("conversation.item.create", item=TYPED)
    talk.client("response.create", response={"output_modalities": 7})
    records = talk.records()
    _, findings = played([*records, Closed(records[-1].at + 38.0, 1000, "", Sender.CLIENT)])
    loud = [one for one in findings if one.severity.value == "error"]
    keys = {one.key: one for one in loud}
    assert [one.name for one in loud if one.under is None] == ["invalid-event"] * 3
    assert {one.name: keys[one.under].subject for one in loud if one.under is not None} == {
        "session-update-unanswered": "session.update",
        "request-unanswered": "conversation.item.create",
        "response-create-unanswered": "response.create",
        "client-left-waiting": "session.update",
    }
    for one in loud:
        if one.under is not None:
            assert set(one.evidence) & set(keys[one.under].evidence)


def test_a_silence_that_ends_is_shown_as_withdrawn_and_counts_no_more() -> None:
    talk = Talk()
    talk.start()
    talk.say("Are you there?")
    talk.client("response.create")
    answered = len(talk.moves) + 1
    reply = Reply(talk)
    reply.say("Yes.")
    reply.done()
    talk.moves[answered] = talk.moves[answered]._replace(after=30.0)
    shown, findings = played(talk.records())
    gone = [one for one in shown if one.withdrawn]
    assert [one.name for one in gone] == ["response-stalled-after-created"]
    standing = [one for one in findings if one.name == "response-stalled-after-created"]
    assert [one.severity.value for one in standing] == ["warning"]
    assert standing[0].key != gone[0].key


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5000), st.sampled_from([LIVE, SELECTIVE]))
def test_no_report_tells_a_finding_twice(seed: int, view: View) -> None:
    records = legal_session(Seeded(seed))
    mutant = mutate(records, load_pack(), seed)
    shown, findings = played(mutant.records if mutant else records, view)
    keys = [one.key for one in findings]
    assert len(keys) == len(set(keys))
    assert all(one.under is None or one.under in keys for one in findings)
    told = [(one.key, one.withdrawn) for one in shown]
    assert len(told) == len(set(told))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5000))
def test_what_was_shown_red_is_red_at_the_end(seed: int) -> None:
    records = legal_session(Seeded(seed))
    mutant = mutate(records, load_pack(), seed)
    shown, findings = played(mutant.records if mutant else records)
    gone = {one.key for one in shown if one.withdrawn}
    red = {one.name for one in shown if one.key not in gone and one.severity.value == "error"}
    assert red <= {one.name for one in findings if one.severity.value == "error"}
