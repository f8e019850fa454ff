"""The shape of the OpenAI Realtime beta over a server that speaks GA: each event in the other's
words. Settings stand at the top of a beta session, items are announced once, names are shorter
(openai realtime beta reference; captures of Azure preview)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rtdebug.model.commands import Command, Send
from rtdebug.scenario import responder_names as names
from rtdebug.scenario.mock_script import Json
from rtdebug.scenario.responder_outlet import as_text

PACK = "openai-realtime-beta"
TRANSCRIPTION_UPDATE = "transcription_session.update"

_FORMATS = {"pcm16": "audio/pcm", "g711_ulaw": "audio/pcmu", "g711_alaw": "audio/pcma"}
_SHORT = {long: short for short, long in _FORMATS.items()}
_PARTS = {"output_text": "text", "output_audio": "audio"}
# What stands at the top of a beta session and where GA has it.
_INPUT = {
    "input_audio_transcription": "transcription",
    "input_audio_noise_reduction": "noise_reduction",
    "turn_detection": "turn_detection",
}
_SAME = ("instructions", "tools", "tool_choice", "tracing", "truncation", "prompt", "include")
_RESPONSE = ("conversation", "input", "instructions", "tools", "tool_choice", "metadata")


class BetaShape:
    """Both directions of one connection, and what GA does not keep of it."""

    def __init__(self) -> None:
        self._temperature: Any = 0.8

    def heard(self, payload: Json) -> Json:
        """A client's event as GA would have it."""
        match payload.get("type"):
            case names.SESSION_UPDATE:
                session = _map(payload.get("session"))
                self._temperature = session.get("temperature") or self._temperature
                return {**payload, "session": {"type": "realtime", **_settings(session)}}
            case str(kind) if kind == TRANSCRIPTION_UPDATE:
                session = _settings(_map(payload.get("session")))
                return {**payload, "session": {**session, "type": "transcription"}}
            case names.RESPONSE_CREATE:
                return {**payload, "response": _request(_map(payload.get("response")))}
        return payload

    def said(self, commands: Iterable[Command]) -> list[Command]:
        """What the server sends, as the beta has it; what is no event stays as it is."""
        return [made for command in commands for made in self._said(command)]

    def _said(self, command: Command) -> Iterator[Command]:
        if not isinstance(command, Send) or not isinstance(command.data, str):
            yield command
            return
        try:
            event = json.loads(command.data)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            yield command
        elif event.get("type") != names.ITEM_DONE:
            yield Send(as_text(self._event(event)))

    def _event(self, event: Json) -> Json:
        type_ = str(event.get("type"))
        event = {**event, "type": _named(type_)}
        session = event.get("session")
        if isinstance(session, Mapping):
            event["session"] = self._session(session)
            if session.get("type") == "transcription":
                event["type"] = f"transcription_{type_}"
        if isinstance(event.get("response"), Mapping):
            event["response"] = self._response(event["response"])
        if isinstance(event.get("item"), Mapping):
            event["item"] = _item(event["item"])
        return event

    def _session(self, session: Mapping[str, Any]) -> Json:
        audio = _map(session.get("audio"))
        heard, spoken = _map(audio.get("input")), _map(audio.get("output"))
        kind = str(session.get("object"))
        same = {name: session[name] for name in _SAME if name in session}
        inputs = {
            "input_audio_format": _short_format(heard),
            **{name: heard.get(long) for name, long in _INPUT.items()},
        }
        head = {"id": session.get("id"), "object": kind, "expires_at": session.get("expires_at")}
        if session.get("type") == "transcription":
            return {**head, **inputs, "include": session.get("include")}
        return {
            **head,
            "model": session.get("model"),
            "modalities": _modalities(session),
            **same,
            "voice": spoken.get("voice"),
            **inputs,
            "output_audio_format": _short_format(spoken),
            "temperature": self._temperature,
            "max_response_output_tokens": session.get("max_output_tokens"),
            "speed": spoken.get("speed"),
        }

    def _response(self, response: Mapping[str, Any]) -> Json:
        spoken = _map(_map(response.get("audio")).get("output"))
        kept = {
            key: value
            for key, value in response.items()
            if key not in ("audio", "output_modalities")
        }
        return {
            **kept,
            "output": [_item(item) for item in response.get("output") or []],
            "modalities": _modalities(response),
            "voice": spoken.get("voice"),
            "output_audio_format": _short_format(spoken),
            "temperature": self._temperature,
        }


def _named(type_: str) -> str:
    if type_ == names.ITEM_ADDED:
        return "conversation.item.created"
    return type_.replace("response.output_text.", "response.text.").replace(
        "response.output_audio", "response.audio"
    )


def _settings(session: Mapping[str, Any]) -> Json:
    """A session of the beta, or a part of one, as GA has it."""
    heard = {long: session[name] for name, long in _INPUT.items() if name in session}
    heard |= _long_format(session.get("input_audio_format"))
    spoken = {name: session[name] for name in ("voice", "speed") if name in session}
    spoken |= _long_format(session.get("output_audio_format"))
    made: Json = {name: session[name] for name in _SAME if name in session}
    made |= _asked(session)
    return {**made, "audio": {"input": heard, "output": spoken}}


def _request(response: Mapping[str, Any]) -> Json:
    spoken = {"voice": response["voice"]} if "voice" in response else {}
    spoken |= _long_format(response.get("output_audio_format"))
    made = {name: response[name] for name in _RESPONSE if name in response}
    return {**made, **_asked(response), "audio": {"output": spoken}}


def _asked(holder: Mapping[str, Any]) -> Json:
    made: Json = {}
    if isinstance(holder.get("modalities"), list):
        made["output_modalities"] = ["audio" if "audio" in holder["modalities"] else "text"]
    for name in ("max_response_output_tokens", "max_output_tokens"):
        if holder.get(name) is not None:
            made["max_output_tokens"] = holder[name]
    return made


def _modalities(holder: Mapping[str, Any]) -> list[str]:
    return ["text", "audio"] if "audio" in (holder.get("output_modalities") or ()) else ["text"]


def _long_format(name: Any) -> Json:
    return {"format": {"type": _FORMATS[name]}} if name in _FORMATS else {}


def _short_format(holder: Mapping[str, Any]) -> str:
    return _SHORT.get(str(_map(holder.get("format")).get("type")), "pcm16")


def _item(item: Mapping[str, Any]) -> Json:
    made: Json = {"object": "realtime.item", **item}
    if isinstance(item.get("content"), list):
        made["content"] = [
            {**part, "type": _PARTS.get(part.get("type"), part.get("type"))}
            for part in item["content"]
        ]
    return made


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
