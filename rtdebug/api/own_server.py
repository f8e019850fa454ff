"""The embedded server where a URL may stand: ``mock``, or ``mock:SCRIPT`` with its script."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from rtdebug.errors import UsageError
from rtdebug.scenario.document import MOCK
from rtdebug.scenario.vocabulary import vocabulary_of
from rtdebug.wire.target import shown


def is_own(url: str) -> bool:
    """Whether the embedded server is meant."""
    return url == MOCK or url.startswith(f"{MOCK}:")


def called(url: str) -> str:
    """The target as people are told it."""
    return url if is_own(url) else shown(url)


async def serve_own(stack: AsyncExitStack, url: str = MOCK) -> str:
    """The URL of a server of our own, which serves until the stack is left. Raises what is wrong
    with its script."""
    from rtdebug.wire.mock import serve_mock

    script = None
    if url != MOCK:
        from rtdebug.api.mock_scripts import script_in

        path = url.removeprefix(f"{MOCK}:")
        if not path:
            raise UsageError(
                f"{url}: expected a script behind the colon", "write mock:replies.yaml, or mock"
            )
        script = script_in(Path(path))
    check = vocabulary_of("openai-realtime").check_event
    mock = await stack.enter_async_context(serve_mock(script, check_event=check))
    return mock.url
