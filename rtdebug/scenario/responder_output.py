"""Plays one response of the scripted server: its events in the provider's order, and its pauses.

Order and fields as in captures of 2026: the item is added, its part opens, deltas, everything is
done again from the inside out. A response that is cut short is closed in the same way.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

from rtdebug.scenario import responder_names as names
from rtdebug.scenario.mock_script import Json, MockScript, Reply, Say, ScriptedCall
from rtdebug.scenario.responder_items import ServerConversation
from rtdebug.scenario.responder_sound import BYTES_PER_MS, PCM, encode, speak
from rtdebug.scenario.responder_usage import Tokens, response_usage

_SPEAKING = 0.07  # seconds a character, an ordinary pace
_CALL_PIECE = 6  # characters of arguments in one delta


class Performance:
    """One response. ``cancel`` makes its steps wind up; ``over`` says that it is done.

    ``settings`` are the session's with those of the request over them; without a conversation the
    response is out of band and leaves no items behind.
    """

    def __init__(
        self,
        script: MockScript,
        reply: Reply,
        settings: Mapping[str, Any],
        conversation: ServerConversation | None,
        ids: names.Ids,
        asked: Tokens,
    ) -> None:
        self.id = ids.next("resp")
        self.over = False
        self.has_spoken = False
        self._script = script
        self._reply = reply
        self._settings = settings
        self._conversation = conversation
        self._ids = ids
        self._asked = asked
        self._made = Tokens()
        self._output: list[Json] = []
        self._cancelled: str | None = None

    @property
    def out_of_band(self) -> bool:
        """Whether it runs beside the conversation."""
        return self._conversation is None

    def cancel(self, reason: str) -> None:
        """Makes the response wind up; its parts and items are still closed."""
        self._cancelled = self._cancelled or reason

    def steps(self) -> Iterator[Json | float]:
        """Its events, and between them how many seconds to wait."""
        yield {"type": names.RESPONSE_CREATED, "response": self._response("in_progress", None)}
        yield self._script.pace
        for index, output in enumerate(self._reply.outputs):
            if self._cancelled is not None:
                break
            if isinstance(output, ScriptedCall):
                yield from self._call(output, index)
            else:
                yield from self._message(output, index)
        self.over = True
        status, details = self._outcome()
        usage = response_usage(self._asked, self._made)
        done = self._response(status, details) | {"output": self._output, "usage": usage}
        yield {"type": names.RESPONSE_DONE, "response": done}
        if status != "failed":
            yield self._rate_limits(usage["total_tokens"])

    def _outcome(self) -> tuple[str, Json | None]:
        if self._cancelled is not None:
            return "cancelled", {"type": "cancelled", "reason": self._cancelled}
        reply = self._reply
        if reply.status == "failed":
            return reply.status, {"type": reply.status, "error": reply.error}
        if reply.status == "completed":
            return reply.status, None
        return reply.status, {"type": reply.status, "reason": reply.reason}

    def _response(self, status: str, details: Json | None) -> Json:
        conversation = None if self._conversation is None else self._settings["conversation_id"]
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": status,
            "status_details": details,
            "output": [],
            "conversation_id": conversation,
            "output_modalities": self._settings["output_modalities"],
            "max_output_tokens": self._settings["max_output_tokens"],
            "audio": {"output": self._settings["audio"]},
            "usage": None,
            "metadata": self._settings["metadata"],
        }

    def _rate_limits(self, used: int) -> Json:
        left = max(40_000 - used, 20_000)
        tokens = {"name": "tokens", "limit": 40_000, "remaining": left, "reset_seconds": 0.1}
        return {"type": names.RATE_LIMITS, "rate_limits": [tokens]}

    def _message(self, say: Say, index: int) -> Iterator[Json | float]:
        item: Json = {
            "id": self._item_id(),
            "type": "message",
            "status": "in_progress",
            "role": "assistant",
            "content": [],
        }
        previous = yield from self._open(item, index)
        modality = say.modality or self._settings["output_modalities"][0]
        if modality == "audio":
            yield from self._speak(say, item, index)
        else:
            yield from self._write(say, item, index)
        yield from self._shut(item, index, previous)

    def _write(self, say: Say, item: Json, index: int) -> Iterator[Json | float]:
        where = self._where(item, index) | {"content_index": 0}
        yield {"type": names.PART_ADDED, **where, "part": {"type": "text", "text": ""}}
        text = ""
        for piece in _pieces(say.text, self._script.words):
            if self._cancelled is not None:
                break
            text += piece
            yield {"type": names.TEXT_DELTA, **where, "delta": piece}
            yield self._script.pace
        self._made.count(text)
        item["content"] = [{"type": "output_text", "text": text}]
        yield {"type": names.TEXT_DONE, **where, "text": text}
        yield {"type": names.PART_DONE, **where, "part": {"type": "text", "text": text}}

    def _speak(self, say: Say, item: Json, index: int) -> Iterator[Json | float]:
        where = self._where(item, index) | {"content_index": 0}
        yield {"type": names.PART_ADDED, **where, "part": {"type": "audio", "transcript": ""}}
        said = ""
        kept = self._conversation.get(item["id"]) if self._conversation is not None else None
        for words, sound in self._utterance(say):
            if self._cancelled is not None:
                break
            for piece in words:
                said += piece
                yield {"type": names.TRANSCRIPT_DELTA, **where, "delta": piece}
            length = len(sound) / BYTES_PER_MS.get(self._format, 48)
            self._made.listen(length)
            self.has_spoken = True
            if kept is not None:
                kept.heard_ms = (kept.heard_ms or 0) + length
            delta = base64.b64encode(sound).decode()
            yield {"type": names.AUDIO_DELTA, **where, "delta": delta}
            yield self._script.pace
        self._made.count(said)
        item["content"] = [{"type": "output_audio", "transcript": said}]
        yield {"type": names.AUDIO_DONE, **where}
        yield {"type": names.TRANSCRIPT_DONE, **where, "transcript": said}
        yield {"type": names.PART_DONE, **where, "part": {"type": "audio", "transcript": said}}

    @property
    def _format(self) -> str:
        wanted = (self._settings["audio"] or {}).get("format") or {}
        return str(wanted.get("type", PCM))

    def _utterance(self, say: Say) -> Iterator[tuple[Sequence[str], bytes]]:
        """Stretches of sound, each with the words that come with it."""
        sound = say.sound
        if sound is None:
            length = say.duration if say.duration is not None else len(say.text) * _SPEAKING
            sound = speak(length)
        sound = encode(sound, self._format)
        size = max(2, int(self._script.chunk * 1000) * BYTES_PER_MS.get(self._format, 48))
        words = _pieces(say.text, self._script.words)
        count = -(-len(sound) // size)
        for number in range(count):
            first, last = (-(-len(words) * part // count) for part in (number, number + 1))
            yield words[first:last], sound[number * size : (number + 1) * size]

    def _call(self, call: ScriptedCall, index: int) -> Iterator[Json | float]:
        item: Json = {
            "id": self._item_id(),
            "type": "function_call",
            "status": "in_progress",
            "name": call.name,
            "call_id": self._ids.next("call"),
            "arguments": "",
        }
        previous = yield from self._open(item, index)
        where = self._where(item, index) | {"call_id": item["call_id"]}
        written = ""
        arguments = call.arguments or ""
        for start in range(0, len(arguments), _CALL_PIECE):
            if self._cancelled is not None:
                break
            piece = arguments[start : start + _CALL_PIECE]
            written += piece
            yield {"type": names.ARGUMENTS_DELTA, **where, "delta": piece}
            yield self._script.pace
        self._made.count(f"{call.name} {written}")
        item["arguments"] = written
        yield {"type": names.ARGUMENTS_DONE, **where, "name": call.name, "arguments": written}
        yield from self._shut(item, index, previous)

    def _item_id(self) -> str:
        """An id that no client has taken."""
        item_id = self._ids.next("item")
        while self._conversation is not None and item_id in self._conversation:
            item_id = self._ids.next("item")
        return item_id

    def _where(self, item: Json, index: int) -> Json:
        return {"response_id": self.id, "item_id": item["id"], "output_index": index}

    def _open(self, item: Json, index: int) -> Generator[Json, None, str | None]:
        """Announces an item; returns (to ``yield from``) the id of the one before it."""
        shown = dict(item)
        place = {"response_id": self.id, "output_index": index}
        yield {"type": names.OUTPUT_ITEM_ADDED, **place, "item": shown}
        if self._conversation is None:
            return None
        previous = self._conversation.add(item)
        yield {"type": names.ITEM_ADDED, "previous_item_id": previous, "item": shown}
        return previous

    def _shut(self, item: Json, index: int, previous: str | None) -> Iterator[Json | float]:
        cut = self._cancelled is not None or self._reply.status != "completed"
        item["status"] = "incomplete" if cut else "completed"
        shown = _frozen(item)
        self._output.append(shown)
        if self._conversation is not None:
            yield {"type": names.ITEM_DONE, "previous_item_id": previous, "item": shown}
        place = {"response_id": self.id, "output_index": index}
        yield {"type": names.OUTPUT_ITEM_DONE, **place, "item": shown}


def _frozen(item: Json) -> Json:
    """The item as it is now: a later truncation must not change what the response says it made."""
    content = item.get("content")
    return {**item, "content": [dict(part) for part in content]} if content else dict(item)


def _pieces(text: str, words: int) -> list[str]:
    """A text in pieces of so many words; joined they are the text."""
    tokens = re.findall(r"\s*\S+|\s+", text)
    return ["".join(tokens[start : start + words]) for start in range(0, len(tokens), words)]
