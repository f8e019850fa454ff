"""Sound of the scripted server: what it says as PCM or G.711, and how loud what it hears is.

PCM is 16-bit little-endian mono at 24 kHz, G.711 is 8 kHz with one byte a sample (openai realtime
reference: 48 and 8 bytes a millisecond).
"""

from __future__ import annotations

import math
import sys
from array import array
from functools import cache

RATE = 24_000
PCM, MU_LAW, A_LAW = "audio/pcm", "audio/pcmu", "audio/pcma"
BYTES_PER_MS = {PCM: 48, MU_LAW: 8, A_LAW: 8}

_TONE = 200  # Hz
_SYLLABLE = RATE // 5  # samples
_PEAK = 9_000


def speak(seconds: float) -> bytes:
    """A tone that swells and falls as syllables do, as PCM of that length."""
    samples = max(1, round(seconds * RATE))
    block = _syllable()
    return (block * (samples * 2 // len(block) + 1))[: samples * 2]


@cache
def _syllable() -> bytes:
    turn = 2 * math.pi * _TONE / RATE
    swell = math.pi / _SYLLABLE
    values = [round(_PEAK * math.sin(swell * n) * math.sin(turn * n)) for n in range(_SYLLABLE)]
    return _bytes(array("h", values))


def _bytes(samples: array[int]) -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def _samples(pcm: bytes) -> array[int]:
    samples = array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def encode(pcm: bytes, kind: str) -> bytes:
    """PCM at 24 kHz in the wanted format."""
    if kind not in (MU_LAW, A_LAW):
        return pcm
    samples = _samples(pcm)
    slow = [sum(samples[n : n + 3]) // 3 for n in range(0, len(samples) - 2, 3)]
    code = _mu_law if kind == MU_LAW else _a_law
    return bytes([code(sample) for sample in slow])


@cache
def _mu_law(sample: int) -> int:
    """ITU-T G.711, mu-law."""
    sign = 0x80 if sample < 0 else 0
    value = min(abs(sample), 32_635) + 132
    exponent = value.bit_length() - 8
    return ~(sign | exponent << 4 | (value >> (exponent + 3)) & 0x0F) & 0xFF


@cache
def _a_law(sample: int) -> int:
    """ITU-T G.711, A-law."""
    sign = 0x80 if sample >= 0 else 0
    value = min(abs(sample), 32_635) >> 3
    exponent = max(0, value.bit_length() - 5)
    mantissa = (value >> max(exponent, 1)) & 0x0F
    return (sign | exponent << 4 | mantissa) ^ 0x55


def loudness(sound: bytes, kind: str) -> int:
    """The peak of a stretch of sound, 0 (silence) to 127 (full scale)."""
    if not sound:
        return 0
    if kind == PCM:
        return max(sound[1::2].translate(_PCM_PEAK), default=0)
    return max(sound.translate(_MU_PEAK if kind == MU_LAW else _A_PEAK))


def _mu_magnitude(code: int) -> int:
    code = ~code & 0xFF
    exponent = code >> 4 & 0x07
    return ((((code & 0x0F) << 3) + 132) << exponent) - 132


def _a_magnitude(code: int) -> int:
    code ^= 0x55
    exponent = code >> 4 & 0x07
    value = ((code & 0x0F) << 4) + 8
    return value if exponent == 0 else (value + 256) << (exponent - 1)


# The high byte of a little-endian sample, as its distance from silence.
_PCM_PEAK = bytes(byte if byte < 128 else 255 - byte for byte in range(256))
_MU_PEAK = bytes(_mu_magnitude(code) >> 8 for code in range(256))
_A_PEAK = bytes(_a_magnitude(code) >> 8 for code in range(256))
