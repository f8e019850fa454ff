"""The whole arguments of a call and the joined deltas differ.

What it finds
    ``response.function_call_arguments.done`` (or the MCP form), the item or ``response.done``
    holds other arguments than the deltas of them joined.
Why it matters
    A client that joins deltas runs the tool with other arguments than one that reads the whole.
Example
    < response.function_call_arguments.delta '{"city":'
    < response.function_call_arguments.done '{"city":"Oslo"}'
What to do
    Parse the arguments of the done event or of the finished item, never the joined deltas.
Source
    OpenAI Realtime reference; equal to the letter in all captures of completed responses.
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty


class ArgumentsMismatch(Rule):
    """Takes what the comparison of streams saw."""

    name = "arguments-mismatch"
    certainty = Certainty.CERTAIN
    title = "The arguments of a call are not what their deltas add up to"
    causes = (
        Cause("a delta was lost, doubled or reordered between server and log", "likely",
              "the message says where they part; count the deltas at the socket"),
        Cause("the server repairs or reformats the JSON at its end", "possible",
              "compare the two texts: do they differ in blanks only?"),
        Cause("two calls are mixed up under one item id", "possible",
              "look at item_id and call_id of each delta"),
    )  # fmt: skip
    fix = "Read the arguments from the .done event, and find what loses or doubles a delta."
    breaches = ("arguments-mismatch",)
