"""A turn with livekit-plugins-openai, its realtime session alone: ``livekit_py.py URL TURN``."""

import asyncio
import json
import sys

from livekit import rtc
from livekit.agents import function_tool
from livekit.agents.llm import FunctionCallOutput
from livekit.agents.utils import http_context
from livekit.plugins import openai
from turns import ANSWERS, QUESTION, done, frames

BASE, TURN = sys.argv[1:3]


@function_tool
async def get_weather(city: str) -> dict:
    """Get the weather of a city"""
    return ANSWERS(city)


async def heard(generation):
    """What one response said and called."""
    text, sound = "", 0
    async for message in generation.message_stream:
        async for piece in message.text_stream:
            text += piece
        async for frame in message.audio_stream:
            sound += len(frame.data)
    return text, sound, [call async for call in generation.function_stream]


async def spoken(session):
    """The response to speech, which comes by itself."""
    created = asyncio.get_running_loop().create_future()
    session.on("generation_created", created.set_result)
    for frame in frames():
        session.push_audio(rtc.AudioFrame(frame, 24000, 1, len(frame) // 2))
    return await heard(await created)


async def asked(session):
    """The response to a message, and to what a function returned."""
    context = session.chat_ctx.copy()
    context.add_message(role="user", content=QUESTION[TURN])
    await session.update_chat_ctx(context)
    text, sound, calls = await heard(await session.generate_reply())
    if not calls:
        return text, sound, calls
    context = session.chat_ctx.copy()
    for call in calls:
        output = json.dumps(ANSWERS(**json.loads(call.arguments)))
        context.items.append(
            FunctionCallOutput(call_id=call.call_id, name=call.name, output=output, is_error=False)
        )
    await session.update_chat_ctx(context)
    text, sound, _ = await heard(await session.generate_reply())
    return text, sound, calls


async def main():
    modalities = ["audio"] if TURN == "audio" else ["text"]
    async with http_context.open():
        model = openai.realtime.RealtimeModel(
            base_url=BASE, api_key="sk-none", modalities=modalities
        )
        session = model.session()
        await session.update_tools([get_weather])
        text, sound, calls = await (spoken(session) if TURN == "audio" else asked(session))
        await session.aclose()
        await model.aclose()
    done(TURN, text, sound, bool(calls))


asyncio.run(asyncio.wait_for(main(), 20))
