"""A turn with pipecat's service in a pipeline: ``pipecat_py.py URL TURN``."""

import asyncio
import sys

from loguru import logger
from pipecat.adapters.schemas.function_schema import FunctionSchema
from pipecat.adapters.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    ErrorFrame,
    InputAudioRawFrame,
    LLMFullResponseEndFrame,
    LLMRunFrame,
    LLMTextFrame,
    TTSAudioRawFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.runner import PipelineRunner
from pipecat.pipeline.task import PipelineParams, PipelineTask
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.openai.realtime import events
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from turns import ANSWERS, QUESTION, TOOL, done, frames

BASE, TURN = sys.argv[1:3]
CALLED = []
logger.remove()
logger.add(sys.stderr, level="WARNING")


class Listener(FrameProcessor):
    """What comes out of the service; ``over`` when the answer is there."""

    def __init__(self):
        super().__init__()
        self.text, self.sound, self.over = "", 0, asyncio.Event()

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMTextFrame):
            self.text += frame.text
        if isinstance(frame, TTSAudioRawFrame):
            self.sound += len(frame.audio)
        if isinstance(frame, ErrorFrame):
            raise SystemExit(f"error: {frame.error}")
        if isinstance(frame, LLMFullResponseEndFrame) and (TURN != "tool" or self.text):
            self.over.set()
        await self.push_frame(frame, direction)


async def get_weather(params):
    CALLED.append(params.arguments)
    await params.result_callback(ANSWERS(**params.arguments))


async def main():
    modalities = ["audio"] if TURN == "audio" else ["text"]
    llm = OpenAIRealtimeLLMService(
        api_key="sk-none",
        base_url=BASE.replace("http", "ws", 1) + "/realtime",
        settings=OpenAIRealtimeLLMService.Settings(
            model="gpt-realtime",
            session_properties=events.SessionProperties(output_modalities=modalities),
        ),
    )
    llm.register_function("get_weather", get_weather)
    schema = TOOL["parameters"]
    tools = ToolsSchema(
        [
            FunctionSchema(
                TOOL["name"], TOOL["description"], schema["properties"], schema["required"]
            )
        ]
    )
    messages = [] if TURN == "audio" else [{"role": "user", "content": QUESTION[TURN]}]
    context = LLMContext(messages, tools)
    pair = LLMContextAggregatorPair(context)
    listener = Listener()
    task = PipelineTask(
        Pipeline([pair.user(), llm, listener, pair.assistant()]),
        params=PipelineParams(audio_in_sample_rate=24000, audio_out_sample_rate=24000),
    )
    running = asyncio.ensure_future(PipelineRunner(handle_sigint=False).run(task))
    if TURN == "audio":
        for frame in frames():
            await task.queue_frame(InputAudioRawFrame(frame, 24000, 1))
    else:
        await task.queue_frame(LLMRunFrame())
    await asyncio.wait_for(listener.over.wait(), 15)
    await task.cancel()
    await running
    done(TURN, listener.text, listener.sound, bool(CALLED))


asyncio.run(main())
