"""What a ``response.create`` asks for: the session's settings under its own, and what is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rtdebug.scenario.fitting_call import functions
from rtdebug.scenario.mock_script import Json
from rtdebug.scenario.reply_choice import Asked
from rtdebug.scenario.responder_checks import Rejected
from rtdebug.scenario.responder_items import ServerConversation, call_id_of, unknown_call
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


def asked_items(
    wanted: Mapping[str, Any], conversation: ServerConversation
) -> Sequence[Mapping[str, Any]]:
    """What a response answers: the items of the request, else the conversation. Raises Rejected
    for an item that refers to what is not there."""
    given = wanted.get("input")
    return _resolved(given, conversation) if isinstance(given, list) else conversation.items()


def input_tokens(
    wanted: Mapping[str, Any],
    session: Mapping[str, Any],
    items: Sequence[Mapping[str, Any]],
    conversation: ServerConversation,
) -> Tokens:
    """What the model reads of them."""
    tokens = of_items(items, _setting("instructions", wanted, session))
    if not isinstance(wanted.get("input"), list):
        tokens.listen(conversation.sound_ms)
    return tokens


def heard(
    turn: int,
    wanted: Mapping[str, Any],
    session: Mapping[str, Any],
    items: Sequence[Mapping[str, Any]],
    conversation: ServerConversation,
) -> Asked:
    """What the response is to answer: all that came after the assistant's last word."""
    text = output = None
    for item in reversed(items):
        if item.get("type") == "function_call_output":
            output = output or str(item.get("output"))
        elif item.get("role") == "user":
            text = text or _said(item, conversation)
        elif item.get("role") == "assistant" or item.get("type") == "function_call":
            break
    tools = functions(_setting("tools", wanted, session))
    choice = _setting("tool_choice", wanted, session)
    return Asked(turn, text, output, tools, choice)


def _said(item: Mapping[str, Any], conversation: ServerConversation) -> str | None:
    """The words of a message of the user, also where nobody asked to have them transcribed."""
    kept = conversation.get(str(item.get("id")))
    if kept is not None and kept.said is not None:
        return kept.said
    content = item.get("content")
    parts = [part for part in content if isinstance(part, Mapping)] if content else []
    words = [part.get("text") or part.get("transcript") for part in parts]
    return " ".join(word for word in words if isinstance(word, str)) or None


def _resolved(given: list[Any], conversation: ServerConversation) -> list[Mapping[str, Any]]:
    items = [item for item in given if isinstance(item, Mapping)]
    calls = {item.get("call_id") for item in items if item.get("type") == "function_call"}
    return [_item(item, index, calls, conversation) for index, item in enumerate(items)]


def _item(
    item: Mapping[str, Any], index: int, calls: set[Any], conversation: ServerConversation
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
