"""How a message without a ``type`` is named: by the one key that says what it is.

Gemini Live's reference (BidiGenerateContentClientMessage and ...ServerMessage) has exactly one of
these in each message; SDKs spell them in camel case and in snake case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rtdebug.model.records import Sender

KEYED: dict[str, Sender] = {
    "setup": Sender.CLIENT,
    "clientContent": Sender.CLIENT,
    "realtimeInput": Sender.CLIENT,
    "toolResponse": Sender.CLIENT,
    "setupComplete": Sender.SERVER,
    "serverContent": Sender.SERVER,
    "toolCall": Sender.SERVER,
    "toolCallCancellation": Sender.SERVER,
    "goAway": Sender.SERVER,
    "sessionResumptionUpdate": Sender.SERVER,
    "voiceActivity": Sender.SERVER,
    "voiceActivityDetectionSignal": Sender.SERVER,
    "usageMetadata": Sender.SERVER,  # last: it also rides along with the others
}

_SPELLINGS: dict[str, str] = {
    **{key: key for key in KEYED},
    **{"".join(f"_{c.lower()}" if c.isupper() else c for c in key): key for key in KEYED},
}
_MOST_KEYS = 4
_COMPANIONS = frozenset({"usageMetadata"})


def type_of(payload: Mapping[str, Any]) -> str | None:
    """The name of a message: its ``type``, else the key that names it, else None."""
    kind = payload.get("type")
    if isinstance(kind, str) and kind:
        return kind
    if kind is not None or len(payload) > _MOST_KEYS:
        return None
    found = [_SPELLINGS[key] for key in payload if key in _SPELLINGS]
    main = [key for key in found if key not in _COMPANIONS] or found
    return main[0] if main else None
