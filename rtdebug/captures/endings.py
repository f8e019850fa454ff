"""Opens, refusals, closes and errors without their event, as structured logs keep them."""

from __future__ import annotations

import re
from typing import Any

from rtdebug.captures import pieces
from rtdebug.captures.fields import plain, slots_in
from rtdebug.captures.labels import sender_named
from rtdebug.captures.pieces import Context, Piece
from rtdebug.model.records import Step

_CLOSE_WORDS = re.compile(r"(?i)^(?:ws|web_?socket|socket|connection|on|session)?[\s._:-]*"
                          r"(?:clos(?:e|ed|ing)|disconnect(?:ed)?|ended)$")  # fmt: skip
_OPEN_WORDS = re.compile(r"(?i)^(?:ws|web_?socket|socket|connection|on)?[\s._:-]*"
                         r"(?:open(?:ed)?|connect(?:ed|ing)?|handshake|upgrade|dial)$")  # fmt: skip


# The states of a call as the browser names them (W3C WebRTC 1.0), as fields and as events.
_STATES = frozenset({"iceconnectionstate", "connectionstate", "peerconnectionstate", "icestate"})
_CHANGES = frozenset(f"{on}{state}{end}" for on in ("", "on") for state in _STATES
                     for end in ("change", "changed"))  # fmt: skip


def call_state_in(value: dict[str, Any]) -> str:
    """The state of a peer connection that a record tells, in words; "" where it tells none."""
    told = next((f"{name}: {one}" for name, one in value.items()
                 if isinstance(one, str) and plain(name) in _STATES), "")  # fmt: skip
    named = (value.get(name) for name in ("type", "event", "name", "kind", "msg", "message"))
    change = next((one for one in named if isinstance(one, str) and plain(one) in _CHANGES), "")
    if told or not change:
        return told
    states = (value.get(name) for name in ("state", "value", "newState", "new_state", "to"))
    state = next((one.strip(' "') for one in states if isinstance(one, str)), "")
    return f"{change.removeprefix('on')}: {state}" if state else ""


def bare_error(value: dict[str, Any]) -> dict[str, Any] | None:
    """The inner object of an error event that a log shows without its envelope."""
    inner = value.get("error")
    if isinstance(inner, dict) and "message" in inner and len(value) <= 4:
        return inner
    if not isinstance(value.get("message"), str):
        return None
    kind = value.get("type")
    named = isinstance(kind, str) and kind.endswith(("_error", "Error"))
    coded = "code" in value and not isinstance(value["code"], bool) and (
        "param" in value or "event_id" in value or isinstance(value["code"], str)
    )  # fmt: skip
    return value if named or coded else None


def ending_in(value: dict[str, Any], context: Context) -> Piece | None:
    """A close, an open or a refusal that a wrapper tells of."""
    for name in ("close", "closed", "_webSocketClose", "closeEvent"):
        inner = value.get(name)
        if isinstance(inner, dict):
            return _close(inner, context)
    word = next(
        (value[name] for name in ("type", "event", "kind", "op", "action", "name", "msg", "message")
         if isinstance(value.get(name), str)
         and (_CLOSE_WORDS.match(value[name]) or _OPEN_WORDS.match(value[name]))),
        None,
    )  # fmt: skip
    for name in ("open", "opened", "connect", "connected"):
        if isinstance(value.get(name), dict):
            return _open(value[name], context)
    if word is None:
        if "wasClean" in value and "code" in value:
            return _close(value, context)
        return None
    if _CLOSE_WORDS.match(word):
        inner = next((value[n] for n in slots_in(value) if isinstance(value[n], dict)), None)
        return _close({**(inner or {}), **value}, context)
    return _open(value, context)


def hang_up(value: dict[str, Any], context: Context) -> Piece | None:
    """A close that a client logs as an event of its own: a type of ending, and a code with it."""
    word = value.get("type")
    if not isinstance(word, str) or not _CLOSE_WORDS.match(word):
        return None
    for inner in (value, *(value[n] for n in slots_in(value) if isinstance(value[n], dict))):
        code = inner.get("code")
        if isinstance(code, int) and not isinstance(code, bool) and 1000 <= code <= 4999:
            return _close({**inner, **value}, context)
    return None


def _close(value: dict[str, Any], context: Context) -> Piece | None:
    code = next((value[n] for n in ("code", "close_code", "closeCode", "status", "statusCode")
                 if n in value), None)  # fmt: skip
    if isinstance(code, str) and code.isdigit() and len(code) == 4:
        code = int(code)
    if not isinstance(code, int) or isinstance(code, bool) or not 1000 <= code <= 4999:
        code = 1005 if code is None else 1006
    reason = next((value[n] for n in ("reason", "close_reason", "closeReason", "message")
                   if isinstance(value.get(n), str)), "")  # fmt: skip
    by = sender_named(value.get("by") or value.get("initiator")) or context.sender
    return pieces.closed(code, reason, by, context, f"close {code} {reason}".strip())


def _open(value: dict[str, Any], context: Context) -> Piece | None:
    url = next((value[n] for n in ("url", "uri", "endpoint", "target", "href")
                if isinstance(value.get(n), str)), None)  # fmt: skip
    status = value.get("status", value.get("statusCode"))
    if isinstance(status, int) and 400 <= status < 600:
        return pieces.refused(Step.UPGRADE, f"HTTP {status}", context, status=status, url=url)
    return pieces.opened(url, context)
