"""An end without a code: of note where the log holds nothing else, else nobody's fault."""

from __future__ import annotations

from logs import Log, begun, named

from rtdebug.model.findings import Severity
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


def _serious(code: int, by: Sender, reason: str = "") -> set[str]:
    found = begun().closed(0.5, code, reason, by=by).judged()
    return {one.name for one in found if one.severity is not Severity.INFO}


def test_a_code_of_the_clients_own_is_not_what_a_server_means_by_it() -> None:
    """RFC 6455, 7.4.2: codes from 3000 on are a program's own, and a client may use 1008, 1012
    and 1013 as well; what the table knows of them is what services say with them."""
    for code in (1008, 1012, 1013, 3000, 4000):
        assert _serious(code, Sender.CLIENT) == set()
        assert _serious(code, Sender.SERVER)


def test_a_reason_tells_what_it_tells_whoever_closed() -> None:
    reason = "Your session hit the maximum duration of 60 minutes."
    assert "session-expired" in _serious(4000, Sender.CLIENT, reason)
