"""What passes without a record is judged as if each event had been observed."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtdebug.captures import own
from rtdebug.engine.judged import Judged
from rtdebug.engine.session import Session
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.rules.index import entries

RECORDINGS = sorted((Path(__file__).parents[1] / "rules").glob("*/*.jsonl"))
NAMES = [f"{path.parent.name}/{path.stem}" for path in RECORDINGS]


def judged(path: Path, *, skim: bool) -> tuple[Judged, int]:
    """What a recording comes to, and how many of its events were skimmed."""
    taken = 0
    with path.open("rb") as stream:
        reading = own.read_own(str(path), stream)
        pack, patience = load_pack(reading.pack_hint or DEFAULT_PACK), reading.header["patience"]
        session = Session(pack, entries(), view=reading.view, patience=patience)

        def counted(*parts: object) -> bool:
            nonlocal taken
            took = session.skim(*parts)  # type: ignore[arg-type]
            taken += took
            return took

        reading.skim = counted if skim else None
        for record in reading.records:
            session.observe(record)
    return session.finish(), taken


@pytest.mark.parametrize("path", RECORDINGS, ids=NAMES)
def test_skimming_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "KEEP_TEXT", -1)
    assert judged(path, skim=True)[0] == judged(path, skim=False)[0]


def test_most_deltas_are_skimmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "KEEP_TEXT", -1)
    path = max(RECORDINGS, key=lambda one: one.read_bytes().count(b'.delta"'))
    assert judged(path, skim=True)[1] > 0.5 * path.read_bytes().count(b'.delta"')
