"""Sound: how loud audio is, from a bounded sample of it: one look a second of audio, or fewer.

A look takes some hundred samples. Levels are in dBFS: 0 is a full-scale square wave, speech lies
between -35 and -15, the noise of a room below -50.
"""

from __future__ import annotations

import binascii
import math
import sys
from array import array
from collections.abc import Callable, Sequence
from functools import cache

from rtdebug.model.results import Sound

TAKEN = 1024  # characters of base64 of one look
_LOOKED_AT = 640  # bytes of it
_FULL = 32767
_SPEECH = 10 ** (-45 / 20) * 32768  # root mean square; what is less loud is no speech
_EVERY = 48_000  # bytes: a second of 24 kHz PCM
_OFTEN = 25  # looks at the beginning, five a second
_PIECE = 64_000  # characters of base64 that are one second of it
_LEAST = 160  # bytes
_NO_CLICK = 3  # looks that must be loud
_SECOND = 750  # milliseconds by the sample that are taken for a second

Declared = tuple[float, str]
"""Bytes a millisecond of the declared format, and its law where it is G.711 ("u" or "a")."""


class Hearing:
    """What was heard of one direction. ``left`` are bytes until the next look; ``loud_ms`` is
    the audio that is louder than -45 dBFS, each look standing for what came since the one before,
    and ``loud_at`` when it came to a second. ``zero`` is True while every byte of it is silence.
    """

    __slots__ = ("_clipped", "_count", "_energy", "_every", "_looks", "_loud", "_peak", "_seconds",
                 "_weight", "_zeros", "left", "loud_at", "loud_ms", "most_power",
                 "zero")  # fmt: skip

    def __init__(self, seconds: int = 1) -> None:
        self.left = self._every = 0
        self._seconds = seconds
        self.zero = True
        self.loud_ms = 0.0
        self.loud_at: float | None = None
        self.most_power = 0.0
        self._count = self._zeros = self._clipped = self._looks = self._loud = self._peak = 0
        self._energy = self._weight = 0.0

    def listen(self, audio: str, size: int, at: float, declared: Declared) -> None:
        """Looks into one piece of base64 text of ``size`` bytes: at its start, and once in each
        second that it lasts."""
        rate, law = declared
        starts = range(0, len(audio), _PIECE)
        stands_for = (self._every - self.left if self._looks else size) / max(1, len(starts))
        every = _EVERY * self._seconds
        self._every = self.left = every // 5 if self._looks < _OFTEN else every
        for start in starts:
            self._look(audio[start : start + TAKEN], stands_for, at, rate, law)

    def _look(self, text: str, stands_for: float, at: float, rate: float, law: str) -> None:
        try:
            sample = binascii.a2b_base64(text)
        except (ValueError, binascii.Error):
            return
        if len(sample) < _LEAST:
            return
        values = samples_of(sample, law)
        count = len(values)
        # What is written in C: this is done for a second of audio after the other.
        power = math.hypot(*values) ** 2 / count - (sum(values) / count) ** 2
        highest, lowest = max(values), min(values)
        self._looks += 1
        self._count += count
        self._zeros += values.count(0)
        if highest >= _FULL or lowest < -_FULL:
            self._clipped += values.count(_FULL) + values.count(-_FULL - 1)
        self._peak = max(self._peak, highest, -lowest)
        self._energy += power * stands_for
        self._weight += stands_for
        self.most_power = max(self.most_power, power)
        if power > _SPEECH**2 and rate:
            self.loud_ms += stands_for / rate
            self._loud += 1
            if self.loud_at is None and self.loud_ms >= _SECOND and self._loud >= _NO_CLICK:
                self.loud_at = at

    @property
    def clipped(self) -> float:
        """The share of samples at full scale."""
        return self._clipped / self._count if self._count else 0.0

    @property
    def loudest(self) -> float | None:
        """The level of the loudest look in dBFS; None where all is silence or nothing was heard."""
        return _decibels(self.most_power)

    def figures(self) -> Sound | None:
        """What a report says of it; None where nothing was heard."""
        if not self._count:
            return None
        return Sound(
            level=_decibels(self._energy / self._weight if self._weight else 0.0),
            peak=_decibels(float(self._peak**2)),
            zero=round(self._zeros / self._count, 3),
            clipped=round(self.clipped, 4),
        )


class Ear:
    """Hands pieces of the output on to be heard, in the format that is declared by then."""

    def __init__(self, hearing: Hearing, declared: Callable[[], Declared]) -> None:
        self.hearing = hearing
        self._declared = declared

    def pass_by(self, piece: str, at: float) -> None:
        """One piece that may be due."""
        size = len(piece) * 3 // 4
        self.hearing.left -= size
        if self.hearing.left < 0:
            self.hear(piece, size, at)

    def hear(self, piece: str, size: int, at: float) -> None:
        """One piece that is due."""
        self.hearing.listen(piece, size, at, self._declared())


def is_zero(audio: str, law: str = "") -> bool:
    """Whether base64 text is digital silence: bytes of 0, in mu-law of 255."""
    letter, rest = ("/", "/w8=") if law == "u" else ("A", "A=")
    bare = audio.rstrip("=")[:-1]
    return bare == letter * len(bare) and not audio[len(bare) :].strip(rest)


def law_of(format_: str | None) -> str:
    """The law of a format's name: "u", "a", or "" where it is no G.711."""
    name = format_ or ""
    return (
        "u" if "pcmu" in name or "ulaw" in name else "a" if "pcma" in name or "alaw" in name else ""
    )


def samples_of(sample: bytes, law: str = "") -> Sequence[int]:
    """Every other of the 16-bit samples of some bytes, or all of them where a byte is one."""
    if law:
        table = _table(law)
        return [table[byte] for byte in sample[: _LOOKED_AT // 2]]
    values = array("h")
    values.frombytes(sample[: min(len(sample), _LOOKED_AT) // 2 * 2])
    if sys.byteorder == "big":
        values.byteswap()
    return values[::2]


@cache
def _table(law: str) -> tuple[int, ...]:
    return tuple(map(_of_mu if law == "u" else _of_a, range(256)))


def _of_mu(byte: int) -> int:
    """One byte of mu-law (ITU-T G.711) as 16 bits."""
    byte = ~byte & 0xFF
    size = (((byte & 0x0F) << 3) + 132 << (byte >> 4 & 7)) - 132
    return -size if byte & 0x80 else size


def _of_a(byte: int) -> int:
    """One byte of A-law as 16 bits."""
    byte ^= 0x55
    part, size = byte >> 4 & 7, (byte & 0x0F) << 4
    size = size + 8 if part == 0 else size + 264 << part - 1
    return size if byte & 0x80 else -size


def _decibels(power: float) -> float | None:
    return round(10 * math.log10(power) - 20 * math.log10(32768), 1) if power >= 1e-3 else None
