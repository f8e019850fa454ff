"""The state of a session whose protocol has responses, items, settings and audio buffers.

The trackers of one grammar, for packs that name it (``grammar: openai-realtime``, or a pack that
extends one which does). What every session has, whatever it speaks, is in state.py.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from rtdebug.engine.state import FastTrack, State, Track
from rtdebug.model.records import Event, Sender, View
from rtdebug.model.results import Owed, ResponseSummary, Sound
from rtdebug.packs.pack import Pack
from rtdebug.packs.schemas import Verdict
from rtdebug.protocols.openai_realtime.audio_in import AudioIn
from rtdebug.protocols.openai_realtime.conversation import Conversation
from rtdebug.protocols.openai_realtime.event_ids import EventIds
from rtdebug.protocols.openai_realtime.owing import owed
from rtdebug.protocols.openai_realtime.prospects import may_come
from rtdebug.protocols.openai_realtime.requests import Request, Requests
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.protocols.openai_realtime.settings import Settings
from rtdebug.protocols.openai_realtime.streams import Stream
from rtdebug.protocols.openai_realtime.track_audio import AudioTracker
from rtdebug.protocols.openai_realtime.track_conversation import ConversationTracker
from rtdebug.protocols.openai_realtime.track_responses import STREAMS, ResponseTracker


class RealtimeState(State):
    """A session of responses and items, as the records so far have it."""

    request: Request | None
    answered: Request | None
    finished: Response | None

    def __init__(self, pack: Pack, view: View) -> None:
        super().__init__(pack, view)
        # What a log leaves out cannot be balanced.
        complete = self.verbatim and not view.hidden
        self.event_ids = EventIds(self.breaches, verbatim=self.verbatim)
        self.requests = Requests(pack)
        self.settings = Settings(pack)
        self.conversation = Conversation()
        self.audio = AudioIn()
        self.audio.declared = partial(self.settings.declared, "input_format")
        sees_client = Sender.CLIENT in view.senders
        strict = view.from_start and complete
        self.responses = ResponseTracker(
            self.breaches,
            self.requests,
            from_start=view.from_start,
            verbatim=complete,
            sees_client=sees_client,
            in_force=lambda: self.settings.modalities,
            declared=partial(self.settings.declared, "output_format"),
        )
        self._conversation = ConversationTracker(
            self.breaches, self.conversation, self.audio, self.responses.wrote, strict=strict
        )
        self._audio = AudioTracker(
            self.breaches,
            self.settings,
            self.conversation,
            self.audio,
            strict=strict,
            sees_client=sees_client,
        )
        self.note = self.event_ids.note
        self.open_lane = self.responses.open_lane
        self._tracks = self._table()

    @property
    def begun(self) -> int | None:
        """The event with which the session itself began."""
        return self.settings.created_seq

    def setting(self, name: str) -> Any:
        """A setting in force, MISSING where the server has not said it; None where it is off."""
        value = self.settings.get(name)
        return None if isinstance(value, dict) and value.get("type", "") is None else value

    @property
    def audio_sent(self) -> int:
        """How many pieces of audio the client sent."""
        return self.audio.appends

    def audio_ms(self) -> tuple[int | None, int | None]:
        """Milliseconds of audio in all, of the client and of the server, where they are known."""
        sent, heard = self.audio.bytes, self.responses.audio_bytes
        rate = self.settings.audio_rate
        into, out = rate("input_format"), rate("output_format")
        return int(sent / into) if into else None, int(heard / out) if out else None

    def sounds(self) -> tuple[Sound | None, Sound | None]:
        """What the audio of the client and of the server sounds like."""
        return self.audio.hearing.figures(), self.responses.hearing.figures()

    @property
    def answering(self) -> bool:
        """Whether the server has begun an answer that is not over."""
        return bool(self.responses.open)

    def took(self, seq: int) -> bool:
        """Whether an answer shows that the server took what the client sent with that event."""
        return any(one.seq == seq and one.answered is not None for one in self.requests.recent)

    def refused_now(self) -> int | None:
        """The event of the client that an error has just been found to answer, told once."""
        request, self.requests.refused_now = self.requests.refused_now, None
        return request.seq if request is not None else None

    def owed(self, patience: float) -> tuple[Owed, ...]:
        """What one side still owes the other, the oldest first."""
        return owed(self, patience)

    def may_come(self, type_: str) -> bool:
        """Whether anything that is open can still bring an event of the server of that type."""
        return may_come(self, type_)

    def stalled(self, since: float) -> str | None:
        """The id of the latest response that is open and of which nothing came since then."""
        open_ = [one for one in self.responses.open.values() if one.seen_created]
        still = [one.id for one in open_ if one.last_at <= since and one.named]
        return still[-1] if still else None

    @property
    def response_count(self) -> int:
        """How many responses there were, remembered or not."""
        return self.responses.total

    def summaries(self) -> tuple[ResponseSummary, ...]:
        """What came of each response that is remembered, in order."""
        rate = self.settings.audio_rate("output_format")
        responses = [*self.responses.done, *self.responses.open.values()]
        return tuple(one.summary(rate) for one in responses)

    def transcript(self, item_id: str) -> Stream | None:
        """What has come so far of the transcript of a user item, until it is final."""
        return self._audio.transcript(item_id)

    def track_of(self, sender: Sender, role: str | None) -> Track | None:
        """What follows events of a role; None for those that leave no trace."""
        if sender is Sender.CLIENT:
            # Even an event the pack does not know may be the one an error answers.
            return self._tracks.get(role or "") or self._asked(role or "")
        return self._tracks.get(role or "")

    def fast_track_of(self, role: str | None, is_clean: Verdict) -> FastTrack | None:
        """What takes a valid delta of an open stream without a record, for roles that have it; it
        says False for any other, or raises KeyError where a field is missing."""
        kind, _, rest = (role or "").partition(".")
        if role == "transcription.delta":
            return self._audio.fast_transcript(is_clean)
        return self.responses.fast_delta(kind) if rest == "delta" and kind in STREAMS else None

    def _asked(self, role: str) -> Track:
        def track(event: Event) -> None:
            self.request = self.requests.asked(role, event)

        return track

    def _table(self) -> dict[str, Track]:
        responses, conversation, audio = self.responses, self._conversation, self._audio
        table: dict[str, Track] = {
            "audio.append": audio.append,
            "item.create": self._both(self._asked("item.create"), conversation.item_create),
            "session.update": self._both(self._asked("session.update"), self.settings.update_asked),
            "session.created": self.settings.created,
            "session.updated": self._answers("session.updated", self.settings.updated),
            "item.added": self._added("item.added"),
            "item.created": self._added("item.created"),
            "item.done": self._both(conversation.item_done, responses.item_mirrored),
            "item.deleted": self._answers("item.deleted", conversation.item_deleted),
            "item.retrieved": self._answers("item.retrieved"),
            "item.truncated": self._answers("item.truncated"),
            "audio.committed": self._committed,
            "audio.cleared": self._answers("audio.cleared", audio.cleared),
            "speech.started": audio.speech_started,
            "speech.stopped": audio.speech_stopped,
            "transcription.delta": audio.transcript_delta,
            "transcription.completed": audio.transcribed,
            "transcription.failed": audio.transcribed,
            "response.created": self._created,
            "response.done": self._done,
            "output_item.added": responses.item_added,
            "output_item.done": self._item_done,
            "part.added": responses.part_added,
            "part.done": responses.part_done,
        }
        for kind in STREAMS:
            table[f"{kind}.delta"] = responses.delta(kind)
            table[f"{kind}.done"] = responses.stream_done(kind)
        for state in ("in_progress", "completed", "failed"):
            table[f"mcp_call.{state}"] = responses.mcp_call
        return table

    @staticmethod
    def _both(first: Track, second: Track) -> Track:
        def track(event: Event) -> None:
            first(event)
            second(event)

        return track

    def _answers(self, role: str, then: Track | None = None) -> Track:
        def track(event: Event) -> None:
            self.answered = self.requests.answered(role, event)
            if then is not None:
                then(event)

        return track

    def _added(self, role: str) -> Track:
        def track(event: Event) -> None:
            self.answered = self.requests.answered(role, event)
            self._conversation.item_added(event, self.answered, awaited=role == "item.added")

        return track

    def _committed(self, event: Event) -> None:
        self.answered = self.requests.answered("audio.committed", event)
        self._conversation.committed(event)
        self._audio.committed(event, self.answered)

    def _created(self, event: Event) -> None:
        self.responses.created(event)
        latest = self.responses.latest
        if latest is not None and latest.seq == event.seq:
            self.answered = latest.request

    def _item_done(self, event: Event) -> None:
        self.responses.item_done(event)
        item = event.payload.get("item")
        if isinstance(item, dict) and item.get("type") == "function_call":
            self._conversation.call(event, item)

    def _done(self, event: Event) -> None:
        self.finished = self.responses.finish(event)
        for item in (self.finished.output or ()) if self.finished else ():
            if item.get("type") == "function_call":
                self._conversation.call(event, item)
