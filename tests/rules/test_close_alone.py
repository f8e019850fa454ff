"""An end without a code: of note where the log holds nothing else, else nobody's fault."""

from __future__ import annotations

from logs import Log, begun, named

from rtdebug.model.records import Sender

NAME = "close-unexpected"


def test_it_is_told_where_it_is_all_there_is() -> None:
    (found,) = named(Log().opened().closed(0.5, 1005, by=None).judged(), NAME)
    assert "closed with 1005" in found.message


def test_it_is_not_told_behind_events_or_of_a_side_that_wished_it() -> None:
    assert named(begun().closed(0.5, 1005, by=None).judged(), NAME) == []
    for by in (Sender.CLIENT, Sender.SERVER):
        assert named(Log().opened().closed(0.5, 1005, by=by).judged(), NAME) == []
    assert named(Log().opened().closed(0.5, 1000, by=None).judged(), NAME) == []
