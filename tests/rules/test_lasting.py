"""No message tells a time more closely than the record has it."""

import pytest

from rtdebug.model.records import Clock
from rtdebug.rules.lasting import lasted


@pytest.mark.parametrize(
    ("seconds", "clock", "told"),
    [
        (0.0, Clock.EXACT, "0.00 s"),
        (3.456, Clock.EXACT, "3.46 s"),
        (0.0, Clock.SECONDS, "less than a second"),
        (3.0, Clock.SECONDS, "about 3 s"),
        (3.0, Clock.NONE, ""),
    ],
)
def test_a_time_is_told_as_closely_as_it_is_known(seconds: float, clock: Clock, told: str) -> None:
    assert lasted(seconds, clock) == told
