"""What every client is to do in a turn, and what proves that it did: for programs that run where
the client is installed, so nothing of rtdebug is here."""

import base64
import json
import math
import struct
import sys

QUESTION = {"text": "Hello", "audio": "", "tool": "What is the weather in Oslo?"}
TOOL = {
    "name": "get_weather",
    "description": "Get the weather of a city",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}


def ANSWERS(city):
    """The tool of the tool turn."""
    return {"city": city, "temp_c": 21}


def pcm(seconds=0.6, silence=0.6):
    """Speech, or what passes for it, then silence: PCM 16-bit mono at 24,000 Hz."""
    samples = [int(9000 * math.sin(n / 19)) for n in range(int(24000 * seconds))]
    return struct.pack(f"<{len(samples)}h", *samples) + bytes(int(48000 * silence))


def frames(milliseconds=20):
    """The same in frames."""
    sound, size = pcm(), 48 * milliseconds
    return [sound[start : start + size] for start in range(0, len(sound), size)]


def speech():
    """The same as a client sends it."""
    return [base64.b64encode(frame).decode() for frame in frames(100)]


def done(turn, text, sound=0, called=False):
    """The proof: a line of JSON; the program ends."""
    line = {"turn": turn, "text": text, "sound": sound, "called": called}
    sys.stdout.write(json.dumps(line) + "\n")
