"""A content part that is not added once and finished once.

What it finds
    ``response.content_part.added`` without its ``done`` or the reverse, either of them twice,
    events of a part that was not added, a ``content_index`` that skips, a part that changes its
    type or lies outside its item.
Why it matters
    Clients that collect text by part lose it, or put it at the wrong place.
Example
    < response.output_item.added item_1
    < response.output_text.delta item_1, content_index 0
What to do
    Key text by item and content index, and make the part where it is first named.
Source
    OpenAI Realtime reference; sglang-omni sends deltas without parts (measured 2026).
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty


class ContentPartUnbalanced(Rule):
    """Takes what the tracking of parts saw."""

    name = "content-part-unbalanced"
    certainty = Certainty.CERTAIN
    title = "A content part is not opened and closed once, inside its item"
    causes = (
        Cause("a compatible server leaves the event out", "likely",
              "run the same turn against the provider itself"),
        Cause("a relay or a log filter dropped it", "possible",
              "record every message at the socket and look for it"),
        Cause("the response was broken off and its parts were not flushed", "possible",
              "look at the status of the item and of response.done"),
    )  # fmt: skip
    fix = (
        "If the server leaves it out, report it there; let your client make a part at the first "
        "event that names it."
    )
    breaches = ("content-part-unbalanced",)
