"""A small app as quickstarts show it; its argument says what is wrong with it."""

import asyncio
import base64
import json
import os
import sys

from websockets.asyncio.client import connect

HOW = sys.argv[1]
URL = f"{os.environ['OPENAI_BASE_URL'].replace('http', 'ws', 1)}/realtime?model=gpt-realtime"
KEY = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}
HELLO = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]}
SILENCE = base64.b64encode(bytes(4800)).decode()


async def main() -> None:
    async with connect(URL, additional_headers=KEY) as server:

        async def say(type_: str, **fields: object) -> None:
            await server.send(json.dumps({"type": type_, **fields}))

        if HOW == "muted":
            for _ in range(130):
                await say("input_audio_buffer.append", audio=SILENCE)
                await asyncio.sleep(0.1)
            return
        await say("session.update", session={"type": "realtime", "output_modalities": ["text"]})
        await say("conversation.item.create", item=HELLO)
        if HOW != "never-asks":
            await say("response.create")
        async with asyncio.timeout(11 if HOW == "never-asks" else None):
            async for message in server:
                event = json.loads(message)
                if event["type"] == "response.output_text.delta" and HOW == "raises":
                    sys.stdout.write(event["text"])
                if event["type"] == "response.done" and HOW != "stays":
                    break


asyncio.run(main())
sys.stdout.write(f"done, {HOW}\n")
sys.stderr.write("a word on stderr\n")
sys.exit(3 if HOW == "fails" else 0)
