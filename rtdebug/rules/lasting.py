"""How long something lasted, told no closer than the clock of the record allows."""

from __future__ import annotations

from rtdebug.model.records import Clock


def lasted(seconds: float, clock: Clock, digits: int = 2) -> str:
    """``0.52 s``; where times are whole seconds ``less than a second`` or ``about 3 s``; nothing
    where there are none."""
    if clock is Clock.NONE:
        return ""
    if clock is Clock.SECONDS:
        return f"about {seconds:.0f} s" if seconds >= 1 else "less than a second"
    return f"{seconds:.{digits}f} s"


def following(seconds: float, clock: Clock) -> str:
    """``in the 10.0 s that followed``, or how that is said of whole seconds."""
    if clock is Clock.SECONDS:
        return f"in the {max(seconds, 1):.0f} s or so that followed"
    return f"in the {seconds:.1f} s that followed"
