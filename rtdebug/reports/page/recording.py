"""The audio of one side as it is kept in a page: 8 kHz, mu-law, 8 KB a second."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from typing import Any

from rtdebug.reports.page.loudness import ulaw_samples

RATE = 8000
MOST = 12 * 1024 * 1024
"""Bytes of sound on a page, of all connections together."""


class SoundRoom:
    """What is left of the room for sound."""

    def __init__(self, most: int = MOST) -> None:
        self.left = most


class Recording:
    """Stretches of sound, each with the time at which it begins."""

    def __init__(self, room: SoundRoom) -> None:
        self._room = room
        self._stretches: list[tuple[float, bytearray]] = []
        self._end = 0.0
        self.lost = False

    def add(self, start: float, samples: Sequence[int], rate: float) -> None:
        """Samples that are heard from ``start`` on."""
        data = _encoded(_slower(samples, rate))
        if self.lost or len(data) > self._room.left:
            self.lost = True  # a gap that nobody hears would be a lie about the rest
            return
        self._room.left -= len(data)
        if not self._stretches or abs(start - self._end) > 1 / RATE:
            self._stretches.append((start, bytearray()))
            self._end = start
        self._stretches[-1][1].extend(data)
        self._end += len(samples) / rate

    def fields(self) -> dict[str, Any]:
        """As the page takes it."""
        known = [
            [round(start, 4), base64.b64encode(data).decode()] for start, data in self._stretches
        ]
        return {"stretches": known, "lost": self.lost}


def _slower(samples: Sequence[int], rate: float) -> Sequence[int]:
    """So many samples that 8,000 are a second: means where the rate is a multiple of that."""
    several = rate / RATE
    count = round(several)
    if several == count > 1:
        every = (samples[at::count] for at in range(count))
        return [sum(few) // count for few in zip(*every, strict=False)]
    whole = int(len(samples) / several)
    return samples if several == 1 else [samples[int(at * several)] for at in range(whole)]


def _encoded(samples: Sequence[int]) -> bytes:
    codes = _codes()
    return bytes([codes[one + 32768 >> 2] for one in samples])


@cache
def _codes() -> bytes:
    """The nearest code for every fourth sample."""
    known = sorted((sample, code) for code, sample in enumerate(ulaw_samples()))
    codes, at = bytearray(), 0
    for sample in range(-32768, 32768, 4):
        while at + 1 < len(known) and abs(known[at + 1][0] - sample) <= abs(known[at][0] - sample):
            at += 1
        codes.append(known[at][1])
    return bytes(codes)
