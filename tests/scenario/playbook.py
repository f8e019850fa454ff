"""Plays client events against the responder, by hand or from a playbook, and checks what it says.

A playbook is a YAML list. ``client`` sends an event (``raw`` a message that is none), ``until``
lets time pass to a moment, ``server`` lists everything that was sent since the last look, in order:
an event type, or a mapping of which every field must match; ``close`` is a close.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rtdebug.documents import load_document
from rtdebug.model.commands import Close, Command, Send
from rtdebug.model.records import Closed, Event, Opened, Sender, Undecodable
from rtdebug.packs.load import load_pack
from rtdebug.scenario.mock_reader import read_mock_script
from rtdebug.scenario.mock_script import MockScript
from rtdebug.scenario.responder import Responder
from rtdebug.scenario.vocabulary import vocabulary_of

URL = "ws://127.0.0.1:8765/v1/realtime?model=gpt-realtime"
PACK = load_pack("openai-realtime")
CHECK = vocabulary_of("openai-realtime").check_event


class Play:
    """A conversation with a responder; every event it sends must be one its own pack knows."""

    def __init__(
        self,
        script: MockScript | None = None,
        *,
        url: str = URL,
        headers: Sequence[tuple[str, str]] = (),
        strict: bool = True,
    ) -> None:
        self.responder = Responder(script, check_event=CHECK)
        self.at = 0.0
        self.said: list[dict[str, Any] | Close | str | bytes] = []
        self._strict = strict
        self._seq = 0
        self._looked = 0
        self._take(self.responder.observe(Opened(0.0, url, headers=tuple(headers))))

    def send(self, type_: str, **fields: Any) -> None:
        """The client sends an event."""
        payload = {"type": type_, **fields}
        self._seq += 1
        event = Event(self._seq, self.at, Sender.CLIENT, type_, payload)
        self._take(self.responder.observe(event))

    def send_raw(self, data: str | bytes) -> None:
        """The client sends what is no event."""
        self._seq += 1
        record = Undecodable(self._seq, self.at, Sender.CLIENT, data, "not an event")
        self._take(self.responder.observe(record))

    def until(self, at: float) -> None:
        """Time passes; the responder is woken whenever it wants to be."""
        steps = 0
        while self.responder.deadline is not None and self.responder.deadline <= at:
            self.at = self.responder.deadline
            self._take(self.responder.advance(self.at))
            steps += 1
            assert steps < 100_000, "the deadline does not move on"
        self.at = at

    def hang_up(self) -> None:
        """The client is gone."""
        self._take(self.responder.observe(Closed(self.at, 1000, "", Sender.CLIENT)))

    def look(self) -> list[dict[str, Any] | Close | str | bytes]:
        """What was said since the last look."""
        said = self.said[self._looked :]
        self._looked = len(self.said)
        return said

    def events(self, *types: str) -> list[dict[str, Any]]:
        """All events so far, or those of some types."""
        events = [each for each in self.said if isinstance(each, dict)]
        return [event for event in events if not types or event["type"] in types]

    def types(self) -> list[str]:
        """The types of what was said since the last look."""
        return [each["type"] if isinstance(each, dict) else str(each) for each in self.look()]

    def error(self) -> dict[str, Any]:
        """The one error since the last look, and nothing but it."""
        (only,) = self.look()
        assert isinstance(only, dict), only
        assert only["type"] == "error", only
        error: dict[str, Any] = only["error"]
        return error

    def _take(self, commands: Sequence[Command]) -> None:
        for command in commands:
            if isinstance(command, Close):
                self.said.append(command)
                continue
            assert isinstance(command, Send)
            self.said.append(self._understood(command.data))

    def _understood(self, data: str | bytes) -> dict[str, Any] | str | bytes:
        try:
            event = json.loads(data)
        except ValueError:
            return data
        if self._strict:
            assert problems(event) == []
        return event if isinstance(event, dict) else data


def problems(event: dict[str, Any]) -> list[str]:
    """What the pack, its unknown fields closed, has against a server event."""
    kind = PACK.kind(Sender.SERVER, event["type"])
    if kind is None:
        return [f"unknown type {event['type']}"]
    if kind.is_clean(event):
        return []
    return [violation.message for violation in (*kind.faults(event), *kind.unknown(event))]


def script(text: str) -> MockScript:
    """A mock script from its YAML."""
    from rtdebug.documents import parse_document

    document = parse_document(text, "script.yaml")
    return read_mock_script(document.value, document.error)


def run_playbook(path: Path) -> None:
    """Plays a playbook file and checks everything it says about the server."""
    document = load_document(path)
    head, *steps = document.value
    mock = read_mock_script(head.get("script", {}), document.error, path=(0, "script"))
    play = Play(
        mock,
        url=head.get("url", URL),
        headers=list(head.get("headers", {}).items()),
        strict=head.get("strict", True),
    )
    for index, step in enumerate(steps, start=1):
        if "client" in step:
            fields = dict(step["client"])
            play.send(fields.pop("type"), **fields)
        elif "raw" in step:
            play.send_raw(step["raw"])
        elif "until" in step:
            play.until(step["until"])
        else:
            _compare(play.look(), step["server"], str(document.location((index,))))
    assert play.look() == [], "the server said more than the playbook has"


def _compare(said: list[Any], expected: list[Any], place: str) -> None:
    seen = [one["type"] if isinstance(one, dict) else one for one in said]
    wanted = [_name(one) for one in expected]
    assert seen == wanted, f"{place}: the server said other things"
    for one, want in zip(said, expected, strict=True):
        if isinstance(want, Mapping) and "type" in want:
            wrong = list(_differences(want, one, ""))
            assert wrong == [], f"{place}: {want['type']}"


def _name(expected: Any) -> Any:
    if isinstance(expected, str):
        return expected
    if "close" in expected:
        close = expected["close"]
        return Close(close.get("code", 1000), close.get("reason", ""), close.get("abort", False))
    return expected.get("type", expected.get("text"))


def _differences(want: Any, seen: Any, where: str) -> Any:
    if isinstance(want, Mapping):
        if not isinstance(seen, Mapping):
            yield f"{where}: {seen!r} is no object"
            return
        for key, value in want.items():
            if key not in seen:
                yield f"{where}.{key} is missing"
            else:
                yield from _differences(value, seen[key], f"{where}.{key}")
    elif isinstance(want, list) and isinstance(seen, list) and len(want) == len(seen):
        for index, (one, other) in enumerate(zip(want, seen, strict=True)):
            yield from _differences(one, other, f"{where}[{index}]")
    elif want != seen:
        yield f"{where}: expected {want!r}, seen {seen!r}"
