"""A small client of a Realtime server; its arguments say what it does wrong."""

import asyncio
import base64
import json
import os
import sys
from contextlib import suppress

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

WRONG = set(sys.argv[1:])
URL = f"{os.environ['OPENAI_BASE_URL'].replace('http', 'ws', 1)}/realtime?model=gpt-realtime"
TOOL = {"type": "function", "name": "look_up", "parameters": {"type": "object", "properties": {}}}
HELLO = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]}
SPEECH = base64.b64encode(b"\x00\x20\x00\xe0" * 1200).decode()
SPOKEN = "speaks" in WRONG
KNOWN = {"session", "response", "conversation", "input_audio_buffer", "rate_limits", "error"}


class Turn:
    def __init__(self, server):
        self.server = server
        self.answer = ""

    async def say(self, type_, **fields):
        await self.server.send(json.dumps({"type": type_, **fields}))

    async def ask(self, item=HELLO):
        await self.say("conversation.item.create", item=item)
        if "forgets-to-go-on" not in WRONG or item is HELLO:
            await self.say("response.create")
        if "asks-twice" in WRONG:
            await asyncio.sleep(0.2)
            await self.say("response.create")

    async def play(self):
        modality = "audio" if SPOKEN else "text"
        settings = {"type": "realtime", "output_modalities": [modality], "tools": [TOOL]}
        await self.say("session.update", session=settings)
        if SPOKEN:
            for _ in range(8):
                await self.say("input_audio_buffer.append", audio=SPEECH)
        else:
            await self.ask()
        async for message in self.server:
            event = json.loads(message)
            if await self.hear(event) and "stays" not in WRONG:
                return

    async def hear(self, event):
        kind = event["type"]
        if kind.startswith("response.novelty") and "knows-all" in WRONG:
            raise KeyError(kind)
        if kind == "error":
            if "asks-again" in WRONG:
                await self.say("response.create")
            return "waits-on" not in WRONG
        if kind == "response.output_audio.delta" and not self.answer:
            self.answer = event["item_id"]
            cut = {"item_id": self.answer, "content_index": 0, "audio_end_ms": 60_000}
            if "cuts-too-late" in WRONG:
                await self.say("conversation.item.truncate", **cut)
        if kind != "response.done":
            return False
        calls = [one for one in event["response"]["output"] if one["type"] == "function_call"]
        for call in calls:
            output = {"type": "function_call_output", "call_id": call["call_id"], "output": "{}"}
            await self.ask(output)
        return not calls


async def main():
    for _ in range(30 if "storms" in WRONG else 1):
        with suppress(ConnectionClosed, InvalidStatus):
            async with connect(URL) as server:
                if "says-nothing" in WRONG:
                    return
                await Turn(server).play()
                return


asyncio.run(main())
