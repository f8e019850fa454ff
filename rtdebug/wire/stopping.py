"""Dialling that can be stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rtdebug.wire.dial import Dialled


async def unless(stop: asyncio.Event, dialling: Awaitable[Dialled]) -> Dialled | None:
    """What dialling comes to, None when it was stopped before."""
    attempt = asyncio.ensure_future(dialling)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({attempt, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        if not attempt.done():
            attempt.cancel()
            await asyncio.gather(attempt, return_exceptions=True)
    return None if attempt.cancelled() else attempt.result()
