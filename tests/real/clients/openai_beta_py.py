"""A turn with version 1 of the official library, which speaks the beta: ``URL TURN``."""

import asyncio
import json
import sys

from openai import AsyncOpenAI
from turns import ANSWERS, QUESTION, TOOL, done, speech

BASE, TURN = sys.argv[1:3]
SETTINGS = {
    "modalities": ["text", "audio"] if TURN == "audio" else ["text"],
    "tools": [{"type": "function", **TOOL}],
}


async def main():
    client = AsyncOpenAI(api_key="sk-none", websocket_base_url=BASE.replace("http", "ws", 1))
    text, sound, called = "", 0, False
    async with client.beta.realtime.connect(model="gpt-4o-realtime-preview") as socket:
        await socket.session.update(session=SETTINGS)
        if TURN == "audio":
            for chunk in speech():
                await socket.input_audio_buffer.append(audio=chunk)
        else:
            content = [{"type": "input_text", "text": QUESTION[TURN]}]
            await socket.conversation.item.create(
                item={"type": "message", "role": "user", "content": content}
            )
            await socket.response.create()
        async for event in socket:
            if event.type in ("response.text.delta", "response.audio_transcript.delta"):
                text += event.delta
            elif event.type == "response.audio.delta":
                sound += len(event.delta)
            elif event.type == "error":
                raise SystemExit(f"error: {event.error}")
            elif event.type == "response.done":
                calls = [one for one in event.response.output if one.type == "function_call"]
                if not calls:
                    break
                called = True
                output = json.dumps(ANSWERS(**json.loads(calls[0].arguments)))
                await socket.conversation.item.create(
                    item={
                        "type": "function_call_output",
                        "call_id": calls[0].call_id,
                        "output": output,
                    }
                )
                await socket.response.create()
    done(TURN, text, sound, called)


asyncio.run(asyncio.wait_for(main(), 20))
