"""The yardstick of a one-turn run: a bare websockets script that plays the same turn and exits."""

import asyncio
import json
import sys

from websockets.asyncio.client import connect

TURN = (
    ("session.created", {"type": "session.update",
                         "session": {"type": "realtime", "output_modalities": ["text"]}}),
    ("session.updated", {"type": "conversation.item.create",
                         "item": {"type": "message", "role": "user",
                                  "content": [{"type": "input_text", "text": "Hello"}]}}),
    ("conversation.item.done", {"type": "response.create"}),
    ("response.done", None),
)  # fmt: skip


async def main(url):
    async with connect(url) as connection:
        for wanted, answer in TURN:
            while json.loads(await connection.recv())["type"] != wanted:
                pass
            if answer is not None:
                await connection.send(json.dumps(answer))


asyncio.run(main(sys.argv[1]))
