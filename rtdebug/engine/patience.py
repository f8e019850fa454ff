"""Patience: how long a silence must have lasted at the end of a record to count as one."""

from __future__ import annotations

from rtdebug.model.records import Ended


def patience_at(ended: Ended, usual: float) -> float:
    """Seconds of silence that count when the record ends there; ``usual`` is the session's own."""
    if ended.reason == "end of the record":
        return 0.0
    if ended.waited > 0:
        # The watcher waited from its last success; the silence began a little later.
        return min(usual, ended.waited * 0.5)
    return usual
