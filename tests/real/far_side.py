"""The server's side of a connection, written down where the server stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tailing import records

from rtdebug.engine.decoder import decode
from rtdebug.model.records import Closed, Event, Record, Sender, Undecodable
from rtdebug.packs.load import load_pack


class FarSide:
    """What the embedded server got and sent, text by text, and how it saw the connection end.

    Stands where a session stands otherwise, so it is the hallway of the server's records.
    """

    deadline: float | None = None

    def __init__(self) -> None:
        self.got: list[str] = []
        self.sent: list[str] = []
        self.closed: Closed | None = None
        self._pack = load_pack()

    def decode(
        self, data: str | bytes, at: float, sender: Sender, *, binary: bool = False
    ) -> Event | Undecodable:
        assert isinstance(data, str), "every client sends text frames"
        side = self.got if sender is Sender.CLIENT else self.sent
        side.append(data)
        return decode(self._pack, data, len(self.got) + len(self.sent), at, sender)

    def observe(self, record: Record) -> None:
        if isinstance(record, Closed):
            self.closed = record

    def advance(self, at: float) -> None:
        """It waits for nothing."""


def captured(path: Path, sender: str) -> list[Any]:
    """The events of one side in a capture."""
    return [line["event"] for line in records(path) if line.get("from") == sender]


def parsed(texts: list[str]) -> list[Any]:
    """Texts as the events they are."""
    return [json.loads(text) for text in texts]
