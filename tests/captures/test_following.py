"""Reading a capture while it is being written."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtdebug.captures.following import Follower
from rtdebug.captures.jsonl import encode, header_line
from rtdebug.captures.writer import CaptureWriter
from rtdebug.errors import UnreadableError
from rtdebug.model.records import Closed, Ended, Event, Opened, Record, Sender

HEADER = header_line(
    pack="openai-realtime", url="wss://example.test", started="2026-01-01T00:00:00Z"
)
EVENT = Event(1, 0.1, Sender.CLIENT, "response.create", {"type": "response.create"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "capture.jsonl"


def add(path: Path, *pieces: bytes) -> None:
    with path.open("ab") as file:
        file.writelines(pieces)


def test_each_record_is_given_once_as_it_is_written(path: Path) -> None:
    writer = CaptureWriter(path, pack="openai-realtime")
    follower = Follower(path)
    seen: list[list[Record]] = [follower.read()]
    for record in (Opened(0.0), EVENT, Closed(0.2, 1000)):
        writer.write(record)
        seen.append(follower.read())
    assert [[type(one) for one in some] for some in seen] == [[], [Opened], [Event], [Closed]]
    assert follower.over
    assert follower.reading is not None
    assert follower.reading.pack_hint == "openai-realtime"
    follower.close()
    writer.close()


def test_a_line_is_taken_when_it_is_whole(path: Path) -> None:
    line = encode(EVENT)
    add(path, HEADER, line[:20])
    follower = Follower(path)
    assert follower.read() == []
    add(path, line[20:-1])
    assert follower.read() == []
    add(path, b"\n")
    (found,) = follower.read()
    assert isinstance(found, Event)
    assert found.payload == EVENT.payload
    follower.close()


def test_the_header_may_come_later(path: Path) -> None:
    path.touch()
    follower = Follower(path)
    assert follower.read() == []
    add(path, HEADER[:10])
    assert (follower.read(), follower.reading) == ([], None)
    add(path, HEADER[10:], encode(EVENT))
    assert len(follower.read()) == 1
    assert follower.reading is not None
    assert follower.reading.url == "wss://example.test"
    follower.close()


def test_the_end_of_a_watch_may_be_followed_by_a_close(path: Path) -> None:
    add(path, HEADER, encode(Ended(1.0, "interrupted")))
    follower = Follower(path)
    follower.read()
    assert not follower.over
    follower.close()


def test_lines_that_are_no_records_are_counted(path: Path) -> None:
    add(path, HEADER, b"{torn\n", b"\n", encode(EVENT), b'{"at": "x"}\n')
    follower = Follower(path)
    assert len(follower.read()) == 1
    follower.finish()
    assert follower.reading is not None
    assert follower.reading.notes == ["2 lines are no records and left out"]
    follower.close()


@pytest.mark.parametrize("first", [b'{"type": "session.created"}\n', b"Traceback\n", b"\xff\n"])
def test_another_log_cannot_be_followed(path: Path, first: bytes) -> None:
    add(path, first)
    follower = Follower(path)
    with pytest.raises(UnreadableError, match="only captures of rtdebug can be followed"):
        follower.read()
    follower.close()


def test_a_capture_of_a_newer_version_cannot_be_followed(path: Path) -> None:
    add(path, HEADER.replace(b'"rtdebug_capture":1', b'"rtdebug_capture":9'))
    follower = Follower(path)
    with pytest.raises(UnreadableError, match="a capture of version 9"):
        follower.read()
    follower.close()


def test_a_folder_or_nothing_cannot_be_followed(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="this is a folder"):
        Follower(tmp_path)
    with pytest.raises(UnreadableError, match="No such file"):
        Follower(tmp_path / "none.jsonl")
