"""Open responses: which are open, which are finished, and whose an event is."""

from __future__ import annotations

from collections import deque

from rtdebug.engine.breaches import Breaches
from rtdebug.model.findings import Severity
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.responses import KEPT_SUMMARIES, OutputItem, Response

_FINISHED_KEPT = 1000


class OpenResponses:
    """What all who track responses share. ``finished`` maps an id to its last event.

    ``verbatim``: the record is complete to the letter; ``sees_client``: it holds what the client
    sent, so that a response nobody asked for is the server's own.
    """

    def __init__(
        self, breaches: Breaches, *, from_start: bool, verbatim: bool, sees_client: bool = True
    ) -> None:
        self._breaches = breaches
        self._strict = from_start and verbatim
        self.verbatim = verbatim
        self.sees_client = sees_client
        self.open: dict[str, Response] = {}
        self.finished: dict[str, int] = {}
        self.done: deque[Response] = deque(maxlen=KEPT_SUMMARIES)
        self.latest: Response | None = None
        self.ended = 0
        self.audio_bytes = 0

    def latest_open(self) -> Response | None:
        """The youngest open response."""
        return next(reversed(self.open.values()), None)

    def owner(self, event: Event) -> Response | None:
        """The response an event belongs to; None when it comes too late for it."""
        id_ = event.payload.get("response_id")
        response = self.open.get(id_) if id_.__class__ is str else None
        if response is None:
            response = self._other(event, id_)
            if response is None:
                return None
        response.event_seq, response.event_at = event.seq, event.at
        return response

    def _other(self, event: Event, id_: object) -> Response | None:
        """An event that names no response, or none that is open."""
        if not isinstance(id_, str):
            latest = self.latest_open()
            return (
                self.unseen("a response", event) if latest is None and not event.whole else latest
            )
        if id_ in self.finished:
            self._too_late(event, id_)
            return None
        return self.unseen(id_, event)

    def _too_late(self, event: Event, id_: str) -> None:
        status = next((one.status for one in reversed(self.done) if one.id == id_), "completed")
        self.note(
            "event-outside-response",
            f"{event.type} came for {id_} after that response was done",
            event, self.finished[id_], id_, soft=status != "completed",
        )  # fmt: skip

    def unseen(self, id_: str, event: Event) -> Response:
        """A response whose beginning the record does not show."""
        if self._strict and event.whole:
            self.note(
                "event-outside-response",
                f"{event.type} names {id_}, which was never created",
                event, None, id_,
            )  # fmt: skip
        response = Response(id_, event, seen_created=False)
        self.open[id_] = self.latest = response
        return response

    def item(self, id_: str) -> tuple[Response, OutputItem] | None:
        """The item of that id with the open response that is writing it."""
        for response in self.open.values():
            item = response.by_id.get(id_)
            if item is not None:
                return response, item
        return None

    def wrote(self, id_: str) -> bool:
        """Whether an item of that id came with any response that is remembered."""
        responses = (*self.open.values(), *self.done)
        return any(id_ in response.by_id for response in responses)

    def forget(self, response: Response) -> None:
        """A response is over: only its summary stays."""
        self.ended += 1
        if response.sounded:
            self.audio_bytes += response.length("audio")
        self.open.pop(response.id, None)
        self.finished[response.id] = response.last_seq
        if len(self.finished) > _FINISHED_KEPT:
            del self.finished[next(iter(self.finished))]
        self.done.append(response)

    def note(
        self,
        name: str,
        message: str,
        event: Event,
        other: int | None,
        subject: str | None,
        *,
        also: int | None = None,
        soft: bool = False,
        rests_on: tuple[str, ...] = (),
    ) -> None:
        """Notes a departure from the grammar; ``soft`` where work was broken off."""
        severity = Severity.WARNING if soft else Severity.ERROR
        evidence = (also, other, event.seq)
        self._breaches.add(name, message, event.at, evidence, subject, severity, rests_on)
