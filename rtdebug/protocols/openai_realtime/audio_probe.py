"""Looks at a few of the audio payloads a client appends: what kind of bytes they really are.

Neighbouring samples of sound are alike, and bytes read in a wrong format are not: that tells byte
orders, sample widths and floats apart. Only the first appends and then a few are looked at, some
hundred samples of each, so that it costs next to nothing.
"""

from __future__ import annotations

import binascii
import math
from array import array
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

FIRST = 8
_EVERY = 64
_MOST = 60
_LEAST_BYTES = 160
_TAKEN_CHARACTERS = 1024
_LOOKED_AT = 640
_QUIET = 40.0  # root mean square of 16-bit samples; about -58 dB
_SMOOTH = 0.75
_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_\r\n")

_RIFF = b"RIFF"
HEADS: tuple[tuple[bytes, str], ...] = (
    (_RIFF, "a WAV header"),
    (b"ID3", "an MP3 file"),
    (b"OggS", "an Ogg file (Opus, Vorbis)"),
    (b"fLaC", "a FLAC file"),
    (b"\x1aE\xdf\xa3", "a WebM file (what browsers' MediaRecorder makes)"),
    (b"caff", "a CAF file"),
    (b"FORM", "an AIFF header"),
)


class Wav(NamedTuple):
    """What a WAV header says of the sound behind it."""

    channels: int
    rate: int
    bits: int


class AudioProbe:
    """What was seen in the appends that were looked at.

    ``kinds`` counts loud ones by what they are: pcm16, pcm16-swapped, g711, pcm8, float32.
    ``head`` and ``wav`` are of the first bytes of all, ``headed`` counts appends that begin with a
    WAV header. ``nested`` counts those that are base64
    once more when decoded, ``invalid`` those that cannot be base64; ``invalid_why`` is the reason.
    """

    __slots__ = ("_left", "head", "head_seq", "headed", "invalid", "invalid_seq", "invalid_why",
                 "kinds", "looked", "loud", "nested", "quiet", "short", "wav")  # fmt: skip

    def __init__(self) -> None:
        self.looked = self.short = self.quiet = self.loud = 0
        self.kinds: Counter[str] = Counter()
        self.nested = self.invalid = self.headed = 0
        self.invalid_seq: int | None = None
        self.invalid_why = ""
        self.head = ""
        self.head_seq: int | None = None
        self.wav: Wav | None = None
        self._left = _MOST

    def wants(self, number: int) -> bool:
        """Whether the append of that number (from 1) is to be looked at."""
        return number <= FIRST or (not number % _EVERY and self._left > 0)

    def look(self, audio: object, seq: int, number: int) -> None:
        """Looks at the ``audio`` of one append."""
        self._left -= 1
        self.looked += 1
        why = not_base64(audio)
        if why:
            self.invalid += 1
            if self.invalid_seq is None:
                self.invalid_seq, self.invalid_why = seq, why
        if why or not isinstance(audio, str):
            return
        sample = _decoded(audio)
        if number == 1:
            self._first(sample, seq)
        self.headed += sample[:4] == _RIFF
        if len(sample) < _LEAST_BYTES:
            self.short += 1
        elif len(sample) >= 64 and _BASE64.issuperset(sample[:512]):
            self.nested += 1
        else:
            self._listen(sample)

    def _first(self, sample: bytes, seq: int) -> None:
        for magic, name in HEADS:
            if sample.startswith(magic):
                self.head, self.head_seq = name, seq
        if sample[4:8] == b"ftyp":
            self.head, self.head_seq = "an MP4 file", seq
        self.wav = wav_of(sample)

    def _listen(self, sample: bytes) -> None:
        if level(sample) < _QUIET and not _is_float(sample):
            self.quiet += 1
            return
        self.loud += 1
        kind = kind_of(sample)
        if kind is not None:
            self.kinds[kind] += 1

    def kind(self, least: int = 3) -> str | None:
        """What most of the loud samples are; None when too few of them told."""
        if not self.kinds:
            return None
        name, count = self.kinds.most_common(1)[0]
        return name if count >= least and count >= 0.6 * self.loud else None

    @property
    def silent(self) -> bool:
        """Whether everything that was looked at, and could be judged, is silence."""
        return self.quiet >= 3 and self.loud == 0 and self.nested == 0


