"""Every recording of the fixtures, of any protocol, answers the client that made it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtdebug.api.diagnosing import begin, senders_by
from rtdebug.api.replaying import Replayers
from rtdebug.captures.formats import read
from rtdebug.errors import UsageError
from rtdebug.model.records import Event, Opened, Record, Sender, Undecodable

FIXTURES = sorted((Path(__file__).parent.parent / "rules").glob("*/good.jsonl"))


def asked(path: Path) -> list[Record]:
    """What the client of a recording did."""
    (reading,) = read(path, sender_of=senders_by(None))
    records = begin(reading)[1]
    mine = (one for one in records if isinstance(one, Event | Undecodable))
    return [one for one in mine if one.sender is Sender.CLIENT]


def test_a_recording_answers_the_client_that_made_it() -> None:
    told: list[str] = []
    packs: set[str] = set()
    for path in FIXTURES:
        replayers = Replayers(
            str(path), None, lambda _number, text: told.append(text), original=False
        )
        actor = replayers(1)
        said = list(actor.observe(Opened(0.0)))
        for record in asked(path):
            said += actor.observe(record)
        while (due := actor.deadline) is not None:
            said += actor.advance(due)
        assert len(said) == len(replayers._cassettes[0].said), path
        packs.add(replayers.terms.pack)
    assert told == []
    assert len(packs) > 5


def test_a_recording_of_another_pack_is_refused() -> None:
    with pytest.raises(UsageError, match="is a recording of openai-realtime"):
        Replayers(str(FIXTURES[0]), "gemini-live", lambda _number, _text: None, original=False)
