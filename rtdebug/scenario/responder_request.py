"""What a ``response.create`` asks for: the session's settings under its own, and what is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rtdebug.scenario.mock_script import Json
from rtdebug.scenario.responder_checks import Rejected
from rtdebug.scenario.responder_items import Conversation, call_id_of, unknown_call
from rtdebug.scenario.responder_usage import Tokens, of_items


def response_settings(wanted: Mapping[str, Any], session: Mapping[str, Any]) -> Json:
    """The settings one response runs under."""
    spoken = _output_audio(session)
    override = _output_audio(wanted)
    audio = {
        name: override.get(name) or spoken.get(name)
        for name in ("format", "voice")
        if override.get(name) or spoken.get(name)
    }
    return {
        "output_modalities": _setting("output_modalities", wanted, session) or ["audio"],
        "max_output_tokens": _setting("max_output_tokens", wanted, session),
        "audio": audio,
        "metadata": wanted.get("metadata"),
    }


def input_tokens(
    wanted: Mapping[str, Any], session: Mapping[str, Any], conversation: Conversation
) -> Tokens:
    """What the model reads: the items of the request, else the conversation. Raises Rejected for
    an item that refers to what is not there."""
    instructions = _setting("instructions", wanted, session)
    given = wanted.get("input")
    if isinstance(given, list):
        return of_items(_resolved(given, conversation), instructions)
    tokens = of_items(conversation.items(), instructions)
    tokens.listen(conversation.sound_ms)
    return tokens


def _resolved(given: list[Any], conversation: Conversation) -> list[Mapping[str, Any]]:
    items = [item for item in given if isinstance(item, Mapping)]
    calls = {item.get("call_id") for item in items if item.get("type") == "function_call"}
    return [_item(item, index, calls, conversation) for index, item in enumerate(items)]


def _item(
    item: Mapping[str, Any], index: int, calls: set[Any], conversation: Conversation
) -> Mapping[str, Any]:
    param = f"response.input[{index}]"
    if item.get("type") == "item_reference":
        kept = conversation.get(str(item.get("id")))
        if kept is None:
            raise Rejected(f"Item with id '{item.get('id')}' not found.", param=f"{param}.id")
        return kept.item
    if item.get("type") == "function_call_output":
        call_id = call_id_of(item, param)
        if call_id not in calls and not conversation.has_call(call_id):
            raise unknown_call(call_id)
    return item


def _setting(name: str, wanted: Mapping[str, Any], session: Mapping[str, Any]) -> Any:
    value = wanted.get(name)
    return session.get(name) if value is None else value


def _output_audio(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    audio = holder.get("audio")
    output = audio.get("output") if isinstance(audio, Mapping) else None
    return output if isinstance(output, Mapping) else {}
