"""Sound for ``send_audio``: WAV files and raw samples, in exactly the format a session takes.

Nothing is converted: what another tool does to the sound would be a guess about what the user
heard. A file in any other format is refused with the command that converts it.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from rtdebug.model.value import Value
from rtdebug.scenario.substitution import MISSING, part_of

MAX_BYTES = 64 * 1024 * 1024


class AudioProblem(ValueError):
    """A sound that cannot be sent; ``hint`` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class AudioFormat(Value):
    """Mono samples: ``encoding`` is pcm (16-bit little-endian), ulaw or alaw (G.711)."""

    encoding: str = "pcm"
    rate: int = 24000

    @property
    def width(self) -> int:
        """Bytes of a sample."""
        return 2 if self.encoding == "pcm" else 1

    @property
    def silence(self) -> bytes:
        """One sample of silence."""
        return {"pcm": b"\0\0", "ulaw": b"\xff", "alaw": b"\xd5"}[self.encoding]

    def __str__(self) -> str:
        words = {"pcm": "16-bit mono PCM", "ulaw": "G.711 mu-law", "alaw": "G.711 A-law"}
        return f"{words[self.encoding]} at {self.rate} Hz"


class Audio(Value):
    """Samples and their format."""

    name: str
    format: AudioFormat
    data: bytes

    def __repr__(self) -> str:
        return self._shown("data")

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return len(self.data) / (self.format.width * self.format.rate)


DEFAULT_FORMAT = AudioFormat()

_TELEPHONE = {"audio/pcmu": "ulaw", "g711_ulaw": "ulaw", "audio/pcma": "alaw", "g711_alaw": "alaw"}
_RAW = {".pcm": "pcm", ".raw": "pcm", ".s16le": "pcm", ".ulaw": "ulaw", ".alaw": "alaw"}


def declared_format(session: Mapping[str, Any], pointer: str) -> AudioFormat | None:
    """The input format a session object names at ``pointer``, None when it names none that is
    known. Formats are objects (``{type: audio/pcm, rate: 24000}``) or, in older sessions, names
    (openai realtime reference)."""
    for tokens in (tuple(pointer.split("/")[1:]), ("input_audio_format",)):
        found = part_of(session, tokens) if tokens else MISSING
        if found is MISSING or found is None:
            continue
        kind = found.get("type") if isinstance(found, dict) else found
        rate = found.get("rate") if isinstance(found, dict) else None
        if not isinstance(kind, str):
            continue
        if isinstance(kind, str) and kind in _TELEPHONE:
            return AudioFormat(_TELEPHONE[kind], 8000)
        if kind in ("audio/pcm", "pcm16"):
            return AudioFormat("pcm", rate if isinstance(rate, int) and rate > 0 else 24000)
    return None


def load_audio(path: Path, name: str, wanted: AudioFormat) -> Audio:
    """The sound in a file; AudioProblem when it cannot be sent as ``wanted``."""
    suffix = PurePath(name).suffix.lower()
    if suffix == ".wav":
        data = _wav(path, name, wanted)
    elif suffix in _RAW:
        if _RAW[suffix] != wanted.encoding:
            found = AudioFormat(_RAW[suffix], wanted.rate if suffix != ".ulaw" else 8000)
            raise _other_format(name, f"{found}, by its name", wanted)
        data = path.read_bytes()
    else:
        raise AudioProblem(
            f"{name}: expected .wav, .pcm, .raw, .ulaw or .alaw", conversion(name, wanted)
        )
    if not data:
        raise AudioProblem(f"{name} holds no sound", "check the file")
    if len(data) % wanted.width:
        raise AudioProblem(
            f"{name}: {len(data)} bytes are no whole number of {wanted.width}-byte samples",
            "check that it holds 16-bit samples and nothing else",
        )
    return Audio(name, wanted, data)


def conversion(name: str, wanted: AudioFormat) -> str:
    """The command that makes a file of the wanted format."""
    stem = str(PurePath(name).with_suffix(""))
    source = shlex.quote(name)
    if wanted.encoding == "pcm":
        target = shlex.quote(f"{stem}.{wanted.rate // 1000}k.wav")
        ffmpeg = f"ffmpeg -i {source} -ac 1 -ar {wanted.rate} -c:a pcm_s16le {target}"
        return f"convert it: {ffmpeg}   or: sox {source} -r {wanted.rate} -c 1 -b 16 {target}"
    law, short = ("mulaw", "ulaw") if wanted.encoding == "ulaw" else ("alaw", "alaw")
    target = shlex.quote(f"{stem}.{short}")
    ffmpeg = f"ffmpeg -i {source} -ac 1 -ar 8000 -f {law} {target}"
    return f"convert it: {ffmpeg}   or: sox {source} -r 8000 -c 1 -t {short[0]}l {target}"


def _wav(path: Path, name: str, wanted: AudioFormat) -> bytes:
    import wave

    try:
        with wave.open(str(path), "rb") as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            if (rate, channels, width, wanted.encoding) != (wanted.rate, 1, 2, "pcm"):
                kind = {1: "mono", 2: "stereo"}.get(channels, f"{channels} channels")
                raise _other_format(name, f"{width * 8}-bit {kind} PCM at {rate} Hz", wanted)
            return file.readframes(file.getnframes())
    except (wave.Error, EOFError) as problem:
        reason = str(problem) or "it ends too early"
        raise AudioProblem(
            f"{name} is no PCM WAV file: {reason}", conversion(name, wanted)
        ) from None


def _other_format(name: str, found: str, wanted: AudioFormat) -> AudioProblem:
    return AudioProblem(f"{name} is {found}; the session takes {wanted}", conversion(name, wanted))
