"""A list of event types in which somebody says that nothing followed shows a silence."""

from __future__ import annotations

import io

import pytest

from rtdebug.api.diagnosing import diagnose, sender_of
from rtdebug.captures.formats import read
from rtdebug.model.findings import Certainty, Finding, Severity

NAME = "response-stalled-after-created"


def stalls(text: str) -> list[Finding]:
    (reading,) = read(io.BytesIO(text.encode()), sender_of=sender_of)
    (run,) = diagnose(reading, "log")
    return [finding for finding in run.findings if finding.severity is Severity.ERROR]


@pytest.mark.parametrize(
    "text",
    [
        "session.created\nresponse.created\nrate_limits.updated\n(then silence)\n",
        "sent response.create\ngot response.created\n(nothing for 30 seconds)\n",
        "I get session.created, response.created, rate_limits.updated, and then nothing.",
        "session.created → session.updated → response.created → (nothing)",
    ],
)
def test_a_silence_that_is_told_is_found(text: str) -> None:
    (found,) = stalls(text)
    assert found.name == NAME
    assert found.certainty is Certainty.MEDIUM


@pytest.mark.parametrize(
    "text",
    [
        "session.created\nresponse.created\nrate_limits.updated\n",
        "Seen there:\n\nsession.created\nresponse.created\n...\n\nCaptured on the official API.\n",
        "session.created\nresponse.created\nresponse.done\n(then silence)\n",
        "response.created\nnothing yet\nresponse.done\nresponse.created\nSeen on our own box.\n",
        "session.created\nresponse.created\nresponse.output_text.delta\n(then nothing)\n",
        "session.created\nresponse.created\nresponse.output_item.added\nerror\n(nothing)\n",
    ],
)
def test_what_goes_on_or_just_stops_is_no_such_silence(text: str) -> None:
    assert NAME not in [finding.name for finding in stalls(text)]
