"""Which protocols there are: one list. A pack names the one it speaks, or none."""

from __future__ import annotations

from rtdebug.protocols.protocol import Protocol

DATA_ALONE = Protocol("", "rtdebug.engine.state:State")
PROTOCOLS: tuple[Protocol, ...] = (
    DATA_ALONE,
    Protocol("openai-realtime", "rtdebug.protocols.openai_realtime.realtime_state:RealtimeState"),
)


def protocol_of(grammar: str) -> Protocol:
    """The protocol of packs with that grammar."""
    return next((one for one in PROTOCOLS if one.grammar == grammar), DATA_ALONE)
