"""A gateway that asks for responses itself: LiteLLM's proxy in front of the embedded server."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from threading import Event, Thread

import pytest
from packages import free_port, python, until_open

from rtdebug.api.playing import Wishes
from rtdebug.api.probing import make_probe, run_probe
from rtdebug.probe.expected import Expected
from rtdebug.scenario.mock_script import MockScript
from rtdebug.scenario.vocabulary import vocabulary_of
from rtdebug.wire.mock import serve_mock

pytestmark = pytest.mark.real

CONFIG = """\
model_list:
  - model_name: gpt-realtime
    litellm_params:
      model: openai/gpt-realtime
      api_base: http://127.0.0.1:{port}/v1
      api_key: not-a-real-key
general_settings: {{master_key: test-key}}
"""
AREAS = ("session", "items", "text", "cancel", "audio-in", "vad")


@pytest.fixture(scope="module")
def upstream() -> Iterator[int]:
    """The embedded server on a port of its own; its speech takes a moment, as speech does."""
    ready, over, ports = Event(), Event(), []

    async def serve() -> None:
        check = vocabulary_of("openai-realtime").check_event
        async with serve_mock(MockScript(pace=0.02), check_event=check) as server:
            ports.append(server.port)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert ready.wait(10)
        yield ports[0]
    finally:
        over.set()
        thread.join()


@pytest.fixture(scope="module")
def url(upstream: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = python("litellm[proxy]==1.106.2").with_name("litellm")
    config = tmp_path_factory.mktemp("litellm") / "config.yaml"
    config.write_text(CONFIG.format(port=upstream))
    port = free_port()
    command = [str(program), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until_open(port, 90)
        yield f"ws://127.0.0.1:{port}/v1/realtime?model=gpt-realtime"
    finally:
        server.terminate()
        server.wait(20)


def test_the_probe_names_the_request_that_the_gateway_sends(url: str) -> None:
    wishes = Wishes(headers=("Authorization: Bearer test-key",))
    matrix = run_probe(make_probe(url, wishes, only=AREAS, jobs=4), Expected())
    departs = {one.name: one for one in matrix.results if one.verdict.value != "ok"}
    assert set(departs) == {"one-response-a-turn", "session-type-required"}
    told = " ".join(one.text for one in departs["one-response-a-turn"].deviations)
    assert "conversation_already_has_active_response" in told
