"""A recording as a mock script: what the server said and where it failed, to be said again."""

from __future__ import annotations

import base64
import binascii
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from rtdebug.captures.yaml_flow import flow
from rtdebug.model.records import Closed, Event, Record, Refused, Sender, Undecodable
from rtdebug.scenario.substitution import part_of

_BYTES_PER_MS = 48  # of 16-bit mono PCM at 24,000 Hz
_EARLIER = 60  # ms; the server hears in slices, and the sound may end with the speech
_SESSION = ("type", "model", "output_modalities", "instructions", "audio")
_CLOSE_CODES = {1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)}
_ON = " and goes on until it is cut"


def script(records: Sequence[Record], roles: Mapping[str, str], known: frozenset[str]) -> str:
    """The lines of the script; ``known`` are the types that the scripted server can send."""
    heard = _Heard(records, roles, known)
    return "".join(f"{line}\n" for line in heard.lines()) or "{}  # a healthy server\n"


class _Reply:
    """What one response came to."""

    def __init__(self) -> None:
        self.status: str | None = None
        self.details: dict[str, Any] = {}
        self.text = ""
        self.transcript = ""
        self.audio_bytes = 0
        self.calls: list[dict[str, Any]] = []
        self.spoken = False

    def outputs(self) -> dict[str, Any]:
        """As a script has it."""
        told: dict[str, Any] = {}
        words = _ON * 40 if self.status == "cancelled" else ""
        if self.spoken:
            words = words[: 5 * len(_ON)]  # as much as can be spoken in the time
            told["audio"] = {"transcript": self.transcript + words}
            if self.audio_bytes >= 10 * _BYTES_PER_MS:
                seconds = self.audio_bytes / _BYTES_PER_MS / 1000 + (10 if words else 0)
                told["audio"]["duration"] = f"{min(seconds, 120):.3f}s"
        elif self.text or words:
            told["text"] = self.text + words
        if self.calls:
            told["tool"] = self.calls if len(self.calls) > 1 else self.calls[0]
        if not told:
            told["empty"] = True
        return told | self._ending()

    def _ending(self) -> dict[str, Any]:
        if self.status not in ("failed", "incomplete"):
            return {}
        error, reason = self.details.get("error"), self.details.get("reason")
        told: dict[str, Any] = {"status": self.status}
        if self.status == "failed":
            told["error"] = error if isinstance(error, dict) else None
        elif isinstance(reason, str):
            told["reason"] = reason
        return told


