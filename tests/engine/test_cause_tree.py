"""Repeats are counted, consequences hang under their cause, the root comes first."""

from __future__ import annotations

from typing import Any

import pytest

from rtdebug.catalogue.book import entry, names
from rtdebug.engine.cause_tree import cause_tree
from rtdebug.model.findings import Certainty, Finding, Severity, key_of


def finding(name: str, *seqs: int, at: float = 1.0, **more: Any) -> Finding:
    fields = {
        "severity": Severity.ERROR, "certainty": Certainty.CERTAIN, "title": name,
        "message": f"{name} at {seqs}", "first": seqs[0] if seqs else None,
        "last": seqs[-1] if seqs else None, **more,
    }  # fmt: skip
    key = key_of(name, more.get("subject"), fields["first"], at)
    return Finding(name=name, at=at, evidence=seqs, key=key, **fields)


def tree(*findings: Finding) -> list[tuple[str, str | None]]:
    """Each row with the name of the row it hangs under."""
    rows = cause_tree(findings)
    names = {one.key: one.name for one in rows}
    return [(one.name, names[one.under] if one.under is not None else None) for one in rows]


def test_repeats_become_one_with_a_count() -> None:
    (one,) = cause_tree([finding("text-mismatch", seq, subject="i") for seq in (4, 9, 2)])
    assert (one.count, one.first, one.last, one.evidence) == (3, 2, 9, (2, 4, 9))
    assert one.message == "text-mismatch at (4,)"


def test_the_worst_severity_of_the_repeats_counts() -> None:
    mild = finding("text-mismatch", 4, severity=Severity.WARNING)
    (one,) = cause_tree([mild, finding("text-mismatch", 9)])
    assert one.severity is Severity.ERROR


def test_the_evidence_of_many_repeats_is_bounded() -> None:
    (one,) = cause_tree([finding("text-mismatch", seq) for seq in range(1, 1000)])
    assert len(one.evidence) <= 11
    assert (one.count, one.first, one.last) == (999, 1, 999)


def test_a_consequence_hangs_under_its_cause_whatever_came_first() -> None:
    effect = finding("close-mid-response", 9, at=9.0)
    cause = finding("session-expired", 8, at=8.0)
    assert "session-expired" in entry("close-mid-response").explained_by
    expected = [("session-expired", None), ("close-mid-response", "session-expired")]
    assert tree(effect, cause) == expected
    assert tree(cause, effect) == expected


def test_a_consequence_of_a_consequence_hangs_under_the_root() -> None:
    found = tree(
        finding("beta-api-disabled", 1),
        finding("ga-beta-field-mix", 1),
        finding("unknown-parameter", 1),
    )
    assert found == [
        ("beta-api-disabled", None),
        ("ga-beta-field-mix", "beta-api-disabled"),
        ("unknown-parameter", "beta-api-disabled"),
    ]


def test_some_causes_explain_only_what_happened_at_the_same_event() -> None:
    assert entry("output-item-unbalanced").same_event
    cause = finding("output-item-unbalanced", 4)
    assert tree(cause, finding("text-mismatch", 4, 5))[1] == (
        "text-mismatch", "output-item-unbalanced",
    )  # fmt: skip
    assert tree(cause, finding("text-mismatch", 8, 9))[1] == ("text-mismatch", None)


def test_a_silence_leads_before_a_wrong_shape() -> None:
    stall = finding("response-stalled-after-created", 5, at=9.0, certainty=Certainty.HIGH)
    found = tree(finding("invalid-event", 1), stall)
    assert found == [("response-stalled-after-created", None), ("invalid-event", None)]


def test_a_wrong_request_explains_that_it_got_no_answer() -> None:
    unanswered = finding("response-create-unanswered", 5, certainty=Certainty.MEDIUM)
    assert tree(unanswered, finding("invalid-event", 5)) == [
        ("invalid-event", None), ("response-create-unanswered", "invalid-event"),
    ]  # fmt: skip


