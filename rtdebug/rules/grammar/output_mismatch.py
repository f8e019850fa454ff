"""What is said of a response at its end differs from what was said before.

What it finds
    A completed ``response.done`` whose ``output`` lists other items, or in another order, than
    those that were finished; an item whose type, role, name or ``call_id`` changes on the way.
Why it matters
    Clients read calls and texts from either place: they act on different things.
Example
    < response.output_item.done item_1
    < response.done output []
What to do
    Decide for one place, the item's own done, and report the difference.
Source
    OpenAI Realtime reference; a gateway that translates from another API left output empty
    (measured 2026).
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty


class OutputMismatch(Rule):
    """Takes what the tracking of responses and items saw."""

    name = "output-mismatch"
    certainty = Certainty.CERTAIN
    title = "The finished response is not what was streamed"
    causes = (
        Cause("a gateway rebuilds the final object and forgets a part of it", "likely",
              "run the same turn without the gateway"),
        Cause("a compatible server gives items new ids at their end", "possible",
              "compare the ids of added, done and response.done"),
        Cause("an event of an item was lost", "possible",
              "look for output_item.done of the item that is missing"),
    )  # fmt: skip
    fix = (
        "Take items and calls from response.output_item.done. If the final object is what is "
        "wrong, report it to whoever builds it."
    )
    breaches = ("output-mismatch",)