def not_base64(audio: object) -> str:
    """Why the value of an append cannot be base64, in words; empty where it can be, or where it
    only stands for audio that somebody left out of the log."""
    if audio is None:
        return ""
    if isinstance(audio, list):
        return f"it is a list of {len(audio)} values, not text"
    if not isinstance(audio, str):
        return f"it is {type(audio).__name__}, not text" if not isinstance(audio, dict) else ""
    if audio[:5] == "data:":
        return "it is a data URL; only what follows the comma is base64"
    if len(audio) < 200:
        return ""  # short odd texts are what people put in place of audio
    head = audio[:_TAKEN_CHARACTERS]
    strange = next((one for one in head if ord(one) > 127 or ord(one) not in _BASE64), "")
    if strange == "," and all(part.strip(" -.[]").isdigit() for part in head.split(",")[1:9]):
        return "it is a list of numbers written as text"
    if strange and strange not in "<>[]().… ":
        return f"it holds the character {strange!r}, which is not base64"
    if not strange and ("-" in head or "_" in head):
        return "it is URL-safe base64 (with - or _); standard base64 has + and /"
    return ""


def _decoded(audio: str) -> bytes:
    try:
        return binascii.a2b_base64(audio[:_TAKEN_CHARACTERS])
    except (ValueError, binascii.Error):
        return b""


def wav_of(sample: bytes) -> Wav | None:
    """The format chunk of a WAV header at the start of ``sample``."""
    at = sample.find(b"fmt ", 0, 200) if sample[:4] == b"RIFF" else -1
    if at < 0 or len(sample) < at + 24:
        return None
    fields = sample[at + 8 : at + 24]
    return Wav(
        int.from_bytes(fields[2:4], "little"),
        int.from_bytes(fields[4:8], "little"),
        int.from_bytes(fields[14:16], "little"),
    )


def level(sample: bytes) -> float:
    """Root mean square around the mean of the bytes read as 16-bit little-endian samples."""
    values = _pcm16(sample)
    mean = sum(values) / len(values)
    return math.sqrt(sum((one - mean) ** 2 for one in values) / len(values))


def kind_of(sample: bytes) -> str | None:
    """What the bytes are. 16-bit sound is smooth in one order of its bytes only; with one byte a
    sample both orders look alike. None where nothing is smooth: noise, or too quiet to tell."""
    if _is_float(sample):
        return "float32"
    little = _pcm16(sample)
    right, wrong = roughness(little), roughness(_swapped(little))
    if right <= _SMOOTH and wrong <= _SMOOTH:
        return _kind_of_bytes(sample) if max(right, wrong) < 2 * min(right, wrong) else None
    if min(right, wrong) > _SMOOTH or max(right, wrong) < 1:
        return None
    return "pcm16" if right < wrong else "pcm16-swapped"


def _kind_of_bytes(sample: bytes) -> str:
    """8-bit sound lies around 128, where G.711 has its very loudest values."""
    head = sample[:_LOOKED_AT]
    middle = sum(0x40 <= byte < 0xC0 for byte in head)
    return "pcm8" if middle >= 0.9 * len(head) else "g711"


def roughness(values: Sequence[float]) -> float:
    """How much neighbours differ, against how much all differ: near 0 for a slow wave, about 1.1
    for noise."""
    mean = sum(values) / len(values)
    spread = sum(abs(one - mean) for one in values) / len(values)
    if spread < 1e-9:
        return 9.0
    steps = sum(abs(one - two) for one, two in pairwise(values))
    return steps / (len(values) - 1) / spread


def _pcm16(sample: bytes) -> array[int]:
    values = array("h")
    values.frombytes(sample[: min(len(sample), _LOOKED_AT) // 2 * 2])
    if array("H", [1]).tobytes() != b"\x01\x00":
        values.byteswap()
    return values


def _swapped(values: array[int]) -> array[int]:
    other = array("h", values)
    other.byteswap()
    return other


def _is_float(sample: bytes) -> bool:
    values = array("f")
    values.frombytes(sample[: min(len(sample), _LOOKED_AT) // 4 * 4])
    sound = [one for one in values if one != 0.0]
    if len(sound) < 0.3 * len(values):
        return False
    fitting = sum(1e-7 < abs(one) <= 1.5 for one in sound)  # NaN and infinity never fit
    return fitting >= 0.97 * len(sound)
