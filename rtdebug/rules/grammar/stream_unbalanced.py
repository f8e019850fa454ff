"""A stream of deltas that does not end once, and last.

What it finds
    Deltas of text, transcript, audio or arguments whose ``done`` never comes before their part or
    item is done, comes twice, or comes before the last delta.
Why it matters
    Players flush at done: what follows is cut off, and without it the last words stay in a buffer.
Example
    < response.output_audio.delta
    < response.content_part.done
What to do
    Flush at the end of the part, the item and the response as well.
Source
    OpenAI Realtime reference: the done of a stream is sent however the response ends.
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty


class StreamUnbalanced(Rule):
    """Takes what the tracking of streams saw."""

    name = "stream-unbalanced"
    certainty = Certainty.CERTAIN
    title = "A stream of deltas has no end, two ends, or goes on after its end"
    causes = (
        Cause("a compatible server leaves the done out, or sends it early", "likely",
              "run the same turn against the provider itself"),
        Cause("a relay dropped or reordered events", "possible",
              "record at the socket and compare the order"),
        Cause("the answer was interrupted and not flushed", "possible",
              "look at the status of the item; incomplete is the sign"),
    )  # fmt: skip
    fix = (
        "Treat the end of the part, the item or the response as the end of its streams too, and "
        "report the server that leaves it out."
    )
    breaches = ("stream-unbalanced",)
