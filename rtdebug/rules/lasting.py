"""How long something lasted, told no closer than the clock of the record allows."""

from __future__ import annotations

from rtdebug.model.records import Clock


def lasted(seconds: float, clock: Clock) -> str:
    """``0.52 s``; where times are whole seconds ``less than a second`` or ``about 3 s``; nothing
    where there are none."""
    if clock is Clock.NONE:
        return ""
    if clock is Clock.SECONDS:
        return f"about {seconds:.0f} s" if seconds >= 1 else "less than a second"
    return f"{seconds:.2f} s"
