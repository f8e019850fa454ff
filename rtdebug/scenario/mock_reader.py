"""Reads a mock script: the ``mock:`` section of a scenario, or a file of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path as FilePath
from typing import Any

from rtdebug.documents import Document, load_document
from rtdebug.safe import one_line
from rtdebug.scenario.audio import DEFAULT_FORMAT, AudioProblem, load_audio
from rtdebug.scenario.fitting_call import functions
from rtdebug.scenario.mock_faults import (
    OWN,
    Names,
    read_alter,
    read_drop,
    read_refuse,
    read_strikes,
    server_event,
)
from rtdebug.scenario.mock_fields import MakeError, Path, Value
from rtdebug.scenario.mock_script import (
    DEFAULT_TRANSCRIPT,
    HEARD,
    RECORDING_KEYS,
    MockScript,
    Reply,
    Say,
    ScriptedCall,
    SpeechCue,
    Transcription,
    When,
)
from rtdebug.spelling import did_you_mean

_STRIKES = ("error", "insert", "raw", "stall", "end_early", "close")
KEYS = (
    "reply",
    "replies",
    "chunk",
    "pace",
    "vad",
    "transcription",
    "session",
    *_STRIKES,
    "alter",
    "drop",
    "delay",
    "silent",
    "refuse",
)
_OUTPUTS = ("text", "audio", "tool", "empty")
_STATUSES = ("completed", "failed", "incomplete", "cancelled")
_REASONS = {"incomplete": "max_output_tokens", "cancelled": "turn_detected"}
_MOST_SOUND = 15 * 1024 * 1024
_PLAIN_FAILURE = {
    "type": "server_error",
    "code": None,
    "message": "The server had an error while processing your request. Please retry it.",
}


def load_mock_script(path: FilePath | str) -> MockScript:
    """Reads a mock script file.

    Raises DocumentError with the place of the first mistake, UnreadableError without a file.
    """
    return mock_script_of(load_document(path))


def is_mock_script(value: object) -> bool:
    """Whether a document is a mock script and not a scenario, which has steps."""
    keys = set(value) if isinstance(value, dict) else set()
    return bool(keys & set(KEYS)) and not keys & {"rtdebug", "steps"}


def mock_script_of(document: Document) -> MockScript:
    """The script a document spells out; it calls no function that the session it starts lacks."""
    value = document.value
    session = value.get("session") if isinstance(value, dict) else None
    tools = session.get("tools") if isinstance(session, dict) else None
    known = None if tools is None else [str(tool["name"]) for tool in functions(tools)]
    folder = FilePath(document.path).parent
    return read_mock_script(value, document.error, folder=folder, callable_=known)


def read_mock_script(
    value: Any,
    make_error: MakeError,
    *,
    path: Path = (),
    folder: FilePath | None = None,
    callable_: Collection[str] | None = None,
) -> MockScript:
    """Reads the script that ``value``, which stands at ``path`` of its document, spells out.

    ``make_error(path, message, hint)`` makes the error for a place; sound files are looked for
    in ``folder``. ``callable_`` are all functions the session has, None where that is not known.
    """
    script = Value(value, path, make_error)
    fields = script.fields(KEYS)
    chunk = fields["chunk"].fields(("words", "audio")) if "chunk" in fields else {}
    replies = _replies(fields, folder)
    if callable_ is not None and replies:
        _refuse_foreign(fields.get("reply") or fields["replies"], callable_)
    return MockScript(
        replies=replies,
        words=chunk["words"].number(1, 1000) if "words" in chunk else 1,
        chunk=_chunk(chunk["audio"]) if "audio" in chunk else 0.1,
        pace=fields["pace"].seconds(60) if "pace" in fields else 0.001,
        speech=_speech(fields["vad"]) if "vad" in fields else None,
        transcription=_transcription(fields.get("transcription")),
        session=fields["session"].mapping() if "session" in fields else {},
        **_faults(fields, OWN),
        silent=fields["silent"].flag() if "silent" in fields else False,
        refuse=read_refuse(fields["refuse"]) if "refuse" in fields else None,
    )


def read_faults(value: Any, make_error: MakeError, names: Names, path: Path = ()) -> MockScript:
    """Reads the faults that strike what a recording says."""
    fields = Value(value, path, make_error).fields(RECORDING_KEYS)
    return MockScript(**_faults(fields, names))


def _faults(fields: Mapping[str, Value], names: Names) -> dict[str, Any]:
    alter, drop = (fields[key].one_or_more() if key in fields else () for key in ("alter", "drop"))
    return {
        "strikes": read_strikes({key: fields[key] for key in _STRIKES if key in fields}, names),
        "alter": tuple(read_alter(each, names) for each in alter),
        "drop": tuple(read_drop(each, names) for each in drop),
        "delay": _delay(fields.get("delay"), names),
    }


def _replies(fields: Mapping[str, Value], folder: FilePath | None) -> tuple[Reply, ...]:
    if "reply" in fields and "replies" in fields:
        raise fields["replies"].error("'reply' and 'replies' exclude each other", "keep one")
    if "reply" in fields:
        return (_reply(fields["reply"], folder),)
    if "replies" in fields:
        return tuple(_reply(each, folder) for each in fields["replies"].items(at_least=1))
    return ()


def _reply(reply: Value, folder: FilePath | None) -> Reply:
    fields = reply.fields((*_OUTPUTS, "when", "modality", "status", "reason", "error"))
    status = fields["status"].choice(_STATUSES) if "status" in fields else "completed"
    if status == "completed" and not any(key in fields for key in _OUTPUTS):
        raise reply.error("a reply says nothing", f"give it one of {', '.join(_OUTPUTS)}")
    if "error" in fields and status != "failed":
        raise fields["error"].error(
            f"a response that is {status} has no error", "add status: failed"
        )
    if "reason" in fields and status not in _REASONS:
        raise fields["reason"].error(
            f"a response that is {status} has no reason", "add status: incomplete or cancelled"
        )
    reason = fields["reason"].text() if "reason" in fields else _REASONS.get(status)
    when = _when(fields["when"]) if "when" in fields else None
    failure = _failure(status, fields.get("error"))
    return Reply(_outputs(fields, folder), status, reason, failure, when)


def _when(when: Value) -> When:
    fields = when.fields(("text", "output", "turn"))
    if not fields:
        raise when.error("a condition asks nothing", "give it one of text, output, turn")
    return When(**{name: value.pattern() for name, value in fields.items()})


def _failure(status: str, error: Value | None) -> dict[str, Any] | None:
    if status != "failed":
        return None
    if error is None:
        return dict(_PLAIN_FAILURE)
    return None if error.value is None else error.mapping()


def _outputs(
    fields: Mapping[str, Value], folder: FilePath | None
) -> tuple[Say | ScriptedCall, ...]:
    if "text" in fields and "audio" in fields:
        raise fields["audio"].error("'text' and 'audio' exclude each other", "keep one")
    if "empty" in fields and fields["empty"].flag():
        for key in ("text", "audio", "tool"):
            if key in fields:
                raise fields[key].error(f"an empty reply has no '{key}'", "leave out 'empty'")
        return ()
    modality = fields["modality"].choice(("text", "audio")) if "modality" in fields else None
    outputs: list[Say | ScriptedCall] = []
    if "text" in fields:
        outputs.append(Say(_spoken_text(fields["text"]), modality))
    if "audio" in fields:
        outputs.append(_spoken(fields["audio"], modality, folder))
    if "tool" in fields:
        outputs += [_call(each) for each in fields["tool"].one_or_more()]
    return tuple(outputs)


def _spoken_text(value: Value) -> str:
    """A text; what it says of ``heard`` must be there to be heard."""
    text = value.text()
    for found in re.findall(r"\$\{heard\b[^}]*\}?", text):
        if HEARD.fullmatch(found) is None:
            raise value.error(
                f"'{found[:60]}' is nothing that is heard",
                "write ${heard.text}, ${heard.output} or ${heard.turn}",
            )
    return text


def _spoken(audio: Value, modality: str | None, folder: FilePath | None) -> Say:
    fields = audio.fields(("transcript", "duration", "file"), required=("transcript",))
    if "duration" in fields and "file" in fields:
        raise fields["duration"].error("'duration' and 'file' exclude each other", "keep one")
    duration = fields["duration"].seconds(120) if "duration" in fields else None
    sound = _sound(fields["file"], folder) if "file" in fields else None
    return Say(_spoken_text(fields["transcript"]), modality, duration, sound)


def _sound(file: Value, folder: FilePath | None) -> bytes:
    name = file.text()
    home = (folder or FilePath()).resolve()
    path = (home / name).resolve()
    if not path.is_relative_to(home):
        raise file.error(f"'{name}' is outside the folder of the script", "put it beside it")
    try:
        if path.stat().st_size > _MOST_SOUND:
            raise file.error(f"{name} is larger than {_MOST_SOUND // 1024**2} MiB", "cut it")
        return load_audio(path, name, DEFAULT_FORMAT).data
    except AudioProblem as problem:
        raise file.error(problem.message, problem.hint) from None
    except OSError as problem:
        reason = str(problem.strerror or problem).lower()
        raise file.error(f"{name}: {reason}", f"looked for it as {path}") from None


def _call(tool: Value) -> ScriptedCall:
    fields = tool.fields(("name", "first", "arguments"))
    if ("name" in fields) == ("first" in fields and fields["first"].flag()):
        raise tool.error(
            "a call needs one of 'name' and 'first'", "name: get_weather, or first: true"
        )
    name = fields["name"].text() if "name" in fields else None
    arguments = fields.get("arguments")
    if arguments is None:
        return ScriptedCall(name)
    if isinstance(arguments.value, str):
        return ScriptedCall(name, arguments.value)
    written = json.dumps(arguments.mapping(), ensure_ascii=False, separators=(",", ":"))
    return ScriptedCall(name, written)


def _refuse_foreign(replies: Value, known: Collection[str]) -> None:
    """A call of a function that the session does not have is a mistake of the script."""
    for reply in replies.one_or_more():
        for call in reply.child("tool").one_or_more() if "tool" in reply.value else []:
            name = call.value.get("name")
            if name is not None and name not in known:
                raise call.child("name").error(
                    f"the session has no function '{one_line(name, 60)}'",
                    did_you_mean(name, known) if known else "no tools are ever sent",
                )


def _chunk(audio: Value) -> float:
    length = audio.seconds(10)
    if length < 0.01:
        raise audio.expected("a chunk of at least 10ms")
    return length


def _speech(vad: Value) -> tuple[SpeechCue, ...] | None:
    if vad.value == "auto":
        return None
    if not isinstance(vad.value, list):
        raise vad.expected("'auto' or a list of cues", "such as [{after: 300ms, say: Hello}]")
    return tuple(_cue(each) for each in vad.items())


def _cue(cue: Value) -> SpeechCue:
    fields = cue.fields(("after", "append", "lasts", "say"))
    if ("after" in fields) == ("append" in fields):
        raise cue.error("a cue needs one of 'after' and 'append'", "after: 300ms, or append: 3")
    return SpeechCue(
        after=fields["after"].seconds() if "after" in fields else None,
        append=fields["append"].number(1, 1_000_000) if "append" in fields else None,
        lasts=fields["lasts"].seconds() if "lasts" in fields else 0.2,
        say=fields["say"].text() if "say" in fields else None,
    )


def _transcription(value: Value | None) -> Transcription:
    if value is None:
        return Transcription()
    if isinstance(value.value, str):
        return Transcription(value.value)
    fields = value.fields(("text", "error"))
    text = fields["text"].text() if "text" in fields else DEFAULT_TRANSCRIPT
    return Transcription(text, fields["error"].mapping() if "error" in fields else None)


def _delay(value: Value | None, names: Names) -> dict[str, float]:
    if value is None:
        return {}
    return {server_event(key, each, names): each.seconds() for key, each in value.entries()}
