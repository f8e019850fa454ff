"""A recording answers as it did: causal order, the ids of this time, and the first difference."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rtdebug.model.commands import Close, Command, Send
from rtdebug.model.records import Closed, Event, Opened, Record, Refused, Sender, Step
from rtdebug.packs.load import load_pack
from rtdebug.scenario.cassette import cassette_of
from rtdebug.scenario.mock_script import Refuse
from rtdebug.scenario.replayer import Replayer

PACK = load_pack("openai-realtime")


def ask(at: float, type_: str, **fields: Any) -> Event:
    return Event(int(at * 10), at, Sender.CLIENT, type_, {"type": type_, **fields})


def said(at: float, type_: str, **fields: Any) -> Event:
    return Event(int(at * 10), at, Sender.SERVER, type_, {"type": type_, **fields})


def item(item_id: str, text: str = "Hello") -> dict[str, Any]:
    content = [{"type": "input_text", "text": text}]
    return {"id": item_id, "type": "message", "role": "user", "content": content}


RECORDING: list[Record] = [
    Opened(0.0),
    said(0.1, "session.created"),
    ask(0.2, "conversation.item.create", event_id="e1", item=item("mine_1")),
    ask(0.3, "response.create", response={"metadata": {"key": "k1"}}),
    said(0.5, "conversation.item.added", item=item("mine_1")),
    said(0.7, "response.created", response={"id": "resp_1", "metadata": {"key": "k1"}}),
    said(0.9, "response.output_text.delta", response_id="resp_1", delta="mine_1 "),
    ask(1.0, "response.cancel"),
    said(1.2, "response.done", response={"id": "resp_1", "status": "cancelled"}),
    Closed(1.5, 1001, "bye", Sender.SERVER),
]


class Play:
    """A client of the recording; ``seen`` is what came, ``told`` where it differs."""

    def __init__(self, recording: list[Record] = RECORDING, *, original: bool = False) -> None:
        self.told: list[str] = []
        self.seen: list[Any] = []
        cassette = cassette_of(recording, PACK)
        self.replayer = Replayer(cassette, self.told.append, original=original)
        self._take(self.replayer.observe(Opened(0.0)))

    def send(self, at: float, type_: str, **fields: Any) -> list[str]:
        seen = len(self.seen)
        self._take(self.replayer.observe(ask(at, type_, **fields)))
        return self._types(seen)

    def until(self, at: float) -> list[str]:
        seen = len(self.seen)
        while (due := self.replayer.deadline) is not None and due <= at:
            self._take(self.replayer.advance(due))
        return self._types(seen)

    def _types(self, since: int) -> list[str]:
        return [one["type"] if isinstance(one, dict) else one for one in self.seen[since:]]

    def _take(self, commands: Any) -> None:
        for command in commands:
            self.seen.append(_read(command))


def _read(command: Command) -> Any:
    if isinstance(command, Close):
        return f"close {command.code} {command.reason}"
    assert isinstance(command, Send)
    return json.loads(command.data)


def test_each_ask_gets_what_followed_it_with_the_ids_of_this_time() -> None:
    play = Play()
    assert play.seen == [{"type": "session.created"}]
    assert play.send(3.0, "conversation.item.create", event_id="x", item=item("other")) == [
        "conversation.item.added"
    ]
    assert play.seen[-1]["item"]["id"] == "other"
    assert play.send(4.0, "response.create", response={"metadata": {"key": "k2"}}) == [
        "response.created",
        "response.output_text.delta",
    ]
    assert play.seen[-2]["response"]["metadata"] == {"key": "k2"}
    assert play.seen[-1]["delta"] == "mine_1 "  # a text that only looks like an id
    assert play.send(5.0, "response.cancel") == ["response.done", "close 1001 bye"]
    assert play.told == []


@pytest.mark.parametrize(
    ("type_", "fields", "said_"),
    [
        ("response.create", {}, "the client sent response.create"),
        (
            "conversation.item.create",
            {"item": item("other", "Bye")},
            '/item/content/0/text was "Hello", and is "Bye"',
        ),
        (
            "conversation.item.create",
            {"item": item("other"), "previous_item_id": "root", "extra": 1},
            "/extra was absent, and is 1",
        ),
    ],
)
def test_the_first_ask_that_differs_is_told_once(
    type_: str, fields: dict[str, Any], said_: str
) -> None:
    play = Play()
    play.send(1.0, type_, **fields)
    play.send(1.1, "input_audio_buffer.clear")
    assert play.told == [f"differs: event 2 of the recording is conversation.item.create; {said_}"]


def test_an_ask_that_differs_is_answered_by_its_kind() -> None:
    play = Play()
    assert play.send(1.0, "response.create") == []  # the item's answer came first then
    assert play.until(1.4) == []
    assert play.until(1.5) == ["response.created", "response.output_text.delta"]


def test_a_client_that_goes_early_and_one_that_asks_more() -> None:
    play = Play()
    play.replayer.observe(Closed(1.0, 1000, "", Sender.CLIENT))
    assert play.told == [
        "differs: event 2 of the recording is conversation.item.create; the client closed"
    ]
    play = Play([Opened(0.0), said(0.1, "session.created")])
    play.send(1.0, "response.create")
    assert play.told == ["differs: the recording has no more asks, the client sent response.create"]


def test_it_takes_the_time_it_took() -> None:
    play = Play(original=True)
    assert play.seen == []
    assert play.until(0.1) == ["session.created"]
    assert play.send(2.0, "conversation.item.create", item=item("other")) == []
    assert play.until(2.29) == []
    assert play.until(2.31) == ["conversation.item.added"]


def test_sound_counts_by_its_amount() -> None:
    sound = "A" * 4000
    play = Play(
        [
            Opened(0.0),
            *(ask(number / 10, "input_audio_buffer.append", audio=sound) for number in (1, 2, 3)),
            said(0.4, "input_audio_buffer.speech_started"),
            ask(0.5, "input_audio_buffer.append", audio=sound),
            said(0.6, "input_audio_buffer.speech_stopped"),
        ]
    )
    assert play.send(1.0, "input_audio_buffer.append", audio="B" * 11_000) == []
    assert play.send(1.1, "input_audio_buffer.append", audio="B" * 1_000) == [
        "input_audio_buffer.speech_started"
    ]
    assert play.send(1.2, "input_audio_buffer.append", audio=sound * 2) == [
        "input_audio_buffer.speech_stopped"
    ]
    assert play.told == []


def test_a_refused_upgrade_is_refused() -> None:
    cassette = cassette_of([Refused(0.1, Step.UPGRADE, "no", status=401, body="{}")], PACK)
    assert Replayer(cassette, print).refuse == Refuse(401, "{}")