class _Heard:
    """Everything of one recording that a script can say."""

    def __init__(
        self, records: Sequence[Record], roles: Mapping[str, str], known: frozenset[str]
    ) -> None:
        self._role = {type_: role for role, type_ in roles.items()}
        self._known = known
        self._replies: dict[str, _Reply] = {}
        self._session: dict[str, Any] = {}
        self._transcriptions: list[Any] = []
        self._speech: list[dict[str, Any]] = []
        self._strikes: list[tuple[str, dict[str, Any]]] = []
        self._sent: Counter[str] = Counter()
        self._received: Counter[str] = Counter()
        self._last_sent = self._last = ""
        self._padding = 300
        self._began = self._ended = 0  # the latest speech, milliseconds of all audio
        self._gaps: dict[str, list[float]] = {}
        self._delta_at: dict[str, float] = {}
        for record in records:
            self._hear(record)
        self._stall()

    def lines(self) -> Iterator[str]:
        """The script."""
        if self._session:
            yield f"session: {flow(self._session)}"
        replies = [one.outputs() for one in self._replies.values()]
        if len(replies) == 1:
            yield f"reply: {flow(replies[0])}"
        elif replies:
            yield "replies:"
            yield from (f"  - {flow(one)}" for one in replies)
        if self._gaps:
            slowest = max(map(median, self._gaps.values()))
            yield f"pace: {max(1, min(1000, round(slowest * 1000)))}ms"
        if self._speech:
            yield "vad:"
            yield from (f"  - {flow(one)}" for one in self._speech)
        if self._transcriptions:
            yield f"transcription: {flow(self._transcriptions[0])}"
        for kind in dict.fromkeys(kind for kind, _ in self._strikes):
            yield f"{kind}:"
            yield from (f"  - {flow(one)}" for of, one in self._strikes if of == kind)

    def _hear(self, record: Record) -> None:
        match record:
            case Event(sender=Sender.CLIENT):
                self._sent[record.type] += 1
                self._last_sent = record.type
            case Event():
                self._received[record.type] += 1
                self._event(record)
                if record.type in self._known:
                    self._last = record.type
            case Undecodable(sender=Sender.SERVER):
                data = record.data
                what = {"data": data} if isinstance(data, str) else _binary(data)
                self._strikes.append(("raw", {**self._cue(), **what}))
            case Closed(sender=Sender.SERVER):
                self._close(record)
            case Refused(status=int() as status) if not self._strikes:
                headers = {name: value for name, value in record.headers if _is_told(name)}
                self._strikes.append(("refuse", {"status": status, "body": record.body, **(
                    {"headers": headers} if headers else {})}))  # fmt: skip

    def _event(self, event: Event) -> None:
        payload, role = event.payload, self._role.get(event.type, "")
        if role.endswith(".delta") and not role.startswith("transcription"):
            self._delta(event, role)
        elif role in ("session.created", "session.updated"):
            session = payload.get("session")
            detection = part_of(session, ("audio", "input", "turn_detection"))
            self._padding = _milliseconds(detection, "prefix_padding_ms", self._padding)
            if role == "session.created" and isinstance(session, dict):
                self._session = {key: session[key] for key in _SESSION if key in session}
        elif role == "response.created":
            self._reply(_id(payload.get("response")))
        elif role == "response.done":
            self._done(payload.get("response"))
        elif role == "transcription.completed":
            self._transcriptions.append(payload.get("transcript", ""))
            for cue in self._speech[-1:]:
                cue.setdefault("say", payload.get("transcript", ""))
        elif role == "transcription.failed":
            self._transcriptions.append({"error": payload.get("error") or {}})
        elif role.startswith("speech."):
            self._heard_speech(payload, role)
        elif role == "error":
            self._error(payload.get("error"))
        elif event.type not in self._known:
            self._strikes.append(("insert", {**self._cue(), "event": _without_id(payload)}))

    def _heard_speech(self, payload: Mapping[str, Any], role: str) -> None:
        if role == "speech.started":
            self._began = began = _milliseconds(payload, "audio_start_ms", self._ended)
            if began > self._ended:  # else it began at once
                self._began += self._padding  # what is told begins before the speech
            after = max(1, self._began - self._ended + (_EARLIER if self._ended else 0))
            self._speech.append({"after": f"{after}ms", "lasts": "100ms"})
        elif role == "speech.stopped":
            self._stopped(payload)

    def _delta(self, event: Event, role: str) -> None:
        reply = self._reply(str(event.payload.get("response_id")))
        delta = event.payload.get("delta")
        if role in self._delta_at:
            self._gaps.setdefault(role, []).append(event.at - self._delta_at[role])
        self._delta_at[role] = event.at
        if not isinstance(delta, str):
            return
        if role == "text.delta":
            reply.text += delta
        elif role == "transcript.delta":
            reply.transcript, reply.spoken = reply.transcript + delta, True
        elif role == "audio.delta":
            reply.audio_bytes, reply.spoken = reply.audio_bytes + _length(delta), True

    def _done(self, response: Any) -> None:
        if not isinstance(response, dict):
            return
        reply = self._reply(_id(response))
        self._delta_at.clear()
        reply.status = str(response.get("status"))
        details = response.get("status_details")
        reply.details = details if isinstance(details, dict) else {}
        for item in response.get("output") or ():
            if isinstance(item, dict) and item.get("type") == "function_call":
                reply.calls.append(
                    {"name": item.get("name"), "arguments": _arguments(item.get("arguments"))}
                )
            for part in (item.get("content") or ()) if isinstance(item, dict) else ():
                whole = part.get("text") if isinstance(part, dict) else None
                if isinstance(whole, str) and not reply.text:
                    reply.text = whole

    def _stopped(self, payload: Mapping[str, Any]) -> None:
        ended = _milliseconds(payload, "audio_end_ms", 0)
        if self._speech and ended > self._began:
            lasts = max(ended - self._began - _EARLIER, 20)
            self._speech[-1]["lasts"] = f"{min(lasts, 60_000)}ms"
            self._ended = ended

    def _error(self, error: Any) -> None:
        if not isinstance(error, dict):
            return
        told = {key: error[key] for key in ("type", "code", "message", "param") if key in error}
        if self._last_sent:
            cue = {"on": self._last_sent, "nth": self._sent[self._last_sent]}
            self._strikes.append(("error", {**cue, **told}))
        else:
            self._strikes.append(("error", {**self._cue(), **told}))

    def _close(self, closed: Closed) -> None:
        if closed.code in _CLOSE_CODES:
            told = {"code": closed.code, **({"reason": closed.reason} if closed.reason else {})}
            self._strikes.append(("close", {**self._cue(), **told}))
        else:
            self._strikes.append(("close", {**self._cue(), "abort": True}))

    def _stall(self) -> None:
        """A response that never ended is stuck after the last that came of it."""
        for reply in self._replies.values():
            if reply.status is None and self._last:
                kinds = {kind for kind, _ in self._strikes}
                if "close" not in kinds:
                    self._strikes.append(("stall", self._cue()))
                return

    def _cue(self) -> dict[str, Any]:
        """After the last event that the scripted server sends by itself."""
        if not self._last:
            return {"on": "connect"}
        return {"after": self._last, "nth": self._received[self._last]}

    def _reply(self, id_: str) -> _Reply:
        return self._replies.setdefault(id_, _Reply())


def _milliseconds(value: Any, key: str, otherwise: int) -> int:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, int) else otherwise


def _id(response: Any) -> str:
    return str(response.get("id")) if isinstance(response, dict) else "None"


def _arguments(text: Any) -> Any:
    """As a mapping where it is one, else as it stands."""
    try:
        value = json.loads(text)
    except (TypeError, ValueError):
        return text if isinstance(text, str) else ""
    return value if isinstance(value, dict) else text


def _length(delta: str) -> int:
    try:
        return len(base64.b64decode(delta, validate=True))
    except (binascii.Error, ValueError):
        return 0


def _binary(data: bytes | str) -> dict[str, str]:
    return {"binary": base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode()}


def _without_id(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in payload.items() if key != "event_id"}


def _is_told(name: str) -> bool:
    """What of a refusal's head a client reads."""
    return name.lower() in ("www-authenticate", "retry-after", "location")
