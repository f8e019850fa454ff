"""Findings under their causes, with none lost."""

from hypothesis import given
from hypothesis import strategies as st

from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.reports.grouping import grouped


def finding(name: str, under: str | None = None) -> Finding:
    return Finding(name, Severity.ERROR, Certainty.HIGH, "t", "m", under=under, key=name)


def test_a_consequence_follows_its_root() -> None:
    groups = grouped([finding("a"), finding("b", "a"), finding("c", "b"), finding("d")])
    assert [group.root.name for group in groups] == ["a", "d"]
    assert [(depth, one.name) for depth, one in groups[0].consequences] == [(1, "b"), (2, "c")]


def test_a_finding_under_one_that_is_not_there_is_a_root() -> None:
    assert [group.root.name for group in grouped([finding("b", "gone")])] == ["b"]


NAMES = st.sampled_from(["a", "b", "c", "d", None])


@given(st.lists(st.tuples(st.sampled_from("abcd"), NAMES), max_size=8))
def test_every_finding_is_told_once(pairs: list[tuple[str, str | None]]) -> None:
    findings = [finding(*pair) for pair in pairs]
    groups = grouped(findings)
    told = [
        one for group in groups for one in (group.root, *(below for _, below in group.consequences))
    ]
    assert sorted(map(id, told)) == sorted(map(id, findings))
