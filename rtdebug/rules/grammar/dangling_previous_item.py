"""An item that is said to follow an item nobody has heard of.

What it finds
    A ``previous_item_id`` of the server that names no item of the conversation, of any response,
    or of speech that was announced. Null, empty and "root" stand for the beginning.
Why it matters
    Clients that keep the history as a linked list lose the item, or wait for its neighbour.
Example
    < conversation.item.added item_2, previous_item_id item_9
What to do
    Append the item at the end if its neighbour is unknown.
Source
    OpenAI Realtime reference; LiveKit orders its history by previous_item_id.
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty, Severity


class DanglingPreviousItem(Rule):
    """Takes what the tracking of the conversation saw."""

    name = "dangling-previous-item"
    severity = Severity.WARNING
    certainty = Certainty.HIGH
    title = "An item is placed after one that does not exist"
    causes = (
        Cause("the item before it was never announced, or its announcement was lost", "likely",
              "look for that id in a recording of every message"),
        Cause("a compatible server makes the value up", "possible",
              "see whether the values ever name known items"),
        Cause("the history was set up on another connection", "possible",
              "look for session.created: is this the first connection of the session?"),
    )  # fmt: skip
    fix = (
        "Do not build on previous_item_id with this server; append items in the order in which "
        "they come."
    )
    breaches = ("dangling-previous-item",)
