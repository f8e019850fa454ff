"""Durations always carry a unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.scenario.durations import DurationError, format_duration, parse_duration

GOOD = [
    ("250ms", 0.25), ("5s", 5.0), ("1.5s", 1.5), ("2m", 120.0), ("1h", 3600.0), ("0s", 0.0),
    ("0.5ms", 0.0005), ("24h", 86400.0),
]  # fmt: skip

BAD = [
    (5, "expected a duration, found 5", "a duration has a unit: write 5s or 5ms"),
    (0.5, "expected a duration, found 0.5", "a duration has a unit: write 0.5s or 0.5ms"),
    ("5", "expected a duration, found '5'", "a duration has a unit: write 5s or 5ms"),
    ("5 s", "expected a duration, found '5 s'", "write 5s"),
    ("5 seconds", "expected a duration, found '5 seconds'", "write 5s"),
    ("5sec", "expected a duration, found '5sec'", "write 5s"),
    ("3 Min", "expected a duration, found '3 Min'", "write 3m"),
    ("5d", "expected a duration, found '5d'", "a number and its unit: 250ms, 1.5s, 2m, 1h"),
    ("-5s", "expected a duration, found '-5s'", "a number and its unit: 250ms, 1.5s, 2m, 1h"),
    ("1e3s", "expected a duration, found '1e3s'", "a number and its unit: 250ms, 1.5s, 2m, 1h"),
    ("1m30s", "expected a duration, found '1m30s'", "a number and its unit: 250ms, 1.5s, 2m, 1h"),
    ("", "expected a duration, found ''", "a number and its unit: 250ms, 1.5s, 2m, 1h"),
    (None, "expected a duration, found nothing", "a number and its unit: 250ms, 1.5s, 2m, 1h"),
    (True, "expected a duration, found true", "a number and its unit: 250ms, 1.5s, 2m, 1h"),
    ([], "expected a duration, found no text", "a number and its unit: 250ms, 1.5s, 2m, 1h"),
    ("25h", "expected a duration of at most 24h, found 25h", "write less"),
    ("٣s", "expected a duration, found '٣s'", "a number and its unit: 250ms, 1.5s, 2m, 1h"),
]


@pytest.mark.parametrize(("text", "seconds"), GOOD, ids=[text for text, _ in GOOD])
def test_a_number_with_its_unit_is_a_duration(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(("value", "message", "hint"), BAD, ids=[str(row[0]) for row in BAD])
def test_anything_else_is_told_with_what_to_write(value: object, message: str, hint: str) -> None:
    with pytest.raises(DurationError) as raised:
        parse_duration(value)
    assert (raised.value.message, raised.value.hint) == (message, hint)


SHOWN = [
    (0, "0s"), (0.0004, "0.4ms"), (0.0025, "2.5ms"), (0.48, "480ms"), (0.9999, "1s"), (1, "1s"),
    (1.25, "1.25s"), (90, "90s"), (599.5, "599.5s"), (1200, "20m"), (-1, "-1s"),
]  # fmt: skip


@pytest.mark.parametrize(("seconds", "text"), SHOWN, ids=[text for _, text in SHOWN])
def test_a_duration_is_shown_in_the_unit_that_reads_best(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@given(st.integers(0, 86_400_000))
def test_what_is_shown_can_be_read_again(millis: int) -> None:
    seconds = millis / 1000
    assert parse_duration(format_duration(seconds)) == pytest.approx(seconds, rel=0.006)


@given(st.text("0123456789.ms hinutecd-+e", max_size=10))
def test_what_is_written_is_read_as_python_would_or_refused(text: str) -> None:
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    try:
        seconds = parse_duration(text)
    except DurationError:
        return
    unit = "ms" if text.endswith("ms") else text[-1]
    assert seconds == pytest.approx(float(text.removesuffix(unit)) * units[unit])
