"""Reads a mock script: the ``mock:`` section of a scenario, or a file of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from rtdebug.documents import load_document
from rtdebug.scenario.audio import DEFAULT_FORMAT, AudioProblem, load_audio
from rtdebug.scenario.mock_faults import (
    read_alter,
    read_drop,
    read_refuse,
    read_strikes,
    server_event,
)
from rtdebug.scenario.mock_fields import MakeError, Path, Value
from rtdebug.scenario.mock_script import (
    DEFAULT_REPLY,
    DEFAULT_TRANSCRIPT,
    Call,
    MockScript,
    Reply,
    Say,
    SpeechCue,
    Transcription,
)

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
    """Reads a mock script file, or the ``mock:`` section of a scenario file.

    Raises DocumentError with the place of the first mistake, UnreadableError without a file.
    """
    document = load_document(path)
    section: Path = ()
    if isinstance(document.value, dict) and ("mock" in document.value or "steps" in document.value):
        section = ("mock",)
    value = document.value.get("mock", {}) if section else document.value
    return read_mock_script(value, document.error, path=section, folder=FilePath(path).parent)


def read_mock_script(
    value: Any, make_error: MakeError, *, path: Path = (), folder: FilePath | None = None
) -> MockScript:
    """Reads the script that ``value``, which stands at ``path`` of its document, spells out.

    ``make_error(path, message, hint)`` makes the error for a place; sound files are looked for
    in ``folder``.
    """
    script = Value(value, path, make_error)
    fields = script.fields(KEYS)
    chunk = fields["chunk"].fields(("words", "audio")) if "chunk" in fields else {}
    return MockScript(
        replies=_replies(fields, folder),
        words=chunk["words"].number(1, 1000) if "words" in chunk else 1,
        chunk=_chunk(chunk["audio"]) if "audio" in chunk else 0.1,
        pace=fields["pace"].seconds(60) if "pace" in fields else 0.001,
        speech=_speech(fields["vad"]) if "vad" in fields else None,
        transcription=_transcription(fields.get("transcription")),
        session=fields["session"].mapping() if "session" in fields else {},
        strikes=read_strikes({name: fields[name] for name in _STRIKES if name in fields}),
        alter=tuple(map(read_alter, fields["alter"].one_or_more())) if "alter" in fields else (),
        drop=tuple(map(read_drop, fields["drop"].one_or_more())) if "drop" in fields else (),
        delay=_delay(fields.get("delay")),
        silent=fields["silent"].flag() if "silent" in fields else False,
        refuse=read_refuse(fields["refuse"]) if "refuse" in fields else None,
    )


def _replies(fields: Mapping[str, Value], folder: FilePath | None) -> tuple[Reply, ...]:
    if "reply" in fields and "replies" in fields:
        raise fields["replies"].error("'reply' and 'replies' exclude each other", "keep one")
    if "reply" in fields:
        return (_reply(fields["reply"], folder),)
    if "replies" in fields:
        return tuple(_reply(each, folder) for each in fields["replies"].items(at_least=1))
    return (DEFAULT_REPLY,)


def _reply(reply: Value, folder: FilePath | None) -> Reply:
    fields = reply.fields((*_OUTPUTS, "modality", "status", "reason", "error"))
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
    return Reply(_outputs(fields, folder), status, reason, _failure(status, fields.get("error")))


def _failure(status: str, error: Value | None) -> dict[str, Any] | None:
    if status != "failed":
        return None
    if error is None:
        return dict(_PLAIN_FAILURE)
    return None if error.value is None else error.mapping()


def _outputs(fields: Mapping[str, Value], folder: FilePath | None) -> tuple[Say | Call, ...]:
    if "text" in fields and "audio" in fields:
        raise fields["audio"].error("'text' and 'audio' exclude each other", "keep one")
    if "empty" in fields and fields["empty"].flag():
        for key in ("text", "audio", "tool"):
            if key in fields:
                raise fields[key].error(f"an empty reply has no '{key}'", "leave out 'empty'")
        return ()
    modality = fields["modality"].choice(("text", "audio")) if "modality" in fields else None
    outputs: list[Say | Call] = []
    if "text" in fields:
        outputs.append(Say(fields["text"].text(), modality))
    if "audio" in fields:
        outputs.append(_spoken(fields["audio"], modality, folder))
    if "tool" in fields:
        outputs += [_call(each) for each in fields["tool"].one_or_more()]
    return tuple(outputs)


def _spoken(audio: Value, modality: str | None, folder: FilePath | None) -> Say:
    fields = audio.fields(("transcript", "duration", "file"), required=("transcript",))
    if "duration" in fields and "file" in fields:
        raise fields["duration"].error("'duration' and 'file' exclude each other", "keep one")
    duration = fields["duration"].seconds(120) if "duration" in fields else None
    sound = _sound(fields["file"], folder) if "file" in fields else None
    return Say(fields["transcript"].text(), modality, duration, sound)


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


def _call(tool: Value) -> Call:
    fields = tool.fields(("name", "arguments"), required=("name",))
    arguments = fields.get("arguments")
    if arguments is None:
        return Call(fields["name"].text(), "{}")
    if isinstance(arguments.value, str):
        return Call(fields["name"].text(), arguments.value)
    written = json.dumps(arguments.mapping(), ensure_ascii=False, separators=(",", ":"))
    return Call(fields["name"].text(), written)


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


def _delay(value: Value | None) -> dict[str, float]:
    if value is None:
        return {}
    return {server_event(key, each): each.seconds() for key, each in value.entries()}
