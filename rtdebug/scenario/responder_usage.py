"""Counts tokens as the scripted server does: a word is one, audio by its length; sums add up.

Audio costs a token per 100 ms heard and per 50 ms spoken (openai realtime cost guide).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from rtdebug.scenario.mock_script import Json

_WORD = re.compile(r"\w+|[^\w\s]")
_HEARD_MS, _SPOKEN_MS = 100, 50


class Tokens:
    """Text and audio on one side of a response."""

    def __init__(self) -> None:
        self.text = 0
        self.audio_ms = 0.0

    def count(self, text: object) -> None:
        """Adds a text."""
        if isinstance(text, str):
            self.text += len(_WORD.findall(text))

    def listen(self, ms: float) -> None:
        """Adds sound."""
        self.audio_ms += ms


def of_items(items: Iterable[Mapping[str, Any]], instructions: object) -> Tokens:
    """What a model has to read for a response."""
    tokens = Tokens()
    tokens.count(instructions)
    for item in items:
        for key in ("name", "arguments", "output"):
            tokens.count(item.get(key))
        content = item.get("content")
        for part in content if isinstance(content, list) else []:
            if isinstance(part, Mapping):
                tokens.count(part.get("text"))
                tokens.count(part.get("transcript"))
    return tokens


def response_usage(asked: Tokens, made: Tokens) -> Json:
    """The usage of a response, nothing of it cached."""
    heard = math.ceil(asked.audio_ms / _HEARD_MS)
    spoken = math.ceil(made.audio_ms / _SPOKEN_MS)
    read, written = asked.text + heard, made.text + spoken
    return {
        "total_tokens": read + written,
        "input_tokens": read,
        "output_tokens": written,
        "input_token_details": {
            "text_tokens": asked.text,
            "audio_tokens": heard,
            "image_tokens": 0,
            "cached_tokens": 0,
            "cached_tokens_details": {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0},
        },
        "output_token_details": {"text_tokens": made.text, "audio_tokens": spoken},
    }


def transcription_usage(model: object, ms: float, text: str) -> Json:
    """The usage of a transcription: by time for whisper and the streaming models, else tokens."""
    if not isinstance(model, str) or not model.startswith("gpt-4o"):
        return {"type": "duration", "seconds": max(1, math.ceil(ms / 1000))}
    heard, written = math.ceil(ms / _HEARD_MS), len(_WORD.findall(text)) + 1
    return {
        "type": "tokens",
        "total_tokens": heard + written,
        "input_tokens": heard,
        "input_token_details": {"text_tokens": 0, "audio_tokens": heard},
        "output_tokens": written,
    }
