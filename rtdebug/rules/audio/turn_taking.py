"""Who ends a turn: what the server has confirmed, else what can be seen of it."""

from __future__ import annotations

from rtdebug.engine.fields import MISSING
from rtdebug.protocols.openai_realtime.realtime_state import RealtimeState


def detects_turns(state: RealtimeState) -> bool | None:
    """Whether the server detects turns; None where nothing tells.

    The server's word counts. Where it is not in the record, the client's own request does, and
    speech that the server announces.
    """
    known = state.settings.vad
    if known is not None:
        return known
    if state.audio.speech_starts:
        return True
    asked = state.settings.asks_for("turn_detection")
    if asked is MISSING or state.settings.session:
        return None
    return asked is not None


def knows_format(state: RealtimeState, name: str = "input_format") -> bool:
    """Whether the record shows what is declared: said by the server, or the default from the start
    on. A log that begins late may have missed the declaration, and one that somebody chose the
    events of may not show that another was accepted."""
    settings = state.settings
    update = state.requests.last.get("session.update")
    if state.view.selective and update is not None and update.pending:
        if settings.asks_for(name) not in (MISSING, settings.get(name)):
            return False
    return settings.format_name(name) is not None or state.view.from_start


def declared_format(state: RealtimeState, name: str = "input_format") -> str:
    """The declared format in words, as the session has it."""
    return state.settings.format_name(name) or "24 kHz PCM (the default)"
