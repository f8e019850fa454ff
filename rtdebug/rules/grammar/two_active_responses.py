"""A second response begins in the conversation while the first is still open.

What it finds
    ``response.created`` for the default conversation before ``response.done`` of the one before.
    Responses with conversation "none" may run beside any other and are not meant.
Why it matters
    OpenAI refuses this; a server that allows it mixes two answers in one history and one player.
Example
    < response.created resp_1
    < response.created resp_2
What to do
    Wait for ``response.done`` before the next ``response.create``, and keep one player for each id.
Source
    OpenAI Realtime reference: only one response may be active in the default conversation.
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty


class TwoActiveResponses(Rule):
    """Takes what the tracking of responses saw."""

    name = "two-active-responses"
    certainty = Certainty.CERTAIN
    title = "Two responses write to the conversation at the same time"
    causes = (
        Cause("a compatible server does not hold requests back", "likely",
              "send two response.create in a row: OpenAI answers the second with an error"),
        Cause("response.done of the first was lost or filtered", "possible",
              "look for it in a recording at the socket"),
        Cause("two connections were merged into one log", "possible",
              "look for two session.created"),
    )  # fmt: skip
    fix = "Ask for one response at a time: queue response.create until response.done has come."
    breaches = ("two-active-responses",)
