"""A recording as a scenario: what was sent as it was, and expectations on what matters.

What a model says is different each time, so words are told in comments and never expected. An id
that the server gave and the client used is captured where the server said it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any, NamedTuple

from rtdebug.captures.yaml_flow import comment, flow
from rtdebug.errors import UsageError
from rtdebug.model.records import Closed, Event, Record, Sender, Undecodable
from rtdebug.redaction import REDACTED
from rtdebug.scenario.vocabulary import Vocabulary

# What a client waits for or must take note of; everything else comes with it.
_TOLD = (
    "session.created", "session.updated", "error", "audio.committed", "audio.cleared",
    "speech.started", "speech.stopped", "transcription.completed", "transcription.failed",
    "item.retrieved", "item.truncated", "item.deleted", "arguments.done", "response.done",
    "mcp_list.completed", "mcp_list.failed", "mcp_call.completed", "mcp_call.failed",
    "idle.timeout", "output.cleared",
)  # fmt: skip
_MOVING = ("transcription.completed", "transcription.failed")  # come when they are ready
_WORDS = ("transcript", "text", "arguments", "message")
_MOST_DELTAS = 3  # waited for where a client acted in the middle of a response
_SHORTEST_TIMEOUT = 10


class Origin(NamedTuple):
    """What is said of a recording at the top; ``found`` are the findings it shows, ``mock`` the
    script of a server that says the same."""

    name: str
    url: str
    pack: str
    found: tuple[str, ...]
    mock: str


def scenario(records: Sequence[Record], words: Vocabulary, origin: Origin) -> Iterator[str]:
    """The lines of the scenario. Raises UsageError for a recording that cannot be played."""
    told = _Told(records, words)
    steps = list(told.steps())
    if not any("expect" in line for line in steps):
        raise UsageError(
            "nothing of the server is in it that a scenario could expect",
            "convert a recording with a session in it",
        )
    yield from _head(origin, told.timeout())
    yield "steps:"
    yield from steps
    if origin.found:
        yield "# The recording shows these. Take a line out to have the scenario fail for it."
        yield "ignore:"
        yield from (f"  - {flow(name)}" for name in origin.found)


def _head(origin: Origin, timeout: int) -> Iterator[str]:
    yield "rtdebug: 1"
    yield f"name: {flow(origin.name)}"
    yield f"pack: {flow(origin.pack)}"
    if origin.url:
        yield comment(f"Recorded from {origin.url}; set RTDEBUG_URL to play against a server.")
    yield "target:"
    yield "  url: ${env.RTDEBUG_URL:-mock}"
    yield '  headers: {Authorization: "Bearer ${env.OPENAI_API_KEY:-none}"}'
    if origin.mock:
        yield "mock:  # what the recorded server said, for the embedded one"
        yield from (f"  {line}" for line in origin.mock.splitlines())
    yield f"timeout: {timeout}s"


class _Told:
    """One recording, looked at once to see which events must be told and what of them is kept."""

    def __init__(self, records: Sequence[Record], words: Vocabulary) -> None:
        self._records = records
        self._words = words
        self._types = {words.roles[role] for role in _TOLD if role in words.roles}
        self._moving = {words.roles[role] for role in _MOVING if role in words.roles}
        self._deltas = {type_ for role, type_ in words.roles.items() if role.endswith(".delta")}
        self._captures: dict[int, dict[str, str]] = {}
        self._names: dict[str, str] = {}  # id -> variable
        self._also: set[int] = set()
        self._find_ids()

    def timeout(self) -> int:
        """Twice the longest that was waited for anything told."""
        longest = last = 0.0
        for at, record in enumerate(self._records):
            if isinstance(record, Event) and (_is_sent(record) or self._is_told(at, record)):
                longest, last = max(longest, record.at - last), record.at
        return max(_SHORTEST_TIMEOUT, ceil(2 * longest))

    def steps(self) -> Iterator[str]:
        """The steps, in the order of the recording."""
        stretch: list[int] = []
        waited = False  # for this part of a response, before sound was sent into it
        deltas: Counter[str] = Counter()
        for at, record in enumerate(self._records):
            if isinstance(record, Event) and not _is_sent(record):
                if self._is_told(at, record):
                    stretch.append(at)
                    deltas.clear()
                elif record.type in self._deltas:
                    deltas[record.type] += 1
                continue
            if _is_sent(record) or isinstance(record, Closed):
                yield from self._expects(stretch)
                waited = waited and not stretch
                if _is_sent(record) and self._acts_in_the_middle(record, deltas, waited):
                    yield from self._in_the_middle(deltas)
                    deltas, waited = Counter(), True
                stretch = []
            yield from self._step(record)
        yield from self._expects(stretch)

    def _acts_in_the_middle(self, record: Record, deltas: Counter[str], waited: bool) -> bool:
        """Whether the client did this in a response. Sound may just go on into one: of that, only
        what comes when some of the response has been heard."""
        if self._is_sound(record):
            return not waited and max(deltas.values(), default=0) >= _MOST_DELTAS
        return bool(deltas)

    def _in_the_middle(self, deltas: Mapping[str, int]) -> Iterator[str]:
        """What came of a response before the client acted on it, sound before words."""
        sound = self._words.roles.get("audio.delta")
        type_, count = max(deltas.items(), key=lambda one: (one[0] == sound, one[1]))
        yield f"  - expect: {flow(type_)}"
        yield f"    count: {{min: {min(count, _MOST_DELTAS)}}}"

    def _is_sound(self, record: Record) -> bool:
        return isinstance(record, Event) and record.type == self._words.roles.get("audio.append")

    def _step(self, record: Record) -> Iterator[str]:
        if isinstance(record, Event):
            yield from self._send(record)
        elif isinstance(record, Undecodable) and record.sender is Sender.CLIENT:
            if isinstance(record.data, str):
                yield f"  - send: {flow(_literal(record.data))}"
                yield "    raw: true"
            else:
                yield f"  {comment(f'{len(record.data)} bytes of binary were sent here')}"
        elif isinstance(record, Closed) and record.sender is Sender.SERVER:
            yield f"  - expect_close: {flow({'code': record.code})}"
        elif isinstance(record, Closed) and record.sender is Sender.CLIENT and _closes(record):
            yield f"  - close: {flow({'code': record.code})}"

    def _send(self, event: Event) -> Iterator[str]:
        if self._is_sound(event):
            _check_audio(event)
        if _holds(event.payload, REDACTED):
            yield f"  {comment('A secret stood in this event; put one in place of the stand-in.')}"
        yield f"  - send: {flow(self._named(event.payload))}"
        if self._words.check_event(event.payload):
            yield "    raw: true  # the protocol does not allow it, and it was sent all the same"

    def _named(self, value: Any) -> Any:
        """A value as a scenario writes it, with names in place of the ids of the server."""
        if isinstance(value, dict):
            return {key: self._named(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._named(inner) for inner in value]
        if isinstance(value, str):
            name = self._names.get(value)
            return f"${{{name}}}" if name is not None else _literal(value)
        return value

    def _expects(self, stretch: Sequence[int]) -> Iterator[str]:
        events = [(at, event) for at in stretch if isinstance(event := self._records[at], Event)]
        moving = len(events) > 1 and any(event.type in self._moving for _, event in events)
        if moving:
            yield "  - expect_all:  # a transcription comes when it is ready"
        lead = "      - " if moving else "  - "
        for at, event in events:
            yield f"{lead}expect: {flow(self._expected(event))}{_said(event)}"
            kept = self._captures.get(at)
            if kept:
                yield f"{' ' * len(lead)}capture: {flow(kept)}"

    def _expected(self, event: Event) -> Any:
        """The type, and of its fields those that say how it went."""
        told: dict[str, Any] = {"type": event.type}
        response, error = event.payload.get("response"), event.payload.get("error")
        if event.type == self._words.roles.get("response.done") and isinstance(response, dict):
            told["response"] = {"status": response.get("status")}
        if event.type == self._words.roles.get("error") and isinstance(error, dict):
            code = {key: error[key] for key in ("type", "code") if isinstance(error.get(key), str)}
            told |= {"error": code} if code else {}
        if event.type == self._words.roles.get("arguments.done") and event.payload.get("name"):
            told["name"] = event.payload["name"]
        return told if len(told) > 1 else event.type

    def _is_told(self, at: int, event: Event) -> bool:
        if event.type not in self._words.server_types:
            return False
        return event.type in self._types or at in self._also

    # -- ids -------------------------------------------------------------------------------------

    def _find_ids(self) -> None:
        """Which ids the client took from the server, and from which event."""
        given: dict[str, list[tuple[int, str]]] = {}
        own: set[str] = set()
        for at, record in enumerate(self._records):
            if not isinstance(record, Event):
                continue
            if not _is_sent(record):
                for path, id_ in _ids(record.payload):
                    if id_ not in own:
                        given.setdefault(id_, []).append((at, path))
                continue
            for text in _texts(record.payload):
                if text in given and text not in self._names:
                    self._capture(text, given[text])
                own.add(text)

    def _capture(self, id_: str, places: Sequence[tuple[int, str]]) -> None:
        at, path = next(
            ((at, path) for at, path in places if self._event(at).type in self._types), places[0]
        )
        word = path.removesuffix(".id").removesuffix("_id").rpartition(".")[2]
        word = word if word.isidentifier() and word != "env" else "id"
        taken = set(self._names.values())
        name = next(n for n in (word, *(f"{word}_{k}" for k in range(2, 10**6))) if n not in taken)
        self._names[id_] = name
        self._captures.setdefault(at, {})[name] = path
        # An expectation takes the next event of its type, so those before it are told as well.
        for before in range(at, -1, -1):
            record = self._records[before]
            if not isinstance(record, Event) or _is_sent(record):
                if before != at and isinstance(record, Event):
                    break
                continue
            if record.type == self._event(at).type:
                self._also.add(before)

    def _event(self, at: int) -> Event:
        record = self._records[at]
        assert isinstance(record, Event)
        return record


def _closes(closed: Closed) -> bool:
    """With a code that may be sent, and not as every scenario ends."""
    return closed.code not in (1000, 1004, 1005, 1006, 1015)


def _is_sent(record: Record) -> bool:
    return isinstance(record, Event | Undecodable) and record.sender is Sender.CLIENT


def _said(event: Event) -> str:
    words = next(
        (event.payload[key] for key in _WORDS if isinstance(event.payload.get(key), str)), ""
    )
    return f"  {comment(f'it said: {words}', 100)}" if words else ""


def _literal(text: str) -> str:
    return text.replace("${", "$${")


def _check_audio(event: Event) -> None:
    """A capture without audio has a stand-in for it: its hash, over and over."""
    audio = str(event.payload.get("audio"))
    digest = audio[:64]
    if re.fullmatch("[0-9a-f]{64}", digest) and audio == (digest * len(audio))[: len(audio)]:
        raise UsageError(
            "the audio was not kept in this recording, so it cannot be sent again",
            "record without --no-audio",
        )


def _holds(value: Any, text: str) -> bool:
    return any(text in one for one in _texts(value))


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _ids(value: Any, path: str = "") -> Iterable[tuple[str, str]]:
    """Where ids stand in an event of the server: under a key that says so."""
    if isinstance(value, dict):
        for key, inner in value.items():
            place = f"{path}.{key}" if path else key
            if isinstance(inner, str) and (key == "id" or key.endswith("_id")) and inner:
                yield place, inner
            else:
                yield from _ids(inner, place)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _ids(inner, f"{path}.{number}")
