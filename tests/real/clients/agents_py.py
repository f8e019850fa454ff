"""A turn with openai-agents: ``agents_py.py URL TURN``."""

import asyncio
import sys

from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner
from turns import ANSWERS, QUESTION, done, frames

BASE, TURN = sys.argv[1:3]
CALLED = []


@function_tool
def get_weather(city: str) -> str:
    """Get the weather of a city"""
    CALLED.append(city)
    return str(ANSWERS(city))


async def main():
    runner = RealtimeRunner(
        starting_agent=RealtimeAgent(name="A", instructions="Answer.", tools=[get_weather]),
        config={"model_settings": {"modalities": ["audio" if TURN == "audio" else "text"]}},
    )
    url = BASE.replace("http", "ws", 1) + "/realtime?model=gpt-realtime"
    text, sound = [], 0
    async with await runner.run(model_config={"api_key": "sk-none", "url": url}) as session:
        if TURN == "audio":
            for frame in frames():
                await session.send_audio(frame)
        else:
            await session.send_message(QUESTION[TURN])
        async for event in session:
            if event.type == "error":
                raise SystemExit(f"error: {event.error}")
            if event.type == "audio":
                sound += len(event.audio.data)
            if event.type == "history_added" and event.item.type == "message":
                pass
            if event.type == "history_updated":
                text = [
                    part.text if part.type == "text" else part.transcript
                    for item in event.history
                    if item.type == "message" and item.role == "assistant"
                    for part in item.content
                ]
            if event.type == "agent_end" and (TURN != "tool" or (CALLED and text)):
                break
    done(TURN, " ".join(filter(None, text)), sound, bool(CALLED))


asyncio.run(asyncio.wait_for(main(), 20))
