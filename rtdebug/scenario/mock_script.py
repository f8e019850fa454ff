"""What a scripted server says and does wrong: the values of a mock script, read by ``mock_reader``.

The language, each key optional (docs/mock.md shows it by example)::

    reply: {text: "Hello!"}            what every response says; in an audio response it is spoken
    reply: {audio: {transcript: "Hi", duration: 1.2s}}       or `file: hello.wav`
    reply: {tool: {name: get_weather, arguments: {city: Oslo}}}       a list calls several
    reply: {empty: true}               no output at all
    reply: {text: "…", status: failed|incomplete|cancelled, reason: …, error: {…}|null,
            modality: text|audio}      `modality` forces one, whatever was asked for
    reply: {tool: {first: true}}       the session's first function, with fitting arguments
    reply: {text: "You said ${heard.text}"}       also heard.output (of a function), heard.turn
    replies: [REPLY, …]                one response after the other, the last one repeats
    replies: [{when: {text: …, output: …, turn: …}, …REPLY…}, …]
                                       chosen by what is answered, by the matchers of scenarios
    chunk: {words: 1, audio: 100ms}    how much one delta holds
    pace: 1ms                          between deltas
    vad: [{after: 300ms | append: N, lasts: 200ms, say: "…"}]
                                       when the server hears speech; `auto` (default) by loudness
    transcription: "…" | {text: "…", error: {…}}
    session: {…}                       settings the session starts with

    stall:     {after: TYPE}           nothing more of the response, the socket stays open
    end_early: {after: TYPE}           the response ends there, the next one works
    close:     {after: TYPE | on: TYPE, code: 1011, reason: "…"}, or `abort: true`
    error:     {on: TYPE | after: TYPE, code: …, message: …, …}
    insert:    {after: TYPE | on: TYPE, event: {…}}
    raw:       {after: TYPE | on: TYPE, data: "…" | binary: BASE64}
    alter:     {type: TYPE, set: {path.to.field: value}, remove: [path.to.field]}
    drop:      [TYPE, …]               lost on the way, whoever sent it
    delay:     {TYPE: 1s}              held back, and all behind it
    silent:    true                    accepts the connection and never says a word
    refuse:    {status: 401, body: "…", headers: {…}}        no upgrade

    from:      capture.jsonl           answers as in a recording, struck by RECORDING_KEYS

``after`` names a server event, ``on`` a client event or ``connect``. Each fault may be a list, and
strikes every time unless ``nth`` says which time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from rtdebug.model.value import EMPTY, Value
from rtdebug.scenario.matching import Pattern

CONNECT = "connect"
RECORDING_KEYS = ("from", "insert", "raw", "stall", "close", "alter", "drop", "delay")
HEARD = re.compile(r"\$\{heard\.(text|output|turn)\}")  # stands for what is answered
DEFAULT_TRANSCRIPT = "Hello there."

Json: TypeAlias = dict[str, Any]


class Say(Value):
    """A message of the assistant. ``modality`` forces text or audio; ``sound`` is PCM 16-bit
    24 kHz mono; ``duration`` (seconds) None follows from the length of the text."""

    text: str
    modality: str | None = None
    duration: float | None = None
    sound: bytes | None = None


class ScriptedCall(Value):
    """A function call. ``name`` None is the session's first function; ``arguments`` is the JSON
    text, which a fault may break, None for what fits the function's schema."""

    name: str | None
    arguments: str | None = None


class When(Value):
    """What is answered: what the user said last, what a function returned, which turn it is."""

    text: Pattern | None = None
    output: Pattern | None = None
    turn: Pattern | None = None


class Reply(Value):
    """What one response comes to. ``error`` is the detail of a failed one, None for no detail."""

    outputs: tuple[Say | ScriptedCall, ...]
    status: str = "completed"
    reason: str | None = None
    error: Json | None = None
    when: When | None = None


class SpeechCue(Value):
    """When a turn of the user begins, counted from the last one: after so many seconds of audio,
    or at the n-th append; it lasts ``lasts`` seconds and says ``say``."""

    after: float | None
    append: int | None
    lasts: float
    say: str | None


class Transcription(Value):
    """What input transcription makes of a turn; with ``error`` it fails."""

    text: str = DEFAULT_TRANSCRIPT
    error: Json | None = None


class Cue(Value):
    """When a fault strikes: ``on`` a client event (or connect), or ``after`` a server event;
    ``nth`` counts from 1, None is every time."""

    on: str | None = None
    after: str | None = None
    nth: int | None = None

    def meets(self, type_: str, count: int, *, from_client: bool) -> bool:
        """Whether the ``count``-th event of this type is the one."""
        wanted = self.on if from_client else self.after
        return wanted == type_ and self.nth in (None, count)


class Insert(Value):
    """Sends an event of the script's own."""

    cue: Cue
    event: Json


class Raw(Value):
    """Sends a message as it stands, an event or not."""

    cue: Cue
    data: str | bytes


class Fail(Value):
    """Sends an error event; on a client event it stands in for the answer."""

    cue: Cue
    error: Json


class Stall(Value):
    """Says nothing more of the response; with ``forget`` the server takes it for ended."""

    cue: Cue
    forget: bool = False


class Hangup(Value):
    """Closes, or drops the connection without a close frame."""

    cue: Cue
    code: int = 1000
    reason: str = ""
    abort: bool = False


Strike: TypeAlias = Fail | Insert | Raw | Stall | Hangup


class Alter(Value):
    """Changes server events of one type: sets and removes fields by their path."""

    type: str
    nth: int | None
    set: Mapping[str, Any]
    remove: tuple[str, ...]


class Drop(Value):
    """An event that gets lost, whoever sent it."""

    type: str
    nth: int | None = None


class Refuse(Value):
    """The upgrade is answered with an HTTP status."""

    status: int
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class MockScript(Value):
    """One scripted server. Without ``replies`` it says what makes sense. Times in seconds;
    ``speech`` None hears speech by its loudness."""

    replies: tuple[Reply, ...] = ()
    words: int = 1
    chunk: float = 0.1
    pace: float = 0.001
    speech: tuple[SpeechCue, ...] | None = None
    transcription: Transcription = Transcription()
    session: Mapping[str, Any] = EMPTY
    strikes: tuple[Strike, ...] = ()
    alter: tuple[Alter, ...] = ()
    drop: tuple[Drop, ...] = ()
    delay: Mapping[str, float] = EMPTY
    silent: bool = False
    refuse: Refuse | None = None
