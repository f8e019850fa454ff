"""Doubts: what is said to be missing where somebody chose what to log.

Programs log what they care about: without deltas, or only the ends of things. Of a kind of event
that such a log never shows nobody knows whether it was sent, so that a finding which rests on its
absence is no more than a note.
"""

from __future__ import annotations

from rtdebug.catalogue.book import related
from rtdebug.engine.state import State
from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.records import Sender
from rtdebug.model.value import replace

Roles = tuple[str, ...]


def rests(finding: Finding, state: State) -> bool:
    """Whether a finding of a selective log rests on the absence of events, so that its weight is
    known only at the end."""
    return state.view.selective and bool(
        finding.key in state.needs or related(finding.name).rests_on
    )


def weighed(finding: Finding, state: State) -> Finding:
    """The finding, as a note if it rests on what the log never shows."""
    need = state.needs.get(finding.key, ())
    groups = (*related(finding.name).rests_on, *((need,) if need else ()))
    unseen = next((group for group in groups if _never_shown(group, state)), None)
    if unseen is None:
        return finding
    kinds = " or ".join(_types(unseen, state))
    message = f"{finding.message}. The log shows no {kinds} at all, so it may leave them out"
    return replace(
        finding, message=message, severity=Severity.INFO, certainty=Certainty.LOW, under=None
    )


def _never_shown(group: Roles, state: State) -> bool:
    if "audio.append" in group and state.audio_sent:
        return False
    types = _types(group, state)
    seen = (state.seen, state.first_seqs)
    return bool(types) and not any(type_ in known for type_ in types for known in seen)


def _types(group: Roles, state: State) -> list[str]:
    """The event types of the roles that this protocol has."""
    named = {**state.pack.roles[Sender.CLIENT], **state.pack.roles[Sender.SERVER]}
    return [named[role] for role in group if role in named]
