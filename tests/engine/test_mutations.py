"""A fault in a legal session is found, and the finding names it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from choosing import Seeded
from legal_sessions import legal_session
from mutations import Mutation, mutate

from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding
from rtdebug.model.records import Record
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

WANTED = int(os.environ.get("RTDEBUG_MUTATIONS", "200"))
LEAST = 0.95


def judged(records: list[Record]) -> tuple[Finding, ...]:
    session = Session(load_pack(), RULES)
    for record in records:
        session.observe(record)
    return session.finish().findings


def mutations() -> Iterator[tuple[list[Record], Mutation]]:
    """So many faults, the same ones in every run."""
    found = seed = 0
    while found < WANTED:
        records = legal_session(Seeded(seed))
        mutation = mutate(records, load_pack(), seed)
        seed += 1
        if mutation is not None:
            found += 1
            yield records, mutation


def names(finding: Finding, mutation: Mutation) -> bool:
    """Whether a finding points at the fault: by its events, its type or one of its ids."""
    if mutation.seqs & set(finding.evidence) or finding.subject in mutation.marks:
        return True
    return any(mark in finding.message for mark in mutation.marks)


def test_nearly_every_fault_is_found_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    found: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    missed: list[str] = []
    for records, mutation in mutations():
        kind = mutation.kind.split()[0]
        tried[kind] += 1
        known = {(one.name, one.count) for one in judged(records)}
        new = [one for one in judged(mutation.records) if (one.name, one.count) not in known]
        if any(names(one, mutation) for one in new):
            found[kind] += 1
        else:
            missed.append(f"{mutation.kind} of {mutation.what}")
    rate = found.total() / tried.total()
    with capsys.disabled():
        kinds = ", ".join(f"{kind} {found[kind]} of {tried[kind]}" for kind in sorted(tried))
        print(f"\nfaults found and named: {rate:.1%} ({kinds})")  # noqa: T201 - the rate is what this test is about
    assert rate >= LEAST, missed
    assert min(tried.values()) >= WANTED // 25