def test_nothing_hangs_under_what_is_less_bad() -> None:
    mild = finding("session-expired", 8, severity=Severity.WARNING)
    found = tree(finding("close-mid-response", 9), mild)
    assert found == [("close-mid-response", None), ("session-expired", None)]


def test_a_cause_that_a_rule_names_and_that_does_not_stand_is_no_cause() -> None:
    close = finding("close-mid-response", 9, under="response-done-missing")
    assert tree(close) == [("close-mid-response", None)]
    found = tree(close, finding("response-done-missing", 8))
    assert found[1] == ("close-mid-response", "response-done-missing")


def test_what_a_rule_itself_puts_under_another_stays_there() -> None:
    found = tree(finding("error-event", 3, under="response-failed"), finding("response-failed", 3))
    assert found == [("response-failed", None), ("error-event", "response-failed")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"severity": Severity.ERROR}, {"severity": Severity.WARNING, "at": 0.1}),
        ({"severity": Severity.WARNING}, {"severity": Severity.INFO, "at": 0.1}),
        ({"certainty": Certainty.CERTAIN}, {"certainty": Certainty.MEDIUM, "at": 0.1}),
        ({"certainty": Certainty.MEDIUM}, {"certainty": Certainty.LOW, "at": 0.1}),
        ({"at": 1.0}, {"at": 2.0}),
    ],
)
def test_the_root_is_the_worst_then_the_surest_then_the_earliest(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    one, two = finding("rate-limit-low", 1, **first), finding("token-usage-growth", 2, **second)
    assert [name for name, _ in tree(two, one)] == ["rate-limit-low", "token-usage-growth"]


def test_nothing_is_lost_or_doubled_in_the_tree() -> None:
    shown = cause_tree([finding(name, seq) for seq, name in enumerate(names(), 1)])
    assert sorted(one.name for one in shown) == list(names())


def test_every_consequence_ends_at_a_root() -> None:
    shown = cause_tree([finding(name, 1) for name in names()])
    roots = {one.key for one in shown if one.under is None}
    assert roots
    assert {one.under for one in shown if one.under is not None} <= roots


def test_each_silence_hangs_under_the_wrong_event_it_has_in_common() -> None:
    wrong = [
        finding("invalid-event", seq, title=f"{kind} is wrong", subject=kind)
        for seq, kind in ((2, "session.update"), (3, "conversation.item.create"))
    ]
    silent = [
        finding("session-update-unanswered", 2, at=5.0),
        finding("request-unanswered", 3, at=5.0),
    ]
    rows = cause_tree([*silent, *wrong])
    assert [(one.name, one.under) for one in rows] == [
        ("invalid-event", None), ("session-update-unanswered", wrong[0].key),
        ("invalid-event", None), ("request-unanswered", wrong[1].key),
    ]  # fmt: skip


def test_rows_of_one_name_count_under_each_root_alone() -> None:
    roots = [
        finding("close-mid-response", seq, title=one) for seq, one in ((3, "first"), (4, "second"))
    ]
    below = [
        finding("error-event", seq, at=2.0 + seq, under=roots[number].key)
        for number, seq in ((0, 5), (0, 6), (1, 7))
    ]
    rows = cause_tree([*roots, *below])
    assert [(one.title, one.count) for one in rows] == [
        ("first", 1), ("error-event", 2), ("second", 1), ("error-event", 1),
    ]  # fmt: skip


def test_a_root_is_as_bad_as_the_worst_that_hangs_under_it() -> None:
    news = finding("server-nonconforming", 2, severity=Severity.INFO)
    bad = finding("error-event", 9, under=news.key, at=9.0)
    mild = finding("rate-limit-low", 1, severity=Severity.WARNING)
    assert [name for name, _ in tree(mild, news, bad)] == [
        "server-nonconforming", "error-event", "rate-limit-low",
    ]  # fmt: skip
