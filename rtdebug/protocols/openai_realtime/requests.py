"""Requests: what the client asked for, and what answered it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from rtdebug.model.records import Event
from rtdebug.packs.pack import Answer, Pack

_REMEMBERED = 2000


class Request:
    """One client event that may be answered, refused or left unanswered.

    ``answered`` and ``refused`` are the sequence numbers of what did so; ``subject`` is the item or
    response it names; ``overdue`` is True once it has been given up. ``error_seq`` is an error that
    names no request and came while this one waited; ``perhaps_refused``: no other waited then.
    """

    __slots__ = (
        "answered",
        "at",
        "error_seq",
        "event_id",
        "overdue",
        "payload",
        "perhaps_refused",
        "refused",
        "role",
        "seq",
        "subject",
        "type",
        "whole",
    )  # fmt: skip

    def __init__(self, role: str, event: Event, subject: str | None) -> None:
        self.role = role
        self.type = event.type
        self.seq = event.seq
        self.at = event.at
        self.event_id = _text(event.payload.get("event_id"))
        self.payload = event.payload
        self.whole = event.whole
        self.subject = subject
        self.answered: int | None = None
        self.refused: int | None = None
        self.overdue = False
        self.error_seq: int | None = None
        self.perhaps_refused = False

    @property
    def pending(self) -> bool:
        """Whether nothing has answered it yet."""
        return self.answered is None and self.refused is None


class Requests:
    """All requests of a session: the pending by role in order, and the recent by event id.
    ``forgotten``: there were more than are remembered; ``refused_now`` is what an error has just
    been found to answer."""

    def __init__(self, pack: Pack) -> None:
        self._answers: Mapping[str, Answer] = pack.answers
        self._asked_by: dict[str, tuple[str, ...]] = {}
        for answer in pack.answers.values():
            for role in answer.by:
                self._asked_by[role] = (*self._asked_by.get(role, ()), answer.ask)
        self.pending: dict[str, deque[Request]] = {ask: deque() for ask in pack.answers}
        self.by_event_id: dict[str, Request] = {}
        self.recent: deque[Request] = deque(maxlen=50)
        self.counts: dict[str, int] = {}
        self.last: dict[str, Request] = {}
        self.forgotten = False
        self.refused_now: Request | None = None

    def asked(self, role: str, event: Event) -> Request:
        """Notes a client event."""
        request = Request(role, event, _subject(event.payload))
        self.counts[role] = self.counts.get(role, 0) + 1
        self.last[role] = request
        self.recent.append(request)
        if role in self.pending:
            self.pending[role].append(request)
            if len(self.pending[role]) > _REMEMBERED:
                self.pending[role].popleft()
        if request.event_id is not None:
            self.by_event_id[request.event_id] = request
            if len(self.by_event_id) > _REMEMBERED:
                del self.by_event_id[next(iter(self.by_event_id))]
                self.forgotten = True
        return request

    def answered(self, role: str, event: Event) -> Request | None:
        """The request that this server event answers, if any; it is pending no longer."""
        for ask in self._asked_by.get(role, ()):
            queue = self.pending[ask]
            request = _fitting(queue, ask, event.payload) if queue else None
            if request is not None:
                queue.remove(request)
                request.answered = event.seq
                return request
        return None

    def give_up(self, request: Request) -> None:
        """Notes that nobody expects an answer to it any more."""
        request.overdue = True

    def doubted(self, event: Event) -> None:
        """An error came that names no request: of what waits nobody can say that none came."""
        waiting = [one for queue in self.pending.values() for one in queue if not one.overdue]
        for one in waiting:
            one.error_seq = event.seq
            one.perhaps_refused = len(waiting) == 1

    def refused(self, request: Request, event: Event) -> None:
        """Notes that an error is the answer to a request."""
        request.refused = event.seq
        self.refused_now = request
        queue = self.pending.get(request.role)
        if queue is not None and request in queue:
            queue.remove(request)


_BY_ITEM = frozenset({"item.create", "item.retrieve", "item.truncate", "item.delete"})


def _fitting(queue: deque[Request], ask: str, payload: dict[str, Any]) -> Request | None:
    if queue[0].overdue:
        # What was given up is most likely lost: an answer belongs to what was asked since.
        queue = deque(one for one in queue if not one.overdue) or queue
    if ask == "response.create":
        return _created_by(queue, payload)
    if ask not in _BY_ITEM:
        return queue[0]
    item = payload.get("item")
    named = payload.get("item_id") or (item.get("id") if isinstance(item, dict) else None)
    for request in queue:
        if request.subject is not None and request.subject == named:
            return request
    if ask != "item.create" or not isinstance(item, dict):
        return queue[0] if named is None else None
    # Without an id of the client's own the server chooses one: the first that looks the same.
    for request in queue:
        wanted = request.payload.get("item")
        if request.subject is None and isinstance(wanted, dict) and _alike(wanted, item):
            return request
    return None


def _created_by(queue: deque[Request], payload: dict[str, Any]) -> Request:
    """Responses beside the conversation may overtake others: their own marks tell them apart."""
    body = payload.get("response")
    if len(queue) > 1 and isinstance(body, dict):
        return next((one for one in queue if _asked_for(one, body)), queue[0])
    return queue[0]


def _asked_for(request: Request, body: dict[str, Any]) -> bool:
    asked = request.payload.get("response")
    asked = asked if isinstance(asked, dict) else {}
    if "conversation_id" in body:
        if (body["conversation_id"] is None) != (asked.get("conversation") == "none"):
            return False
    return (asked.get("metadata") or None) == (body.get("metadata") or None)


def _alike(wanted: dict[str, Any], item: dict[str, Any]) -> bool:
    """Whether an item may be the one that was asked for: its type, role and kind of content."""
    if wanted.get("type") != item.get("type"):
        return False
    if "role" in item and wanted.get("role") != item.get("role"):
        return False
    kinds = _first_kind(wanted), _first_kind(item)
    return None in kinds or ("audio" in str(kinds[0])) == ("audio" in str(kinds[1]))


def _first_kind(item: dict[str, Any]) -> object:
    content = item.get("content")
    first = content[0] if isinstance(content, list) and content else None
    return first.get("type") if isinstance(first, dict) else None


def _subject(payload: dict[str, Any]) -> str | None:
    item = payload.get("item")
    named = payload.get("item_id") or payload.get("response_id")
    return _text(named or (item.get("id") if isinstance(item, dict) else None))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
