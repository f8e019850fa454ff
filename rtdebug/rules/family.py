"""Which family of clients speaks in a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rtdebug.protocols.openai_realtime.realtime_state import RealtimeState

if TYPE_CHECKING:
    from rtdebug.packs.clients import Family


def family(state: RealtimeState) -> Family | None:
    """The family that the client shows itself to be, None where no sign is its own."""
    from rtdebug.packs.clients import CLIENTS, family_of  # most sessions raise no question of it

    requests = state.requests
    asked = {id(one): one for one in (*requests.recent, *requests.last.values())}
    headers = state.opened.headers if state.opened is not None else ()
    events = ((one.role, one.payload) for one in asked.values())
    return family_of(state.pack.folder_of(CLIENTS), headers, events)
