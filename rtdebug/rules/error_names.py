"""What an error event is called by the pack's table, for rules that ask whether it is theirs."""

from __future__ import annotations

from rtdebug.engine.fields import text_of
from rtdebug.model.records import Event
from rtdebug.packs.errors import Said
from rtdebug.protocols.openai_realtime.realtime_state import RealtimeState
from rtdebug.rules.said.saying import error_of


def names_of(state: RealtimeState, event: Event) -> tuple[str, ...]:
    """The names of the findings that an ``error`` event brings."""
    body = error_of(event.payload)
    said = Said(
        where="error",
        code=text_of(body.get("code")),
        type=text_of(body.get("type")),
        message=text_of(body.get("message")) or text_of(event.payload.get("error")) or "",
        param=text_of(body.get("param")),
        before_session=state.settings.created_seq is None,
    )
    return tuple(text.name for text in state.pack.errors.matches(said))
