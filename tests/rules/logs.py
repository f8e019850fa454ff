"""Writes sessions down record by record, short and free, and says what is found in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rtdebug.engine.session import Session
from rtdebug.model.findings import Finding
from rtdebug.model.records import (
    LIVE,
    Clock,
    Closed,
    Ended,
    Event,
    Opened,
    Record,
    Refused,
    Remark,
    Sender,
    Step,
    Undecodable,
    View,
)
from rtdebug.model.value import replace
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

Payload = dict[str, Any]
PASTED = View(clock=Clock.NONE, from_start=False, to_end=True)
URL = "wss://api.example.com/v1/realtime?model=gpt-realtime"


class Log:
    """Records in the order in which they are written down; each comes 20 ms after the last."""

    def __init__(self, *, step: float = 0.02) -> None:
        self.records: list[Record] = []
        self._seq = 0
        self._at = 0.0
        self._step = step

    def client(self, type_: str, *, after: float | None = None, **fields: Any) -> Log:
        return self._event(Sender.CLIENT, {"type": type_, **fields}, after)

    def server(self, type_: str, *, after: float | None = None, **fields: Any) -> Log:
        fields = {"event_id": f"event_{self._seq + 1}", **fields}
        return self._event(Sender.SERVER, {"type": type_, **fields}, after)

    def _event(self, sender: Sender, payload: Payload, after: float | None) -> Log:
        self._seq += 1
        self._at += self._step if after is None else after
        self.records.append(Event(self._seq, self._at, sender, payload["type"], payload, 100))
        return self

    def says(self, text: str, line: int = 1) -> Log:
        self.records.append(Remark(self._at, text, line))
        return self

    def broken(self, text: str | bytes, sender: Sender = Sender.SERVER) -> Log:
        self._seq += 1
        self.records.append(Undecodable(self._seq, self._at, sender, text, "not JSON"))
        return self

    def opened(self, url: str = URL, *headers: tuple[str, str]) -> Log:
        self.records.append(Opened(self._at, url, None, headers))
        return self

    def refused(self, text: str, status: int) -> Log:
        self.records.append(Refused(self._at, Step.UPGRADE, text, status=status))
        return self

    def closed(
        self,
        after: float = 0.1,
        code: int = 1000,
        reason: str = "",
        by: Sender | None = Sender.CLIENT,
    ) -> Log:
        self.records.append(Closed(self._at + after, code, reason, by))
        return self

    def given_up(self, after: float) -> Log:
        return self.ended(after, "gave-up", after)

    def ended(self, after: float, reason: str = "finished", waited: float = 0.0) -> Log:
        self.records.append(Ended(self._at + after, reason, waited))
        return self

    def judged(
        self, *, view: View = LIVE, pack: str = "openai-realtime", patience: float | None = None
    ) -> list[Finding]:
        session = Session(load_pack(pack), RULES, view=view, patience=patience)
        for record in self.records:
            session.observe(record)
        return by_name(session.finish().findings)

    def watched(self, name: str, *until: float, patience: float | None = None) -> list[Finding]:
        """What is found of a name while one watches, with time going on to each of ``until``."""
        session = Session(load_pack(), RULES, patience=patience)
        found = [one for record in self.records for one in session.observe(record)]
        for at in until:
            found += session.advance(at)
        return [one for one in named(found, name) if not one.withdrawn]


def by_name(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, each under the name of its cause: here a name says more than a key."""
    rows = list(findings)
    names = {one.key: one.name for one in rows}
    return [replace(one, under=names.get(one.under or "")) for one in rows]


def named(findings: Iterable[Finding], name: str) -> list[Finding]:
    return [one for one in findings if one.name == name]


def settings(*, vad: bool = True, **audio_in: Any) -> Payload:
    detection = {"type": "server_vad", "create_response": True} if vad else None
    source = {"format": {"type": "audio/pcm", "rate": 24000}, "turn_detection": detection}
    source |= {"transcription": None, "noise_reduction": None, **audio_in}
    sink = {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "marin", "speed": 1.0}
    return {
        "type": "realtime", "object": "realtime.session", "id": "sess_1", "model": "gpt-realtime",
        "output_modalities": ["audio"], "audio": {"input": source, "output": sink}, "tools": [],
    }  # fmt: skip


def begun(**of_session: Any) -> Log:
    return Log().opened().server("session.created", session=settings(**of_session))


def error(code: str | None, message: str, **more: Any) -> Payload:
    return {"type": "invalid_request_error", "code": code, "message": message,
            "param": None, "event_id": None, **more}  # fmt: skip


def done(id_: str, output: Sequence[Payload] = (), **more: Any) -> Payload:
    return {"id": id_, "object": "realtime.response", "status": "completed",
            "status_details": None, "output": list(output), "conversation_id": "conv_1",
            "output_modalities": ["audio"], "usage": None, "metadata": None, **more}  # fmt: skip


def call(call_id: str, arguments: str = "{}") -> Payload:
    return {"id": f"item_{call_id}", "type": "function_call", "status": "completed", "name": "f",
            "call_id": call_id, "arguments": arguments}  # fmt: skip
