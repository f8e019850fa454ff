"""The shape of a step: its one telling key, what may stand beside it, counts and durations."""

from __future__ import annotations

from collections.abc import Mapping

from rtdebug.scenario.document import Count
from rtdebug.scenario.parts import Part
from rtdebug.spelling import did_you_mean

MAX_COUNT = 1_000_000

# What an expectation may say about its event.
WANTED_KEYS = ("where", "capture", "as", "unknown")

# What each step may say beside its own key.
STEP_KEYS: Mapping[str, tuple[str, ...]] = {
    "send": ("raw", "after"),
    "send_audio": ("chunk", "pace", "silence", "commit", "after"),
    "expect": ("within", "count", "next", *WANTED_KEYS),
    "expect_all": ("within", "unknown"),
    "expect_any": ("within", "unknown"),
    "absent": ("for", "until", "within", "where", "unknown"),
    "wait": (),
    "close": (),
    "expect_close": ("within",),
    "repeat": ("steps",),
    "for_each": ("as", "steps"),
    "include": (),
}


def kind_of(part: Part) -> str:
    """Which step this is; exactly one of the known keys must be in it."""
    if isinstance(part.value, str):
        raise part.expected("a step", f"write '- expect: {part.value[:60]}'")
    keys = list(part.mapping("a step, such as expect: session.created"))
    kinds = [key for key in keys if key in STEP_KEYS]
    if not keys:
        raise part.error("an empty step", f"one of {', '.join(STEP_KEYS)}")
    if not kinds:
        key = keys[0]
        hint = did_you_mean(key, STEP_KEYS)
        raise part.child(key).error(f"unknown step '{key[:60]}'", hint, at_key=True)
    # `until: …` and the like share no name with a step, so two kinds are two steps.
    if len(kinds) > 1:
        raise part.child(kinds[1]).error(
            f"'{kinds[0]}' and '{kinds[1]}' in one step", "begin each with its own '-'", at_key=True
        )
    return kinds[0]


def count_of(part: Part | None) -> Count:
    """How many: a number is neither more nor less, bounds may be given one by one."""
    if part is None:
        return Count()
    if not isinstance(part.value, dict):
        number = part.whole(0, MAX_COUNT)
        return Count(number, number)
    part.only(("min", "max"), "in count")
    least, most = part.get("min"), part.get("max")
    if least is None and most is None:
        raise part.error("an empty count", "count: 3, or count: {min: 1, max: 3}")
    low = least.whole(0, MAX_COUNT) if least is not None else 0
    high = most.whole(0, MAX_COUNT) if most is not None else None
    if high is not None and high < low:
        raise part.error(f"max {high} is less than min {low}", "swap them")
    return Count(low, high)


def positive(part: Part) -> float:
    """A duration in seconds, more than none."""
    seconds = part.duration()
    if seconds <= 0:
        raise part.expected("a duration above zero", "such as 500ms")
    return seconds
