"""An item of a response that is not added once and finished once.

What it finds
    ``response.output_item.added`` without its ``done`` or the reverse, either of them twice,
    events of an item that was not added, an ``output_index`` that skips or changes.
Why it matters
    Frameworks make their message at added and hand it over at done: without one of the two there
    is no answer, or one that never ends.
Example
    < response.created resp_1
    < response.output_text.delta item_1
What to do
    Accept each item at its first event, and treat ``response.done`` as the end of all that is open.
Source
    OpenAI Realtime reference; LiveKit, openai-agents and Semantic Kernel wait for these events.
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty


class OutputItemUnbalanced(Rule):
    """Takes what the tracking of items saw."""

    name = "output-item-unbalanced"
    certainty = Certainty.CERTAIN
    title = "An item of a response is not opened and closed once, in order"
    causes = (
        Cause("a compatible server leaves the event out", "likely",
              "run the same turn against the provider itself"),
        Cause("a relay or a log filter dropped it", "likely",
              "record every message at the socket and look for it"),
        Cause("events of one response arrive out of order", "possible",
              "compare the order with a recording at the socket"),
    )  # fmt: skip
    fix = (
        "If the server leaves it out, report it there, and let your client open items at their "
        "first event and close them at response.done."
    )
    breaches = ("output-item-unbalanced",)
