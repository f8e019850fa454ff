"""How loud the audio of one side was, drawn small: peak and mean of every 50 ms."""

from __future__ import annotations

import binascii
import math
import sys
from array import array
from collections.abc import Sequence
from functools import cache
from typing import Any

_WIDTH = 0.05  # seconds of a bucket, doubled when there are too many
_MOST = 40_000
_NEAR = 0.25  # a chunk that comes so soon after the one before goes on where that one ended
_FLOOR = -84.0  # dBFS
_STEPS = 3  # a decibel
PCM = ("audio/pcm", "pcm16")  # names of 16-bit samples, the low byte first
ZERO = 1  # nothing but zeros; 0 is no audio at all
_EVERY = 8  # of how many samples one is looked at for the mean


class Loudness:
    """The levels of one side, where they would be heard if all were played as it came."""

    def __init__(self) -> None:
        self.width = _WIDTH
        self.peaks = bytearray()
        self.means = bytearray()
        self.end = 0.0
        self.zero = self.seconds = 0.0
        self.loudest = 0

    def begin(self, at: float) -> None:
        """What comes now goes on from nothing before it."""
        self.end = min(self.end, at)

    def add(self, at: float, samples: Sequence[int], rate: float) -> float:
        """So many samples of 16 bits that came at ``at``; when they are heard."""
        start = self.end if at - self.end < _NEAR else at
        self.end = start + len(samples) / rate
        self.seconds += len(samples) / rate
        position = 0
        while position < len(samples):
            bucket = int((start + position / rate) / self.width + 1e-6)
            after = max(position + 1, math.ceil(((bucket + 1) * self.width - start) * rate - 1e-6))
            self._put(bucket, samples[position:after], rate)
            position = after
        return start

    def _put(self, bucket: int, samples: Sequence[int], rate: float) -> None:
        while bucket >= _MOST:
            self._halve()
            bucket //= 2
        if bucket >= len(self.peaks):
            more = bytes(bucket + 1 - len(self.peaks))
            self.peaks += more
            self.means += more
        highest, lowest = max(samples), min(samples)
        peak = max(highest, -lowest)
        self.loudest = max(self.loudest, peak)
        self.zero += len(samples) / rate if not peak else 0
        few = samples[::_EVERY]
        mean = math.sqrt(sum([one * one for one in few]) / len(few))
        self.peaks[bucket] = max(self.peaks[bucket], _level(peak))
        self.means[bucket] = max(self.means[bucket], _level(mean))

    def _halve(self) -> None:
        self.width *= 2
        for levels in (self.peaks, self.means):
            if len(levels) % 2:
                levels.append(0)
            levels[:] = bytes(map(max, levels[::2], levels[1::2]))

    def fields(self) -> dict[str, Any] | None:
        """As the page takes it; None where there was no audio whose format is known."""
        if not self.seconds:
            return None
        return {
            "width": self.width,
            "peaks": self.peaks.hex(),
            "means": self.means.hex(),
            "seconds": round(self.seconds, 3),
            "zero": round(self.zero, 3),
            "peak": round(20 * math.log10(self.loudest / 32768), 1) if self.loudest else None,
        }


def _level(sample: float) -> int:
    """1 for digital silence, 2 for -84 dBFS and less, a step for every third of a decibel."""
    if sample <= 0:
        return ZERO
    return 2 + round(max(0.0, 20 * math.log10(min(sample, 32768) / 32768) - _FLOOR) * _STEPS)


def samples_of(audio: str, name: str) -> Sequence[int]:
    """The samples of base64 audio in a format that is known by ``name``; empty for another."""
    try:
        data = binascii.a2b_base64(audio, strict_mode=True)
    except (ValueError, binascii.Error):
        return ()
    if name in ("audio/pcmu", "g711ulaw_samples"):
        return array("h", map(ulaw_samples().__getitem__, data))
    if name in ("audio/pcma", "g711_alaw"):
        return array("h", map(_alaw().__getitem__, data))
    if name not in PCM:
        return ()
    values = array("h")
    values.frombytes(data[: len(data) // 2 * 2])
    if sys.byteorder == "big":
        values.byteswap()
    return values


@cache
def ulaw_samples() -> Sequence[int]:
    """G.711 μ-law (ITU-T G.711, table 2a) as 16-bit samples."""
    return [_signed(not byte & 0x80, (((~byte & 15) << 3) + 132 << ((~byte & 112) >> 4)) - 132)
            for byte in range(256)]  # fmt: skip


@cache
def _alaw() -> Sequence[int]:
    """G.711 A-law (ITU-T G.711, table 1a) as 16-bit samples."""
    found = []
    for byte in range(256):
        code = byte ^ 0x55
        step, low = (code & 112) >> 4, (code & 15) << 4
        size = low + 8 if not step else (low + 264) << (step - 1)
        found.append(_signed(not code & 0x80, size))
    return found


def _signed(negative: bool, size: int) -> int:
    return -size if negative else size
