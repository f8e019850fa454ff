"""An error about a response that was open: what is said of one that the record does not show."""

from __future__ import annotations

from logs import PASTED, Log, begun, named

NAME = "active-response-conflict"
ERROR = {"code": "conversation_already_has_active_response", "message": "There is one."}


def test_a_record_that_begins_late_only_says_that_it_does_not_show_it() -> None:
    (found,) = named(Log().server("error", error=ERROR).judged(view=PASTED), NAME)
    assert found.message.endswith("; the record does not show the response that was open")


def test_a_record_of_all_of_it_says_that_there_was_none() -> None:
    (found,) = named(begun().server("error", error=ERROR).judged(), NAME)
    assert "; no response was open on this connection" in found.message
