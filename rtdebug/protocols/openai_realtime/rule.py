"""The base of the rules of this grammar."""

from __future__ import annotations

from rtdebug.engine.rule import NeutralRule
from rtdebug.protocols.openai_realtime.realtime_state import RealtimeState


class Rule(NeutralRule):
    """Base of the rules that read the state of a grammar: responses, items, settings, audio."""

    serves = "grammar"
    state: RealtimeState
