"""Error events: what each means by the pack's table, and which client event it answers."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.catalogue.entry import Entry
from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.records import Event
from rtdebug.packs.errors import Said
from rtdebug.protocols.openai_realtime.realtime_state import RealtimeState
from rtdebug.protocols.openai_realtime.requests import Request
from rtdebug.rules.said.saying import SayingRule, error_of, quoted, text_of
from rtdebug.rules.visibility import shows

_BY_PARAM = (
    ("session", "session.update"),
    ("response", "response.create"),
    ("item", "item.create"),
)
_TYPE_REFUSED = "client-event-type-rejected"
_UPDATE = "session-update-rejected"
_UPDATING = "session.update"


class ErrorEvents(SayingRule):
    """Reads error events by the table."""

    roles = ("error",)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Names the error, finds what it answers, and says what stays undone."""
        said = said_in(event, self.state)
        texts = self.texts(said)
        if not texts:
            return
        request, sure = self._answered(event, said, texts[0])
        if request is not None:
            self.state.requests.refused(request, event)
        elif text_of(error_of(event.payload).get("event_id")) is None:
            self.state.requests.doubted(event)
        message = self._message(event, said, request, sure, texts[0])
        evidence = (request.seq if request else None, event.seq)
        for index, text in enumerate(texts):
            under = texts[0].name if index else None
            yield text.finding(message, at=event.at, evidence=evidence, under=under)
        yield from self._rejected_update(event, said, request, sure, texts)

    def _answered(self, event: Event, said: Said, text: Entry) -> tuple[Request | None, bool]:
        """The request an error answers, and whether it says so itself."""
        body = error_of(event.payload)
        requests = self.state.requests
        named = text_of(body.get("event_id"))
        if named is not None:
            return requests.by_event_id.get(named), True
        if text.name == _TYPE_REFUSED and (meant := self._of_type_in(said.message)) is not None:
            return meant, False
        role = text.answers or _role_of_param(said.param)
        if role is None:
            return self._only_one_waiting(said), False
        pending = [one for one in requests.pending.get(role, ()) if one.event_id is None]
        holding = [one for one in pending if said.param and _holds(one.payload, said.param)]
        if holding or pending:
            return (holding or pending)[-1 if role == "response.create" else 0], False
        last = requests.last.get(role)
        if (
            text.name == "active-response-conflict"
            and last
            and not may_be_refused(last, self.state)
        ):
            return None, False  # what began a response is not what was refused
        return (last if last and last.refused is None else None), False

    def _of_type_in(self, message: str) -> Request | None:
        """The oldest unanswered request whose type the words of an error name."""
        asked = self.state.requests.recent
        return next((one for one in asked if one.pending and one.type in message), None)

    def _only_one_waiting(self, said: Said) -> Request | None:
        """Where nothing tells which request is wrong: the one that waits, if there is but one."""
        if said.param or said.type != "invalid_request_error":
            return None
        waiting = [one for queue in self.state.requests.pending.values() for one in queue]
        return waiting[0] if len(waiting) == 1 and waiting[0].event_id is None else None

    def _message(
        self, event: Event, said: Said, request: Request | None, sure: bool, text: Entry
    ) -> str:
        message = f"the server said {quoted(said.code, said.type, said.message)}"
        if said.param and said.param not in said.message:
            message += f" about {said.param}"
        if request is not None:
            how = "" if sure else ", by the best guess since the error names none"
            message += f"; it answers event {request.seq} ({request.type}){how}"
        if text.name == "active-response-conflict":
            message += self._writers(request)
        return message

    def _writers(self, request: Request | None) -> str:
        open_ = [one for one in self.state.responses.open.values() if not one.out_of_band]
        if not open_ and not self._would_show_it():
            return "; the record does not show the response that was open"
        if not open_:
            return "; no response was open on this connection, so look at what is between"
        response = open_[-1]
        writer = (
            f"your own event {response.request.seq}"
            if response.request is not None
            else "the server's turn detection"
        )
        return f"; {response.id} was open, begun by {writer}"

    def _would_show_it(self) -> bool:
        """Whether a response that was open would be in the record: it is there from its start."""
        return self.state.view.from_start and shows(self.state, "response.created")

    def _rejected_update(
        self,
        event: Event,
        said: Said,
        request: Request | None,
        sure: bool,
        texts: tuple[Entry, ...],
    ) -> Iterable[Finding]:
        if request is None:
            of = self._unseen_update(said)
        else:
            of = f"event {request.seq} ({request.type})" if request.role == _UPDATING else None
        text = self.state.pack.errors.text(_UPDATE)
        if of is None or text is None or any(text.name == _UPDATE for text in texts):
            return
        message = (
            f"none of {of} is in force: the server refused {said.param or 'a part of it'} "
            "and drops such an update as a whole"
        )
        certainty = Certainty.CERTAIN if sure and request else Certainty.HIGH
        evidence = (request.seq if request else None, event.seq)
        yield text.finding(message, at=event.at, evidence=evidence,
            severity=Severity.ERROR, certainty=certainty, under=texts[0].name,
        )  # fmt: skip

    def _unseen_update(self, said: Said) -> str | None:
        """The update that an error about a field of the session answers, in a log without what
        the client sent."""
        if _role_of_param(said.param) != _UPDATING or self.state.requests.counts:
            return None
        return f"the {self.state.pack.type(_UPDATING)} it answers"


def _holds(payload: object, param: str) -> bool:
    """Whether an event holds the field that an error names ("session.tools[0].name")."""
    for part in param.partition("[")[0].split("."):
        if not isinstance(payload, dict) or part not in payload:
            return False
        payload = payload[part]
    return True


def _role_of_param(param: str | None) -> str | None:
    for prefix, role in _BY_PARAM:
        if param is not None and (
            param == prefix or param.startswith((f"{prefix}.", f"{prefix}["))
        ):
            return role
    return None


def said_in(event: Event, state: RealtimeState) -> Said:
    """What an error event says, as the table is asked for it."""
    body = error_of(event.payload)
    return Said(
        where="error",
        code=text_of(body.get("code")),
        type=text_of(body.get("type")),
        message=text_of(body.get("message")) or text_of(event.payload.get("error")) or "",
        param=text_of(body.get("param")),
        before_session=state.settings.created_seq is None,
    )


def may_be_refused(request: Request, state: RealtimeState) -> bool:
    """Whether a request for a response may be the one that is refused: what has begun a response is
    not, unless turn detection may have begun that one in its place."""
    turns = state.settings.creates_response is not False and bool(state.audio.speech_starts)
    return request.answered is None or turns
