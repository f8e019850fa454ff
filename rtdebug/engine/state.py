"""State: everything a rule may read about the session so far. Rules read it and never write it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rtdebug.engine.audio_in import AudioIn
from rtdebug.engine.breaches import Breaches
from rtdebug.engine.conversation import Conversation
from rtdebug.engine.event_ids import EventIds
from rtdebug.engine.gaps import Gaps
from rtdebug.engine.requests import Request, Requests
from rtdebug.engine.responses import Response
from rtdebug.engine.settings import Settings
from rtdebug.engine.streams import Stream
from rtdebug.engine.timeline import Timeline
from rtdebug.engine.track_audio import AudioTracker
from rtdebug.engine.track_conversation import ConversationTracker
from rtdebug.engine.track_responses import STREAMS, ResponseTracker
from rtdebug.model.records import Clock, Closed, Ended, Event, Opened, Refused, Sender, View
from rtdebug.packs.pack import Pack
from rtdebug.packs.schemas import Verdict

Track = Callable[[Event], None]
FastTrack = Callable[[dict[str, Any], int, float], bool | tuple[int, int]]


class State:
    """The session as the records so far have it.

    ``request`` is the client event just noted, ``answered`` the request the current server event
    answers, ``finished`` the response that the current event finished; each is None for any other
    event. ``verbatim``: the record is a machine's own, complete to the letter. ``seen`` are the
    types that came, but for deltas and appends; ``first_seqs`` has the first of each server
    type. ``needs`` has, by the key of a finding, the roles of which a selective log must show one;
    ``withdrawn`` are keys of findings that have turned out otherwise.
    """

    def __init__(self, pack: Pack, view: View) -> None:
        self.pack = pack
        self.view = view
        self.verbatim = view.whole and view.clock is Clock.EXACT
        # What a log leaves out cannot be balanced.
        complete = self.verbatim and not view.hidden
        self.breaches = Breaches()
        self.event_ids = EventIds(self.breaches, verbatim=self.verbatim)
        self.requests = Requests(pack)
        self.settings = Settings(pack)
        self.conversation = Conversation()
        self.audio = AudioIn()
        self.timeline = Timeline(pack)
        sees_client = Sender.CLIENT in view.senders
        strict = view.from_start and complete
        self.responses = ResponseTracker(
            self.breaches,
            self.requests,
            from_start=view.from_start,
            verbatim=complete,
            sees_client=sees_client,
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
        self.gaps = Gaps(lambda name: name in pack.errors.texts)
        self.opened: Opened | None = None
        self.refused: Refused | None = None
        self.closed: Closed | None = None
        self.ended: Ended | None = None
        self.peer: str | None = None
        self.withdrawn: list[str] = []
        self.needs: dict[str, tuple[str, ...]] = {}
        self.request: Request | None = None
        self.answered: Request | None = None
        self.finished: Response | None = None
        self.latest: Event | None = None
        self.latest_server: Event | None = None
        self.last_client: Event | None = None
        self.counts: dict[Sender, int] = dict.fromkeys(Sender, 0)
        self.seen: set[str] = set()
        self.first_seqs: dict[str, int] = {}
        self._tracks = self._table()

    @property
    def latest_seq(self) -> int:
        """The number of the latest event that had a record."""
        return self.latest.seq if self.latest is not None else 0

    @property
    def last(self) -> Event | None:
        """The latest event."""
        # Deltas that passed without a record are looked up only when someone asks.
        passed = self.timeline.passed(self.latest_seq)
        if passed is not None:
            self.latest = self.latest_server = passed
        return self.latest

    @property
    def last_server(self) -> Event | None:
        """The latest event of the server."""
        known = self.latest_server.seq if self.latest_server is not None else 0
        passed = self.timeline.passed(known, by_server=True)
        self.latest_server = passed or self.latest_server
        return self.latest_server

    @property
    def signed_out(self) -> bool:
        """Whether the server accepted the upgrade only to refuse the session: an error or a close
        of its own before any session began."""
        if self.settings.created_seq is not None or self.closed is None or not self.view.from_start:
            return False
        by_server = self.closed.sender is not Sender.CLIENT
        refused = self.pack.type("error") in self.seen or self.closed.code >= 3000
        return self.pack.opens is not None and by_server and refused and self.opened is not None

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
