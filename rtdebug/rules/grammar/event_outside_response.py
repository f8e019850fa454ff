"""An event of a response that was never created, or that is done.

What it finds
    An event with a ``response_id`` before ``response.created`` of that id, or after its
    ``response.done``.
Why it matters
    Clients that keep a table of responses drop the event or fail on it; audio is lost or overlaps
    with the next answer.
Example
    < response.done resp_1
    < response.output_audio.delta resp_1
What to do
    Keep by response id and ignore what is not open. After a cancel a late delta is less grave.
Source
    OpenAI Realtime reference: response.created is the first and response.done the last event of a
    response; captures of 2026.
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty


class EventOutsideResponse(Rule):
    """Takes what the tracking of responses saw."""

    name = "event-outside-response"
    certainty = Certainty.CERTAIN
    title = "An event belongs to no open response"
    causes = (
        Cause("events are reordered on the way: a relay with several queues, or a log sorted by "
              "something else than arrival", "likely",
              "record at the socket; there the order is that of the server"),
        Cause("response.created or response.done was dropped or filtered", "likely",
              "look for it in a recording of every message"),
        Cause("a compatible server ends a response before its last piece is out", "possible",
              "run the same turn against the provider itself"),
    )  # fmt: skip
    fix = (
        "Deliver events in the order of arrival. If the server itself sends them so, report it to "
        "its makers and let the client ignore what belongs to no open response."
    )
    breaches = ("event-outside-response",)
