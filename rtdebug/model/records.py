"""Records: what happened on one connection, in order, and what a record of it can show.

``at`` is always seconds since the connection began (the first record of a log), given by whoever
feeds the session and never read from a clock inside. ``Event`` is a named tuple, since one is made
for almost every message and a named tuple is the quickest to make; the others are values.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from rtdebug.model.findings import Finding
from rtdebug.model.value import Value


class Sender(StrEnum):
    """Who sent a message; the client is whoever dialled."""

    CLIENT = "client"
    SERVER = "server"


class Step(StrEnum):
    """The step of getting a session at which it failed, in the order they happen."""

    NAME = "name"
    PROXY = "proxy"
    TCP = "tcp"
    TLS = "tls"
    UPGRADE = "upgrade"
    SIGN_IN = "sign-in"
    FIRST_EVENT = "first-event"


class Clock(StrEnum):
    """How far the times of a record can be trusted."""

    EXACT = "exact"
    SECONDS = "seconds"
    NONE = "none"


class Opened(Value):
    """The connection is open. ``headers`` are the client's.

    ``transport``, here and where it ends: "" is the WebSocket, "webrtc" the peer connection and
    the exchange of descriptions before it, "data-channel" the channel of events in one.
    """

    at: float
    url: str | None = None
    subprotocol: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 101
    transport: str = ""


class Refused(Value):
    """No session came about. ``text`` is what the peer or the system said (redacted, unsafe to
    print raw); ``status`` and ``headers`` are the HTTP answer's where there was one. ``how`` is
    "timed-out" or "lost" where the watcher itself saw that nothing, or no more, came."""

    at: float
    step: Step
    text: str
    url: str | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    how: str = ""
    transport: str = ""


class Event(NamedTuple):
    """One message that was understood as an event of the protocol.

    ``size`` is the length of the message in bytes; ``text`` the message as it was, None
    where a reader had only its pieces; ``whole`` is False when the log shows an elided, cut or
    type-only event, whose payload proves nothing by what it lacks.
    """

    seq: int
    at: float
    sender: Sender
    type: str
    payload: dict[str, Any]
    size: int = 0
    text: str | bytes | None = None
    whole: bool = True


class Flawed(Event):
    """An event in a message that is no strict JSON: NaN, half a surrogate, a member twice. It is
    judged like any other, and its text is kept so that the flaw is seen again in a replay."""

    __slots__ = ()


class Probing(Event):
    """An event that rtdebug itself sent, after the scenario had failed, to learn why nothing more
    came. Neither it nor what the server says to it is of the session."""

    __slots__ = ()


class Undecodable(Value):
    """A message that is no event. ``reason`` says in words what is wrong and where."""

    seq: int
    at: float
    sender: Sender
    data: str | bytes
    reason: str


class Closed(Value):
    """The connection ended. ``sender`` is who ended it (sent the first close frame, or vanished),
    None when nobody can tell; ``code`` is RFC 6455's, 1006 when no close frame came."""

    at: float
    code: int
    reason: str = ""
    sender: Sender | None = None
    transport: str = ""


class Ended(Value):
    """Whoever watched stopped watching. ``waited`` is how many seconds they had waited in vain for
    something when they stopped, 0 when they had all they wanted or were interrupted."""

    at: float
    reason: str
    waited: float = 0.0


class Remark(Value):
    """Something a log says beside its events: an app's own line, a traceback, prose."""

    at: float
    text: str
    line: int = 0


class Violation(Value):
    """``sender`` broke the protocol below the messages (RFC 6455). ``kind`` is its name in kebab
    case, ``detail`` says in words what was broken. Unless ``readable``, nothing more of that side
    could be read."""

    at: float
    sender: Sender
    kind: str
    detail: str
    readable: bool = False


class Unjudged(Value):
    """A message that was passed on and not looked at, and ``why``; ``size`` in bytes, as far as it
    is known. Unless ``readable``, nothing more of that side could be read."""

    at: float
    sender: Sender
    size: int
    why: str
    readable: bool = True


class Paused(Value):
    """Whoever watched stood still itself for so many seconds. ``at`` stands still meanwhile, here
    and in what follows: time that nobody watched is no silence."""

    at: float
    seconds: float


class Found(Value):
    """A finding that a capture keeps because its evidence is masked there; ``withdrawn`` says that
    the session took back an earlier one."""

    at: float
    finding: Finding
    withdrawn: bool = False


class MaskedPayload(dict[str, Any]):
    """The payload of an event without the secrets that stood at ``pointers``."""

    __slots__ = ("pointers",)

    def __init__(self, payload: dict[str, Any], pointers: tuple[str, ...]) -> None:
        super().__init__(payload)
        self.pointers = pointers


Record: TypeAlias = (
    Opened
    | Refused
    | Event
    | Undecodable
    | Closed
    | Ended
    | Remark
    | Violation
    | Unjudged
    | Paused
    | Found
)


class View(Value):
    """What a record can show. What it cannot show is never called missing.

    ``from_start``: its first record is the first of the connection. ``to_end``: what came after
    the last record is known (a live session, a file with a close or an end), so silence there
    counts. ``senders``: whose events are recorded. ``whole``: payloads are complete.
    ``hidden``: event types (globs) the log is known to leave out. ``selective``: somebody chose
    what to log, so that of a kind it never shows nobody knows whether it was sent. ``trimmed``:
    somebody may have left fields out of its messages, so that a missing one proves nothing.
    """

    clock: Clock = Clock.EXACT
    from_start: bool = True
    to_end: bool = True
    senders: frozenset[Sender] = frozenset(Sender)
    whole: bool = True
    hidden: frozenset[str] = frozenset()
    selective: bool = False
    trimmed: bool = False


LIVE = View()
