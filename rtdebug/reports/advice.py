"""What to do about a run that came to no verdict."""

from __future__ import annotations

from rtdebug.model.results import Outcome, Run

_ADVICE = {
    Outcome.EMPTY: "Nothing here could be judged: no event came and none could be read, and silence"
    " is never a pass. See that it is the right URL or file, and that the log holds the messages"
    " themselves.",
    Outcome.INTERRUPTED: "Stopped before the end. This is what was seen so far.",
}

_UNHEARD = (
    "The connection came about, but the server never sent an event, and silence is never a pass. "
    "See that host, path and model of the URL are those of a Realtime API; give it more time with "
    "--timeout; and look on with rtdebug tail URL."
)

_OTHER = (
    "Most of what came is of types that this pack does not know, and what was not judged is no "
    "pass. Name the protocol it speaks with --pack; rtdebug packs lists those that are known."
)
_UNREAD = (
    "Most lines that name events could not be read, and what was not judged is no pass. Log each "
    "event as one line of JSON, or use rtdebug tail."
)


def advice_for(run: Run) -> str:
    """A sentence or two; empty where the findings say enough."""
    if run.outcome is Outcome.EMPTY and run.coverage.unknown:
        return _OTHER
    if run.outcome is Outcome.EMPTY and run.coverage.unread:
        return _UNREAD
    live = run.source is None or bool(run.steps)
    if run.outcome is Outcome.EMPTY and live:
        return _UNHEARD
    return _ADVICE.get(run.outcome, "")
