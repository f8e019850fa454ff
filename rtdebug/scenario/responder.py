"""Plays a server: answers a client's events as the GA Realtime provider does, by a script.

Without I/O and without a clock: it is told what happened and when, returns what to send, and says
when it wants to be woken. Behaviour follows the openai realtime reference and captures of 2026.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from rtdebug.model.commands import Close, Command
from rtdebug.model.records import Closed, Event, Opened, Record, Sender, Undecodable
from rtdebug.packs.by_url import is_asked_for
from rtdebug.scenario.beta_shape import PACK, BetaShape
from rtdebug.scenario.mock_script import CONNECT, Json, MockScript, Refuse
from rtdebug.scenario.responder_answers import Answers, CheckEvent
from rtdebug.scenario.responder_names import Ids
from rtdebug.scenario.responder_session import new_session
from rtdebug.scenario.responder_stage import ServerStage
from rtdebug.scenario.vocabulary import vocabulary_of

STARTED = 1_767_225_600.0  # 2026-01-01, where nobody says when it is

_BETA = "realtime=v1"
_BETA_SUBPROTOCOL = "openai-beta.realtime-v1"
_BETA_ERROR = {
    "type": "invalid_request_error",
    "code": "beta_api_shape_disabled",
    "message": "The Realtime Beta API is no longer supported. "
    "Please use /v1/realtime for the GA API.",
    "param": None,
}
_BETA_CLOSE = Close(4000, "invalid_request_error.beta_api_shape_disabled")


class Responder:
    """The actor that plays a server on one connection.

    ``check_event`` names what is wrong with a client event (a pack's closed schemas); without it
    only what the server itself needs is checked. ``started`` is the Unix time of the connection,
    ``prefix`` goes into every id and tells connections apart. With ``beta`` it speaks the shape of
    the beta, as it does on the paths of servers that have kept it.
    """

    def __init__(
        self,
        script: MockScript | None = None,
        *,
        check_event: CheckEvent | None = None,
        started: float = STARTED,
        prefix: str = "",
        beta: bool = False,
    ) -> None:
        self._script = script or MockScript()
        self._check_event = check_event
        self._started = started
        self._ids = Ids(prefix)
        self._stage = ServerStage(self._script, self._ids)
        self._answers: Answers | None = None
        self._beta = BetaShape() if beta else None

    @property
    def refuse(self) -> Refuse | None:
        """What the upgrade is answered with, None where it is accepted."""
        return self._script.refuse

    @property
    def deadline(self) -> float | None:
        """When it wants to be woken, in seconds since the connection opened."""
        return self._stage.deadline

    def observe(self, record: Record) -> Sequence[Command]:
        """Takes in what happened; returns what is to be sent now. What servers send is ignored."""
        commands = self._stage.run(record.at)
        match record:
            case Opened():
                self._open(record)
            case Event(sender=Sender.CLIENT) if self._answers is not None:
                self._answers.answer(record)
            case Undecodable(sender=Sender.CLIENT) if self._answers is not None:
                self._stage.fail(_not_an_event(record), record.at, None)
            case Closed():
                self._stage.stop()
        return self._shaped([*commands, *self._stage.run(record.at)])

    def advance(self, at: float) -> Sequence[Command]:
        """Time has passed; returns what is to be sent by now."""
        return self._shaped(self._stage.run(at))

    def _shaped(self, commands: list[Command]) -> Sequence[Command]:
        return commands if self._beta is None else self._beta.said(commands)

    def _open(self, record: Opened) -> None:
        if self._script.silent:
            return
        session_id = self._ids.next("sess")
        session = new_session(record.url, self._script.session, session_id, self._started)
        if is_asked_for(PACK, record.url or ""):
            self._beta = self._beta or BetaShape()
        check = self._check_event
        if self._beta is not None and check is not None:
            check = vocabulary_of(PACK).check_event
        answers = Answers(self._script, self._stage, self._ids, session, check, self._beta)
        if not self._stage.meet(CONNECT, record.at):
            return
        if self._beta is None and _asks_for_beta(record):
            self._stage.fail(_BETA_ERROR, record.at, None)
            self._stage.close(_BETA_CLOSE, record.at)
            return
        self._answers = answers
        answers.greet(record.at)


def _asks_for_beta(record: Opened) -> bool:
    """Whether the client asks for the beta, which the provider switched off in May 2026."""
    headers = [(name.lower(), value) for name, value in record.headers]
    return any(name == "openai-beta" and _BETA in value for name, value in headers) or any(
        name == "sec-websocket-protocol" and _BETA_SUBPROTOCOL in value for name, value in headers
    )


def _not_an_event(record: Undecodable) -> Json:
    """The error for a message that is no event: no JSON, or JSON without a type."""
    code = "invalid_json" if isinstance(record.data, str) and not _is_json(record.data) else ""
    return {
        "type": "invalid_request_error",
        "code": code or "invalid_event",
        "message": f"The message could not be read as an event: {record.reason}.",
        "param": None,
    }


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
