"""What a record can show: only what it would show may be called missing."""

from __future__ import annotations

from fnmatch import fnmatchcase

from rtdebug.engine.state import State
from rtdebug.model.records import LIVE, Sender
from rtdebug.protocols.openai_realtime.realtime_state import RealtimeState


def sees(state: State, sender: Sender) -> bool:
    """Whether messages of that side are in the record."""
    return sender in state.view.senders


def hides(state: State, role: str) -> bool:
    """Whether the log is known to leave out events of a role."""
    hidden = state.view.hidden
    if not hidden:
        return False
    type_ = state.pack.type(role)
    return any(fnmatchcase(type_, pattern) for pattern in hidden)


def sender_of(state: State, role: str) -> Sender:
    """Who sends events of a role."""
    return Sender.CLIENT if role in state.pack.roles[Sender.CLIENT] else Sender.SERVER


def shows(state: RealtimeState, role: str) -> bool:
    """Whether an event of that role would be in the record if it had been sent.

    A machine's own record has everything of the sides it records. Of a log put together by hand
    only those kinds are known to be logged that it does log somewhere.
    """
    if not sees(state, sender_of(state, role)) or hides(state, role):
        return False
    if state.verbatim:
        return True
    return bool(state.requests.counts.get(role) or state.pack.type(role) in state.seen)


def has(state: State, role: str) -> bool:
    """Whether the protocol has such events at all."""
    return any(role in roles for roles in state.pack.roles.values())


def is_live(state: State) -> bool:
    """Whether nothing is left out of the record, as on a connection that is watched itself."""
    return state.view == LIVE


def is_sideband(state: RealtimeState) -> bool:
    """Whether the audio goes elsewhere, or may do so: on the control channel of a WebRTC or SIP
    call it is media and no event, and no session is announced there (OpenAI Realtime reference;
    recordings of sideband sockets). A record that begins late may be of one."""
    url = (state.opened.url if state.opened else None) or ""
    if "call_id=" in url or (state.settings.created_seq is None and not state.audio.appends):
        return True
    media = {state.pack.type(role) for role in state.pack.media_only}
    return not media.isdisjoint(state.seen)
