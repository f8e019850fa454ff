"""Every fault of the gallery, served to a plain client: the judge between them names it, alone."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from rtdebug.api import judge, serve
from rtdebug.api.gallery_faults import fault_files
from rtdebug.model.findings import Severity
from rtdebug.model.results import Report

# What a client leaves out no server can show.
SERVED = sorted(set(fault_files()) - {"no-response-create"})
PATIENCE = 12.0  # seconds, longer than the judge's
AT_ONCE = 12
SPEECH = [base64.b64encode(b"\x00\x20\x00\xe0" * 1200).decode()] * 6
SILENCE = [base64.b64encode(bytes(4800)).decode()] * 6
TOOL = {"type": "function", "name": "get_weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}}}  # fmt: skip
ASKED = {
    "output_modalities": ["text"], "tools": [TOOL], "instructions": "Speak English.",
    "audio": {"input": {"transcription": {"model": "gpt-4o-transcribe"}},
              "output": {"voice": "marin"}},
}  # fmt: skip
QUESTION = [{"type": "input_text", "text": "What is the weather in Oslo?"}]


class Refused(Exception):
    """What is no answer, at which this client gives up."""


class Client:
    """Does in turn all that the gallery's clients do."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.spoken = False

    def say(self, type_: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": type_, **fields}))

    def until(self, type_: str) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while True:
            with suppress(ValueError):
                event = json.loads(self.socket.recv(end - time.monotonic()))
                if event.get("type") == "error":
                    raise Refused(event)
                if event.get("type") == type_:
                    return dict(event)

    def converse(self) -> None:
        self.until("session.created")
        self.update(**ASKED)
        answer = self.answered({"type": "message", "role": "user", "content": QUESTION})
        for call in (one for one in answer["output"] if one["type"] == "function_call"):
            result = {"type": "function_call_output", "call_id": call["call_id"], "output": "{}"}
            answer = self.answered(result)
        self.say("conversation.item.delete", item_id=answer["output"][0]["id"])
        self.until("conversation.item.deleted")
        self.update(output_modalities=["audio"])
        self.spoken = True
        self.append(SPEECH + SILENCE)
        (item,) = self.whole()["output"]
        self.say("conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=99)
        self.until("conversation.item.truncated")
        self.update(audio={"input": {"turn_detection": None}})
        self.append(SPEECH)
        self.say("input_audio_buffer.commit")
        self.until("input_audio_buffer.committed")
        self.say("response.create")
        self.until("response.created")
        self.say("response.cancel")
        self.until("response.done")

    def update(self, **settings: Any) -> None:
        self.say("session.update", session={"type": "realtime", **settings})
        self.until("session.updated")

    def answered(self, item: dict[str, Any]) -> dict[str, Any]:
        self.say("conversation.item.create", item=item)
        self.say("response.create")
        return self.whole()

    def whole(self) -> dict[str, Any]:
        response = self.until("response.done")["response"]
        text_for_audio = self.spoken and '"output_text"' in json.dumps(response)
        if response["status"] != "completed" or not response["output"] or text_for_audio:
            raise Refused(response)
        return dict(response)

    def hear_out(self) -> None:
        """Leaves when the server has said all."""
        with suppress(TimeoutError):
            while True:
                self.socket.recv(0.2)

    def append(self, sound: list[str]) -> None:
        for chunk in sound:
            self.say("input_audio_buffer.append", audio=chunk)


def judged(fault: str | None) -> Report:
    """What the judge saw of a plain client and a server with a fault."""
    with serve(fault=fault) as server, judge(server.url) as between:
        key = {"Authorization": "Bearer sk-none"}
        with (
            suppress(WebSocketException),
            connect(f"{between.url}?model=gpt-realtime", additional_headers=key) as socket,
        ):
            client = Client(socket)
            with suppress(Refused, TimeoutError):
                client.converse()
            client.hear_out()
        return between.report()


@pytest.fixture(scope="module")
def reports() -> Iterator[dict[str | None, Future[Report]]]:
    """All at once, for some are silence."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {fault: pool.submit(judged, fault) for fault in (None, *SERVED)}


def test_without_a_fault_it_is_clean(reports: dict[str | None, Future[Report]]) -> None:
    (run,) = reports[None].result().runs
    assert [one.name for one in run.findings if one.severity is not Severity.INFO] == []
    assert not run.open


@pytest.mark.parametrize("fault", SERVED)
def test_the_fault_is_named_alone(fault: str, reports: dict[str | None, Future[Report]]) -> None:
    (run,) = reports[fault].result().runs
    roots = [one for one in run.findings if one.under is None]
    told = [one for one in roots if one.severity is not Severity.INFO or one.name == fault]
    assert [one.name for one in told] == [fault], [one.message for one in told]
