"""Each page of docs/findings/ says everything there is to say, and names what exists."""

from __future__ import annotations

import re

import pytest

from rtdebug.catalogue.book import entries, names
from rtdebug.catalogue.entry import Entry
from rtdebug.cli.pages import FAMILIES
from rtdebug.packs.load import load_pack
from rtdebug.redaction import DEFAULT as REDACTOR

EVERY = entries()
BY_NAME = pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.name)
LIKELIHOODS = ["likely", "possible", "unlikely"]
# What is wrong with a shape the schema says itself; what is unknown is no fault.
NO_CAUSES = {"invalid-event", "unknown-event-type", "unknown-field"}


@BY_NAME
def test_a_name_is_in_kebab_case_and_every_part_is_there(entry: Entry) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", entry.name)
    assert entry.family in FAMILIES
    parts = (entry.finds, entry.why, entry.example, entry.to_do, entry.source, entry.fix)
    assert all(parts), "a part is missing"


@BY_NAME
def test_no_advice_is_taken_for_a_secret(entry: Entry) -> None:
    for words in (entry.title, entry.fix, *(f"{one.text} {one.test}" for one in entry.causes)):
        assert REDACTOR.text(words) == words


@BY_NAME
def test_a_title_is_one_short_statement(entry: Entry) -> None:
    for title in (entry.title, *(entry.variant(one).title for one in entry.variants)):
        assert 10 < len(title) <= 70
        assert not title.endswith(".")


@BY_NAME
def test_causes_are_ranked_and_each_has_its_test(entry: Entry) -> None:
    for causes in (entry.causes, *(entry.variant(one).causes for one in entry.variants)):
        assert causes or entry.name in NO_CAUSES
        assert all(one.text and one.test for one in causes)
        ranks = [LIKELIHOODS.index(one.likelihood) for one in causes]
        assert ranks == sorted(ranks)


@BY_NAME
def test_relations_name_findings_that_exist(entry: Entry) -> None:
    assert set(entry.explained_by) <= set(names()) - {entry.name}
    assert len(set(entry.explained_by)) == len(entry.explained_by)
    assert entry.alias_of in ("", *names())


@BY_NAME
def test_what_it_rests_on_and_answers_are_roles(entry: Entry) -> None:
    roles = {role for known in load_pack().roles.values() for role in known}
    named = {role for group in entry.rests_on for role in group}
    named |= {entry.answers} if entry.answers else set()
    assert named <= roles | {"item.created"}


@BY_NAME
def test_a_variant_says_something_of_its_own(entry: Entry) -> None:
    for one in entry.variants:
        assert entry.variant(one) != entry
    assert entry.variant("") == entry


def test_ids_of_causes_are_used_once_in_an_entry() -> None:
    for entry in EVERY:
        ids = [one for one in entry.cause_ids if one]
        assert len(ids) == len(set(ids))


def test_no_page_holds_a_key() -> None:
    for entry in EVERY:
        text = " ".join((entry.finds, entry.why, entry.example, entry.to_do, entry.source))
        assert not re.search(r"\b(sk-|ek_|xai-|AIza)[A-Za-z0-9]", text)
