"""The pack of a connection by its URL and headers."""

from __future__ import annotations

import pytest

from rtdebug.packs.by_url import pack_for

GA, BETA, GEMINI = "openai-realtime", "openai-realtime-beta", "gemini-live"


@pytest.mark.parametrize(
    ("url", "pack"),
    [
        ("wss://api.openai.com/v1/realtime?model=gpt-realtime", GA),
        ("wss://api.openai.com/v1/realtime?call_id=rtc_1", GA),
        ("wss://x.openai.azure.com/openai/v1/realtime?model=d", GA),
        ("wss://x.openai.azure.com/openai/realtime?api-version=2024-10-01-preview&deployment=d", BETA),
        ("wss://x.openai.azure.com/openai/realtime?deployment=d&api-version=2024-10-01-preview", BETA),
        ("wss://x.services.ai.azure.com/voice-live/realtime?api-version=2025-10-01&model=m", "azure-voice-live"),
        ("wss://dashscope.aliyuncs.com/api-ws/v1/realtime?model=qwen", "qwen-omni"),
        ("wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", GEMINI),
        ("ws://127.0.0.1:8080/anything", GA),
    ],
)  # fmt: skip
def test_the_url_tells_the_pack(url: str, pack: str) -> None:
    assert pack_for(url) == pack


def test_a_header_asks_for_the_beta() -> None:
    url = "wss://api.openai.com/v1/realtime?model=gpt-realtime"
    assert pack_for(url, [("OpenAI-Beta", "realtime=v1")]) == BETA
    assert pack_for(url, [("OpenAI-Beta", "assistants=v2")]) == GA


@pytest.mark.parametrize(
    ("url", "pack"),
    [
        ("wss://api.x.ai/v1/realtime?model=grok-voice", "xai"),
        ("ws://litellm.internal:4000/v1/realtime?model=gpt-realtime", "openai-compatible"),
        ("wss://api.openai.com/v1/live/sessions/s_1?model=gpt-live", "openai-live"),
        ("wss://api.openai.com/v1/realtime/translations?model=m", "openai-translation"),
        ("wss://agent.deepgram.com/v1/agent/converse", "deepgram-agent"),
        ("wss://api.deepgram.com/v1/listen?model=nova-3", "deepgram-listen"),
        ("wss://api.deepgram.com/v2/listen?model=flux-general-en", "deepgram-flux"),
        ("wss://api.elevenlabs.io/v1/convai/conversation?agent_id=a", "elevenlabs-agent"),
    ],
)
def test_each_protocol_has_its_address(url: str, pack: str) -> None:
    assert pack_for(url) == pack
