"""The server of the start-up benchmark, in a process of its own: answers a turn in 60 deltas."""

import asyncio

from rtdebug.scenario.mock_script import MockScript, Reply, Say
from rtdebug.wire.mock import serve_mock

SCRIPT = MockScript(replies=(Reply((Say("word " * 60),)),), pace=0.0)


async def main():
    async with serve_mock(SCRIPT) as mock:
        print(mock.url, flush=True)
        await asyncio.Event().wait()


asyncio.run(main())
