"""Sounds in the formats that clients send, and logs that stream them."""

from __future__ import annotations

import base64
import math
import struct
from collections.abc import Iterable

from logs import Log

SHORT = b"\0\0\1\0\2\0"  # stands in for audio in a shortened log; nobody judges so few bytes


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def tone(ms: int, rate: int = 24000, amplitude: int = 6000) -> list[int]:
    return [
        int(amplitude * math.sin(2 * math.pi * 180 * n / rate)) for n in range(ms * rate // 1000)
    ]


def pcm(ms: int, order: str = "<", rate: int = 24000) -> bytes:
    """16-bit samples; ``order`` is struct's sign for the order of their bytes."""
    samples = tone(ms, rate)
    return struct.pack(f"{order}{len(samples)}h", *samples)


def floats(ms: int) -> bytes:
    samples = tone(ms)
    return struct.pack(f"<{len(samples)}f", *(one / 32768 for one in samples))


def mu_law(ms: int) -> bytes:
    """G.711 at 8 kHz, loud enough that its bytes are everywhere."""
    return bytes(_mu_law(one) for one in tone(ms, 8000, 20000))


def _mu_law(sample: int) -> int:
    size = min(abs(sample), 32635) + 132
    exponent = size.bit_length() - 8
    return ~((0x80 if sample < 0 else 0) | exponent << 4 | (size >> (exponent + 3)) & 0x0F) & 0xFF


def wav(rate: int, channels: int = 1, bits: int = 16) -> bytes:
    """The header of a WAV file."""
    frame = channels * bits // 8
    return struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36, b"WAVE", b"fmt ", 16, 1, channels, rate,
                       rate * frame, frame, bits, b"data", 0)  # fmt: skip


def streamed(log: Log, chunk: bytes, count: int, every: float) -> Log:
    """Appends of one chunk, ``every`` so many seconds."""
    return appended(log, [chunk] * count, every)


def appended(log: Log, chunks: Iterable[bytes], every: float = 0.02) -> Log:
    """Appends of several chunks."""
    for chunk in chunks:
        log.client("input_audio_buffer.append", after=every, audio=encoded(chunk))
    return log
