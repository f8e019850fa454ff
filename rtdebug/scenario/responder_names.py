"""What the GA Realtime server calls things: the events it takes and sends, and how ids look.

Source: openai realtime reference; the list of accepted types a live server gives in its own error
text (captures of 2026), without the types of the translation sessions.
"""

from __future__ import annotations

SESSION_UPDATE = "session.update"
APPEND = "input_audio_buffer.append"
COMMIT = "input_audio_buffer.commit"
CLEAR = "input_audio_buffer.clear"
ITEM_CREATE = "conversation.item.create"
ITEM_RETRIEVE = "conversation.item.retrieve"
ITEM_TRUNCATE = "conversation.item.truncate"
ITEM_DELETE = "conversation.item.delete"
RESPONSE_CREATE = "response.create"
RESPONSE_CANCEL = "response.cancel"

CLIENT_EVENTS = (
    SESSION_UPDATE,
    APPEND,
    COMMIT,
    CLEAR,
    ITEM_CREATE,
    ITEM_TRUNCATE,
    ITEM_DELETE,
    ITEM_RETRIEVE,
    RESPONSE_CREATE,
    RESPONSE_CANCEL,
)
# A transcription session has no conversation to answer in.
TRANSCRIPTION_EVENTS = (SESSION_UPDATE, APPEND, COMMIT, CLEAR)

ERROR = "error"
SESSION_CREATED = "session.created"
SESSION_UPDATED = "session.updated"
COMMITTED = "input_audio_buffer.committed"
CLEARED = "input_audio_buffer.cleared"
SPEECH_STARTED = "input_audio_buffer.speech_started"
SPEECH_STOPPED = "input_audio_buffer.speech_stopped"
ITEM_ADDED = "conversation.item.added"
ITEM_DONE = "conversation.item.done"
ITEM_RETRIEVED = "conversation.item.retrieved"
ITEM_TRUNCATED = "conversation.item.truncated"
ITEM_DELETED = "conversation.item.deleted"
TRANSCRIPTION_DELTA = "conversation.item.input_audio_transcription.delta"
TRANSCRIPTION_COMPLETED = "conversation.item.input_audio_transcription.completed"
TRANSCRIPTION_FAILED = "conversation.item.input_audio_transcription.failed"
RESPONSE_CREATED = "response.created"
RESPONSE_DONE = "response.done"
OUTPUT_ITEM_ADDED = "response.output_item.added"
OUTPUT_ITEM_DONE = "response.output_item.done"
PART_ADDED = "response.content_part.added"
PART_DONE = "response.content_part.done"
TEXT_DELTA = "response.output_text.delta"
TEXT_DONE = "response.output_text.done"
AUDIO_DELTA = "response.output_audio.delta"
AUDIO_DONE = "response.output_audio.done"
TRANSCRIPT_DELTA = "response.output_audio_transcript.delta"
TRANSCRIPT_DONE = "response.output_audio_transcript.done"
ARGUMENTS_DELTA = "response.function_call_arguments.delta"
ARGUMENTS_DONE = "response.function_call_arguments.done"
RATE_LIMITS = "rate_limits.updated"

SERVER_EVENTS = (
    ERROR,
    SESSION_CREATED,
    SESSION_UPDATED,
    COMMITTED,
    CLEARED,
    SPEECH_STARTED,
    SPEECH_STOPPED,
    ITEM_ADDED,
    ITEM_DONE,
    ITEM_RETRIEVED,
    ITEM_TRUNCATED,
    ITEM_DELETED,
    TRANSCRIPTION_DELTA,
    TRANSCRIPTION_COMPLETED,
    TRANSCRIPTION_FAILED,
    RESPONSE_CREATED,
    RESPONSE_DONE,
    OUTPUT_ITEM_ADDED,
    OUTPUT_ITEM_DONE,
    PART_ADDED,
    PART_DONE,
    TEXT_DELTA,
    TEXT_DONE,
    AUDIO_DELTA,
    AUDIO_DONE,
    TRANSCRIPT_DELTA,
    TRANSCRIPT_DONE,
    ARGUMENTS_DELTA,
    ARGUMENTS_DONE,
    RATE_LIMITS,
)


class Ids:
    """Ids that are the same in every run; ``prefix`` keeps those of several connections apart."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._counts: dict[str, int] = {}

    def next(self, kind: str) -> str:
        """The next id of a kind: ``event_000001``, ``resp_000001``."""
        number = self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{kind}_{self._prefix}{number:06d}"
