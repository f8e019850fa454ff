"""Headings that say from whom to whom."""

from __future__ import annotations

import pytest

from rtdebug.captures.pasted.words import heading
from rtdebug.model.records import Sender

CLIENT, SERVER = Sender.CLIENT, Sender.SERVER


@pytest.mark.parametrize(
    ("line", "sender"),
    [
        ("client → server:", CLIENT),
        ("### client -> server", CLIENT),
        ("Server → Client:", SERVER),
        ("Client to server:", CLIENT),
        ("Messages from the server to the client:", SERVER),
        ("Sent to the server:", CLIENT),
        ("Received from the server:", SERVER),
        ("### 客户端→服务器", CLIENT),
        ("### 服务器→客户端", SERVER),
        ("收到：", SERVER),
        ("What I want to show:", None),
    ],
)
def test_a_heading_says_who_sent_what_follows(line: str, sender: Sender | None) -> None:
    assert heading(line) is sender
