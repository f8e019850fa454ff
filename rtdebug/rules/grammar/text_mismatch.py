"""The whole text and the joined deltas differ.

What it finds
    ``response.output_text.done``, the part, the item or ``response.done`` holds another text than
    the deltas of it joined.
Why it matters
    What the user read while it streamed is not what the conversation holds.
Example
    < response.output_text.delta "Hel"
    < response.output_text.done "Hello"
What to do
    Take the whole text as the truth once it has come.
Source
    OpenAI Realtime reference; equal to the letter in all captures of completed responses.
"""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.model.findings import Cause, Certainty


class TextMismatch(Rule):
    """Takes what the comparison of streams saw."""

    name = "text-mismatch"
    certainty = Certainty.CERTAIN
    title = "The text is not what its deltas add up to"
    causes = (
        Cause("a delta was lost, doubled or reordered between server and log", "likely",
              "the message says where they part; count the deltas at the socket"),
        Cause("the client or a relay decodes text in pieces and breaks characters at "
              "their edges", "possible",
              "look for replacement characters; decode whole messages only"),
        Cause("the server edits the text at its end (filters, trimming)", "possible",
              "run the same turn against the provider itself"),
    )  # fmt: skip
    fix = (
        "Show the text of the .done event as the final one, and find what loses or doubles a delta."
    )
    breaches = ("text-mismatch",)
