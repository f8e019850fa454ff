"""What a scenario says, as frozen values: the target, the steps in playing order, the limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeAlias

from rtdebug.documents import Document, JsonPath
from rtdebug.model.records import Event
from rtdebug.model.results import Location
from rtdebug.model.value import EMPTY, Value
from rtdebug.scenario.audio import Audio
from rtdebug.scenario.substitution import Names

MOCK = "mock"


class Target(Value):
    """Where to connect. ``url`` is ``mock`` for the embedded server; headers may hold secrets."""

    url: str = MOCK
    headers: tuple[tuple[str, str], ...] = ()
    subprotocols: tuple[str, ...] = ()
    source: Location | None = None

    def __repr__(self) -> str:
        return self._shown("headers", "subprotocols")


class Head(Value):
    """What every step has: its number from 1 in playing order, how reports call it, where it
    stands, and the items of the loops around it."""

    index: int
    label: str
    source: Location
    bindings: Mapping[str, Any] = EMPTY


class EventSpec(Value):
    """One expected server event as written, placeholders and all: ``type`` is a name or a matcher
    (None is any), ``fields`` must be in it, ``where`` maps dotted paths to matchers. ``says`` tells
    of an event each id of which it says the fact that is waited for, None where no fact is."""

    label: str
    type: Any
    fields: Mapping[str, Any]
    where: Mapping[str, Any]
    source: Location
    says: Callable[[Event], Sequence[str | None]] | None = None
    id: Any = None


class Expected(Value):
    """An expected event and what is kept of it: ``capture`` maps names to dotted paths, ``keep``
    names the whole event."""

    event: EventSpec
    capture: Mapping[str, str] = EMPTY
    keep: str | None = None


class Count(Value):
    """How many matching events: ``least`` are waited for; more than ``most`` before what the next
    expectation matches is too many."""

    least: int = 1
    most: int | None = None


class After(Value):
    """Not before this event has come and ``delay`` seconds have passed since."""

    event: EventSpec
    delay: float


class SendPace(StrEnum):
    """How fast audio is sent: as it would be spoken, or all at once."""

    REALTIME = "realtime"
    FAST = "fast"


class SendStep(Value):
    """Sends one event; ``raw`` sends it unchecked, text as it stands."""

    head: Head
    event: Any
    raw: bool = False
    after: After | None = None


class SendAudio(Value):
    """Sends a sound as append events; times in seconds."""

    head: Head
    audio: Audio
    chunk: float
    pace: SendPace
    silence: float
    commit: bool
    after: After | None = None


class Expect(Value):
    """Waits for events that match; with ``next`` the very next one must."""

    head: Head
    wanted: Expected
    count: Count
    within: float
    next: bool = False


class ExpectAll(Value):
    """Waits for all of these, one event each, in any order."""

    head: Head
    wanted: tuple[Expected, ...]
    within: float


class Branch(Value):
    """One way it may go on, and the steps that then follow."""

    wanted: Expected
    then: tuple[Step, ...] = ()


class ExpectAny(Value):
    """Waits for the first event that fits a branch."""

    head: Head
    branches: tuple[Branch, ...]
    within: float


class Absent(Value):
    """No such event, for ``duration`` seconds or until another comes."""

    head: Head
    event: EventSpec
    duration: float | None
    until: EventSpec | None
    within: float


class Wait(Value):
    """Lets time pass."""

    head: Head
    seconds: float


class CloseStep(Value):
    """Closes the connection, or drops it without a close frame."""

    head: Head
    code: int
    reason: str
    abort: bool = False


class ExpectClose(Value):
    """Waits for the end of the connection; ``code``, ``reason`` and ``by`` are what must match."""

    head: Head
    fields: Mapping[str, Any]
    within: float


Step: TypeAlias = (
    SendStep | SendAudio | Expect | ExpectAll | ExpectAny | Absent | Wait | CloseStep | ExpectClose
)


class ToolAnswer(Value):
    """What a called function returns, placeholders and all."""

    output: Any
    source: Location


class Limit(Value):
    """A bound in seconds that every response must keep, or a share of those of all plays (``over``
    is 50 for the median, 95 for the 95th percentile, 100 for every one)."""

    name: str
    seconds: float
    head: Head
    over: int = 100


class Scenario(Value):
    """One session to play. ``timeout`` in seconds; ``scope`` holds the variables; ``secrets`` are
    values that must never be shown. ``mock`` is a mock script, placeholders replaced, that stands
    in ``mock_document`` under ``mock_path`` (the place for messages about it);
    ``recording`` is the file it answers from instead. ``probes``: a
    response that stands still is asked about (``on_stall``)."""

    name: str
    source: Location
    pack: str
    target: Target
    timeout: float
    steps: tuple[Step, ...]
    mock: Any = None
    mock_document: Document | None = None
    mock_path: JsonPath = ()
    recording: str = ""
    tools: Mapping[str, ToolAnswer] = EMPTY
    tools_head: Head | None = None
    limits: tuple[Limit, ...] = ()
    ignore: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    probes: bool = True
    description: str = ""
    scope: Names = Names()
    secrets: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return self._shown("mock_document", "scope", "secrets")
