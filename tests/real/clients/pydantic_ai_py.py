"""A turn with pydantic-ai: ``pydantic_ai_py.py URL TURN``."""

import asyncio
import sys

from pydantic_ai import Agent
from pydantic_ai.messages import (
    PartDeltaEvent,
    PartEndEvent,
    SpeechPart,
    SpeechPartDelta,
    TextPart,
)
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.realtime import RealtimeTurnCompleteEvent
from pydantic_ai.realtime.openai import OpenAIRealtimeModel
from turns import ANSWERS, QUESTION, done, frames

BASE, TURN = sys.argv[1:3]
CALLED = []
agent = Agent(instructions="Answer.")


@agent.tool_plain
def get_weather(city: str) -> dict:
    """Get the weather of a city"""
    CALLED.append(city)
    return ANSWERS(city)


async def main():
    model = OpenAIRealtimeModel(
        "gpt-realtime", provider=OpenAIProvider(base_url=BASE, api_key="sk-none")
    )
    settings = {} if TURN == "audio" else {"output_modality": "text"}
    async with agent.realtime(model, model_settings=settings).session() as session:
        if TURN == "audio":
            for frame in frames():
                await session.send_audio(frame)
        else:
            await session.send(QUESTION[TURN])
        text, sound = "", 0
        async for event in session:
            if isinstance(event, PartDeltaEvent) and isinstance(event.delta, SpeechPartDelta):
                sound += len(event.delta.audio_chunk or b"")
            if isinstance(event, PartEndEvent) and isinstance(event.part, TextPart):
                text = event.part.content
            if isinstance(event, PartEndEvent) and isinstance(event.part, SpeechPart):
                text = event.part.transcript if event.part.speaker == "assistant" else text
            if isinstance(event, RealtimeTurnCompleteEvent) and (TURN != "tool" or CALLED):
                break
    done(TURN, text, sound, bool(CALLED))


asyncio.run(asyncio.wait_for(main(), 20))
