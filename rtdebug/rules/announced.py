"""Whether a client may still wait for its own item to be announced."""

from __future__ import annotations

from rtdebug.protocols.openai_realtime.realtime_state import RealtimeState
from rtdebug.rules.family import family
from rtdebug.rules.visibility import has, hides


def may_wait(state: RealtimeState, seq: int) -> bool:
    """Whether the client may wait for the item of its event ``seq`` to be announced as the protocol
    has it: it would ask for an answer after that."""
    own = next((one for one in state.conversation.items.values() if one.by_client == seq), None)
    if own is None or not has(state, "item.added") or hides(state, "item.added"):
        return False
    client = family(state)
    if not state.verbatim or client is None:
        return state.verbatim and own.added_seq is not None and not own.awaited
    from rtdebug.rules.client.missed import missed_by

    return any(one.seq == seq for one in missed_by(client, state))
