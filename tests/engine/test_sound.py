"""What a sample of audio tells: levels, silence, clipping, in each format."""

from __future__ import annotations

import base64
import math
import struct

import pytest
from building import _mu_law

from rtdebug.protocols.openai_realtime.sound import Hearing, is_zero, samples_of


def sine(amplitude: float, ms: int = 100) -> list[int]:
    return [int(amplitude * math.sin(2 * math.pi * 180 * n / 24000)) for n in range(ms * 24)]


def pcm(values: list[int]) -> bytes:
    return struct.pack(f"<{len(values)}h", *values)


def heard(data: bytes, times: int = 20, law: str = "", rate: float = 48.0) -> Hearing:
    hearing, text = Hearing(), base64.b64encode(data).decode()
    for number in range(times):
        hearing.left -= len(data)
        if hearing.left < 0:
            hearing.listen(text, len(data), number * 0.1, (rate, law))
    return hearing


@pytest.mark.parametrize(("amplitude", "level"), [(32767, -3.0), (3277, -23.0), (100, -53.3)])
def test_a_sine_has_its_level(amplitude: float, level: float) -> None:
    found = heard(pcm(sine(amplitude))).figures()
    assert found is not None
    assert found.level == pytest.approx(level, abs=1.2)  # the look ends within a wave
    assert found.peak == pytest.approx(level + 3, abs=0.3)


def test_silence_has_no_level() -> None:
    found = heard(bytes(4800)).figures()
    assert found is not None
    assert (found.level, found.peak, found.zero) == (None, None, 1.0)


def test_loud_audio_is_counted_by_its_length_whatever_the_clock() -> None:
    assert heard(pcm(sine(6000)), 20).loud_ms == pytest.approx(2000, abs=300)
    assert heard(pcm(sine(100)), 20).loud_ms == 0
    whole = heard(pcm(sine(6000, 5000)), 1)  # five seconds at once
    assert whole.loud_ms == pytest.approx(5000, abs=50)


def test_mu_law_is_decoded() -> None:
    data = bytes(map(_mu_law, (-32000, -500, 0, 500, 32000)))
    for value, want in zip(samples_of(data, "u"), (-32000, -500, 0, 500, 32000), strict=True):
        assert value == pytest.approx(want, rel=0.05, abs=8)
    assert list(samples_of(b"\xd5\x55", "a")) == [8, -8]


@pytest.mark.parametrize(
    ("data", "law", "zero"),
    [
        (bytes(100), "", True),
        (bytes(98) + b"\x01\x00", "", False),
        (b"\xff" * 100, "u", True),
        (b"\xff" * 100, "", False),
    ],
)
def test_every_byte_counts_for_digital_silence(data: bytes, law: str, zero: bool) -> None:
    assert is_zero(base64.b64encode(data).decode(), law) is zero
