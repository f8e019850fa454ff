"""The session of the scripted server: what it starts with, and how an update changes it.

An update is merged, never replaced: what it does not mention stays, null clears what may be null.
Figures and nulls are those of a live ``session.created`` (captures of 2026).
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qs, urlsplit

REALTIME, TRANSCRIPTION = "realtime", "transcription"
DEFAULT_MODEL = "gpt-realtime"
LIFETIME = 3600  # seconds

_VADS: dict[str, dict[str, Any]] = {
    "server_vad": {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 200,
        "idle_timeout_ms": None,
        "create_response": True,
        "interrupt_response": True,
    },
    "semantic_vad": {
        "type": "semantic_vad",
        "eagerness": "auto",
        "create_response": True,
        "interrupt_response": True,
    },
}
_PCM = {"type": "audio/pcm", "rate": 24000}
_TRANSCRIBER = {"model": None, "language": None, "prompt": None}
_CLEARED_BY_NULL = frozenset(
    {"turn_detection", "transcription", "noise_reduction", "include", "prompt", "tracing"}
)
# Said by the server, or fixed when the connection was made: an update does not change them.
_FIXED = frozenset({"id", "object", "expires_at", "type", "model"})


def session_kind(url: str | None) -> str:
    """Which kind of session a URL asks for."""
    return TRANSCRIPTION if _query(url).get("intent") == TRANSCRIPTION else REALTIME


def new_session(
    url: str | None, settings: Mapping[str, Any], session_id: str, started: float
) -> dict[str, Any]:
    """The session a connection to ``url`` begins with, with a script's settings merged in;
    ``started`` in seconds since 1970. A script may also choose its type and its model."""
    wanted = settings.get("type")
    kind = wanted if wanted in (REALTIME, TRANSCRIPTION) else session_kind(url)
    session = _defaults(str(kind), _query(url), session_id, started)
    if kind == REALTIME and isinstance(settings.get("model"), str):
        session["model"] = settings["model"]
    return merged(session, settings)


def _defaults(
    kind: str, query: Mapping[str, str], session_id: str, started: float
) -> dict[str, Any]:
    head: dict[str, Any] = {
        "type": kind,
        "object": "realtime.session" if kind == REALTIME else "realtime.transcription_session",
        "id": session_id,
    }
    expires = {"expires_at": int(started) + LIFETIME}
    heard = {
        "format": dict(_PCM),
        "transcription": None,
        "noise_reduction": None,
        "turn_detection": dict(_VADS["server_vad"]),
    }
    if kind == TRANSCRIPTION:
        return {**head, **expires, "audio": {"input": heard}, "include": None}
    return {
        **head,
        "model": query.get("model") or query.get("deployment") or DEFAULT_MODEL,
        "output_modalities": ["audio"],
        "instructions": "Answer in a friendly way, and keep it short.",
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        **expires,
        "audio": {
            "input": heard,
            "output": {"format": dict(_PCM), "voice": "alloy", "speed": 1.0},
        },
        "include": None,
    }


def merged(session: Mapping[str, Any], update: Mapping[str, Any]) -> dict[str, Any]:
    """The session after an update; neither argument is changed."""
    return _merge(session, {key: update[key] for key in update if key not in _FIXED})


def _merge(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    result = deepcopy(dict(old))
    for key, value in new.items():
        if value is None and key not in _CLEARED_BY_NULL:
            continue
        result[key] = _merged_value(key, result.get(key), value)
    return result


def _merged_value(key: str, old: Any, new: Any) -> Any:
    if not isinstance(new, Mapping):
        return deepcopy(new)
    if key in ("audio", "input", "output"):
        return _merge(old if isinstance(old, Mapping) else {}, new)
    if key == "turn_detection":
        return _turn_detection(old, new)
    if key == "transcription":
        return {**_TRANSCRIBER, **deepcopy(dict(new))}
    if key == "format" and new.get("type") == "audio/pcm":
        return {**_PCM, **new}
    return deepcopy(dict(new))


def _turn_detection(old: Any, new: Mapping[str, Any]) -> dict[str, Any]:
    kept = old if isinstance(old, Mapping) else {}
    kind = new.get("type") or kept.get("type") or "server_vad"
    if kept.get("type") != kind:
        kept = _VADS.get(kind, {}) if isinstance(kind, str) else {}
    said = {key: value for key, value in new.items() if value is not None}
    if "idle_timeout_ms" in new:
        said["idle_timeout_ms"] = new["idle_timeout_ms"]
    return {**kept, **deepcopy(said), "type": kind}


def _query(url: str | None) -> dict[str, str]:
    try:
        pairs = parse_qs(urlsplit(url or "").query)
    except ValueError:
        return {}
    return {name: values[0] for name, values in pairs.items()}
