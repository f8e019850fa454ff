"""Prospects: whether anything that is open can still bring an event of the server.

What waits for an event asks this when the server has gone quiet. No is said only where nothing is
left that could: a doubt is a yes.
"""

from __future__ import annotations

from typing import Any, Protocol

from rtdebug.engine.fields import MISSING
from rtdebug.model.records import Event, Sender
from rtdebug.packs.pack import Pack
from rtdebug.protocols.openai_realtime.audio_in import AudioIn
from rtdebug.protocols.openai_realtime.conversation import Conversation
from rtdebug.protocols.openai_realtime.requests import Requests
from rtdebug.protocols.openai_realtime.settings import Settings
from rtdebug.protocols.openai_realtime.track_responses import ResponseTracker

_UNASKED = frozenset({"error", "idle.timeout", "session.created", "conversation.created"})
_TRANSCRIPTS = "transcription."
_BY_EAR = ("speech.", _TRANSCRIPTS)


class Prospects(Protocol):
    """What must be known of a session to say what may still come in it."""

    pack: Pack
    requests: Requests
    responses: ResponseTracker
    conversation: Conversation
    settings: Settings
    audio: AudioIn
    last_client: Event | None
    first_seqs: dict[str, int]
    unknown_types: set[tuple[Sender, str]]


def may_come(state: Prospects, type_: str) -> bool:
    """Whether an event of the server of that type may still come."""
    role = state.pack.role(Sender.SERVER, type_)
    if role is None or role in _UNASKED or role in state.pack.media_only:
        return True
    if any(sender is Sender.CLIENT for sender, _ in state.unknown_types):
        return True  # nobody knows what answers that
    return (
        not _was_asked(state, role)
        or _is_open(state)
        or _listens(state)
        or _uses_mcp(state)
        or (role.startswith(_TRANSCRIPTS) and _transcribes(state))
    )


def _was_asked(state: Prospects, role: str) -> bool:
    """Whether the client did what brings such events. Where it did not, whatever does bring them
    is out of sight: the server's own greeting, or somebody else's request."""
    asks = [answer.ask for answer in state.pack.answers.values() if role in answer.by]
    if role.startswith(_BY_EAR):
        return bool(state.audio.appends)
    return any(state.requests.counts.get(ask) for ask in asks or ("response.create",)) or bool(
        not asks and state.responses.total
    )


def _is_open(state: Prospects) -> bool:
    """Whether a request, a response, an item or a call is open."""
    last = state.last_client.seq if state.last_client is not None else 0
    for queue in state.requests.pending.values():
        # An error that names nothing answers the one thing that waits, if nothing was sent since.
        if any(not one.perhaps_refused or one.seq < last for one in queue):
            return True
    if state.responses.open:
        return True
    broken_off = {one.id for one in state.responses.done if one.status != "completed"}
    calls = state.conversation.calls.values()
    if any(one.answered_seq is None and one.response_id not in broken_off for one in calls):
        return True
    return any(one.awaited and one.done_seq is None for one in state.conversation.items.values())


def _listens(state: Prospects) -> bool:
    """Whether the server may hear a turn end, or begin one: it detects turns as far as anyone
    knows, and has audio that is in no turn yet, or a turn that it has not answered."""
    settings, audio = state.settings, state.audio
    if settings.vad is False or not audio.appends:
        return False
    segment, latest = audio.segment, state.responses.latest
    if audio.since_commit_at is not None or (segment is not None and segment.open):
        return True
    answered = latest.seq if latest is not None else 0
    turn = max(audio.last_commit_seq or 0, segment.started_seq if segment is not None else 0)
    detection = settings.get("turn_detection")
    waits_idly = isinstance(detection, dict) and bool(detection.get("idle_timeout_ms"))
    return waits_idly or (settings.creates_response is not False and answered < turn)


def _transcribes(state: Prospects) -> bool:
    """Whether a transcript is outstanding: nobody knows of how many, so any commit may have one."""
    return state.settings.transcribes is not False and bool(state.audio.commits)


def _uses_mcp(state: Prospects) -> bool:
    """Whether the server has tools of its own, which go on without anybody."""
    roles = (state.pack.role(Sender.SERVER, type_) or "" for type_ in state.first_seqs)
    return any(role.startswith("mcp") for role in roles) or any(
        isinstance(tool, dict) and tool.get("type") == "mcp"
        for tools in (state.settings.get("tools"), state.settings.asks_for("tools"))
        for tool in _listed(tools)
    )


def _listed(value: Any) -> list[Any]:
    return value if value is not MISSING and isinstance(value, list) else []
