"""A response that begins or ends a second time.

What it finds
    A second ``response.created`` or a second ``response.done`` with the id of a response that is
    known already.
Why it matters
    Clients count turns by these two: the answer is played twice, or the next turn is cut off.
Example
    < response.done resp_1
    < response.done resp_1
What to do
    Take the first; ignore what repeats. Look for what sends events twice.
Source
    OpenAI Realtime reference: one response.created and one response.done for each response.
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty


class ResponseRepeated(Rule):
    """Takes what the tracking of responses saw."""

    name = "response-repeated"
    certainty = Certainty.CERTAIN
    title = "A response was created or finished twice"
    causes = (
        Cause("a relay or gateway sends an event again, or merges two connections", "likely",
              "compare the event ids: equal ids are one event that was delivered twice"),
        Cause("the server uses an id a second time", "possible",
              "run the same turn against the provider itself"),
        Cause("two listeners write into one log", "possible",
              "record at the socket; if it comes once there, only the log doubles it"),
    )  # fmt: skip
    fix = (
        "Let your client ignore a response id it has already finished, and remove what delivers "
        "it twice."
    )
    breaches = ("response-repeated",)
