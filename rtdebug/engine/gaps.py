"""Gaps: where the record of a connection was not read, so that nothing is called missing there.

A message too large to hold, or all that follows a frame that breaks the protocol, may have held
whatever is not there. A finding that rests on what is there holds all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rtdebug.engine import wordings
from rtdebug.model.findings import Finding
from rtdebug.model.records import Paused, Unjudged, Violation

# Findings that rest on what was seen alone. Those of the pack's own tables, which repeat what a
# peer said, are such as well.
PROVED = frozenset(
    {
        "protocol-violation", "message-too-large-to-judge", "duplicate-member", "observer-paused",
        "audio-delta-malformed", "audio-invalid-base64", "capture-lossy", "capture-truncated",
        "client-handler-exception", "client-options-not-sent", "client-partial-frame",
        "client-unknown-event-crash", "duplicate-event-id", "ephemeral-key-problem",
        "azure-endpoint-mismatch", "ga-beta-field-mix", "ga-beta-event-mix",
        "handshake-bad-scheme-or-subprotocol", "idle-timeout-triggered", "mcp-tools-failed",
        "media-event-on-websocket", "rate-limit-low", "tool-arguments-invalid-json",
        "tool-call-id-missing", "tool-output-not-string", "usage-inconsistent",
        "wrong-content-type-for-role",
        *(one.name for one in vars(wordings).values() if isinstance(one, wordings.Wording)),
    }
)  # fmt: skip
# What a peer said is no absence, but this is what was not said at the end.
ABSENT = frozenset({"close-1006-abnormal"})


class Gaps:
    """Where they are, by the number of the last message before; ``open`` once one has no end.

    ``said`` tells whether a name is one of the pack's own tables.
    """

    def __init__(self, said: Callable[[str], bool]) -> None:
        self.count = 0
        self.open = False
        self._said = said
        self._last = 0

    def note(self, record: Violation | Unjudged | Paused, after: int) -> None:
        """What came after that message may not have been read."""
        if isinstance(record, Paused) or (isinstance(record, Violation) and record.readable):
            return
        self.count += 1
        self._last = max(self._last, after)
        self.open = self.open or not record.readable

    def standing(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Those that hold whatever may have been in the gaps."""
        if not self.count:
            return findings
        return [one for one in findings if self._holds(one)]

    def _holds(self, finding: Finding) -> bool:
        if finding.name not in ABSENT and (finding.name in PROVED or self._said(finding.name)):
            return True
        begun = finding.evidence[0] if finding.evidence else 0
        return not self.open and begun > self._last
