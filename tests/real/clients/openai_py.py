"""A turn with the official library, in the manner of its examples: ``openai_py.py URL TURN``; with
``--sync`` by the blocking client."""

import asyncio
import json
import sys

from openai import AsyncOpenAI, OpenAI
from turns import ANSWERS, QUESTION, TOOL, done, speech

BASE, TURN = sys.argv[1:3]
SPOKEN = TURN == "audio"
SETTINGS = {
    "type": "realtime",
    "output_modalities": ["audio" if SPOKEN else "text"],
    "tools": [{"type": "function", **TOOL}],
}
ASKED = {
    "type": "message",
    "role": "user",
    "content": [{"type": "input_text", "text": QUESTION[TURN]}],
}


class Turn:
    """What is sent after an event; ``over`` when the answer is there."""

    def __init__(self):
        self.text, self.sound, self.called, self.over = "", 0, False, False

    def begin(self):
        yield {"type": "session.update", "session": SETTINGS}
        if SPOKEN:
            for chunk in speech():
                yield {"type": "input_audio_buffer.append", "audio": chunk}
        else:
            yield {"type": "conversation.item.create", "item": ASKED}
            yield {"type": "response.create"}

    def hear(self, event):
        if event.type in ("response.output_text.delta", "response.output_audio_transcript.delta"):
            self.text += event.delta
        elif event.type == "response.output_audio.delta":
            self.sound += len(event.delta)
        elif event.type == "error":
            raise SystemExit(f"error: {event.error}")
        elif event.type == "response.done":
            call = next((one for one in event.response.output if one.type == "function_call"), None)
            if call is None:
                self.over = True
                return
            self.called = True
            output = json.dumps(ANSWERS(**json.loads(call.arguments)))
            yield {
                "type": "conversation.item.create",
                "item": {"type": "function_call_output", "call_id": call.call_id, "output": output},
            }
            yield {"type": "response.create"}


def blocking(turn):
    with OpenAI(api_key="sk-none", base_url=BASE).realtime.connect(model="gpt-realtime") as socket:
        for event in turn.begin():
            socket.send(event)
        for event in socket:
            for answer in turn.hear(event):
                socket.send(answer)
            if turn.over:
                return


async def waiting(turn):
    client = AsyncOpenAI(api_key="sk-none", base_url=BASE)
    async with client.realtime.connect(model="gpt-realtime") as socket:
        for event in turn.begin():
            await socket.send(event)
        async for event in socket:
            for answer in turn.hear(event):
                await socket.send(answer)
            if turn.over:
                return


turn = Turn()
blocking(turn) if "--sync" in sys.argv else asyncio.run(waiting(turn))
done(TURN, turn.text, turn.sound, turn.called)
