"""Our own capture format: what is written is read back as it was, any prefix of it too."""

from __future__ import annotations

import io
import json
import os
import stat
from pathlib import Path

import orjson
import pytest
from jsonschema import Draft202012Validator

from rtdebug.captures.decoding import decode
from rtdebug.captures.jsonl import MARK, encode, header_line
from rtdebug.captures.own import read_own
from rtdebug.captures.writer import CaptureWriter
from rtdebug.errors import UnreadableError
from rtdebug.model.records import (
    Clock,
    Closed,
    Ended,
    Event,
    Opened,
    Record,
    Refused,
    Remark,
    Sender,
    Step,
    Undecodable,
    View,
)


def event(seq: int, at: float, sender: Sender, text: str | bytes) -> Event:
    payload = orjson.loads(text)
    size = len(text.encode() if isinstance(text, str) else text)
    return Event(seq, at, sender, payload["type"], payload, size, text)


RECORDS: list[Record] = [
    Opened(0.0, "wss://example.test/v1/realtime?model=m", "realtime", (("User-Agent", "x"),)),
    event(1, 0.1, Sender.SERVER, '{"type":"session.created","session":{"id":"sess_1"}}'),
    event(2, 0.25, Sender.CLIENT, '{ "type" : "response.create", "note": "ünïcode \\u2028" }'),
    event(3, 0.5, Sender.SERVER, '{"type":"error","error":{"code":null}}'),
    Undecodable(4, 0.75, Sender.SERVER, "not json", "expected a JSON value at column 1"),
    Undecodable(5, 0.8, Sender.SERVER, b"\x00\xff\xfe", "binary"),
    Refused(0.9, Step.UPGRADE, "HTTP 401", "wss://x.test", 401, (("Server", "y"),), "{}"),
    Remark(1.0, "app: I see nothing", 12),
    Closed(1.2, 1006, "", None),
    Closed(1.3, 4000, "gone", Sender.SERVER),
    Ended(1.5, "gave-up", 2.5),
]


def written(records: list[Record]) -> bytes:
    return header_line(pack="p", started="2026-01-01T00:00:00Z") + b"".join(map(encode, records))


def read(data: bytes) -> list[Record]:
    return list(read_own("x", io.BytesIO(data)).records)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_comes_back_as_it_was_written(record: Record) -> None:
    line = encode(record)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert decode(line) == record


def test_every_line_is_valid_by_the_published_schema() -> None:
    path = Path(__file__).parents[2] / "schemas" / "rtdebug" / "capture.schema.json"
    validator = Draft202012Validator(json.loads(path.read_text()))
    elided = Event(1, 0.5, Sender.SERVER, "a", {"type": "a"}, 0, None, False)
    data = written([*RECORDS, elided]) + header_line(view=View(), patience=1.0)
    for line in [*data.splitlines(), encode(RECORDS[1], {"session.created": "type"})]:
        assert list(validator.iter_errors(json.loads(line))) == []
    assert not validator.is_valid({"seq": 1, "at": 0.5, "from": "server"})
    assert not validator.is_valid({"at": 0.5, "closed": {"code": "1000"}})


def test_a_capture_comes_back_with_its_header() -> None:
    data = header_line(
        pack="openai-realtime", url="wss://x.test", started="2026-01-01T00:00:00Z",
        patience=2.5, ignore=("rate-limit-low",),
    ) + b"".join(map(encode, RECORDS))  # fmt: skip
    reading = read_own("x", io.BytesIO(data))
    assert list(reading.records) == RECORDS
    assert reading.pack_hint == "openai-realtime"
    assert reading.url == "wss://x.test"
    assert reading.header["patience"] == 2.5
    assert reading.header["ignore"] == ["rate-limit-low"]
    assert reading.view == View()
    assert reading.notes == []


def test_every_prefix_of_a_capture_is_a_capture() -> None:
    data = written(RECORDS)
    start = data.index(b"\n") + 1
    for end in range(start, len(data)):
        records = read(data[:end])
        assert records == RECORDS[: len(records)]
        assert len(records) >= data[:end].count(b"\n") - 1


def test_a_torn_last_line_is_left_out_with_a_note() -> None:
    data = written(RECORDS)[:-5]
    reading = read_own("x", io.BytesIO(data))
    assert list(reading.records) == RECORDS[:-1]
    assert reading.notes == ["line 12 is torn (the last one was not written whole) and left out"]


def test_a_capture_without_a_close_does_not_show_its_end() -> None:
    assert not read_own("x", io.BytesIO(written(RECORDS[:4]))).view.to_end
    assert read_own("x", io.BytesIO(written(RECORDS[:9]))).view.to_end


def test_a_message_over_several_lines_is_written_on_one() -> None:
    text = '{\n "type": "response.create"\n}'
    back = decode(encode(event(1, 0.0, Sender.CLIENT, text)))
    assert isinstance(back, Event)
    assert back.payload == {"type": "response.create"}
    assert back.size == len(text)


def test_a_message_of_bytes_is_embedded_as_it_was() -> None:
    data = b'{"type": "a",  "n": 1.50}'
    line = encode(event(1, 0.5, Sender.SERVER, data))
    assert data in line
    back = decode(line)
    assert isinstance(back, Event)
    assert back.text == data.decode()


def test_what_is_no_strict_json_is_read_back() -> None:
    surrogate = Event(1, 0.5, Sender.SERVER, "a", {"type": "a", "t": "\ud800"}, 9, None)
    nan = Event(2, 0.5, Sender.SERVER, "a", {"type": "a", "t": 1}, 9, '{"type":"a","t":NaN}')
    for record in (surrogate, nan):
        back = decode(encode(record))
        assert isinstance(back, Event)
        assert back.type == "a"


def test_an_elided_event_stays_marked() -> None:
    elided = Event(1, 0.5, Sender.SERVER, "a", {"type": "a"}, 0, None, False)
    back = decode(encode(elided))
    assert isinstance(back, Event)
    assert not back.whole


def test_audio_is_left_out_but_its_length_stays() -> None:
    audio = "QUJD" * 300
    whole = event(1, 0.5, Sender.SERVER, json.dumps({"type": "audio.delta", "delta": audio}))
    line = encode(whole, {"audio.delta": "delta"})
    assert b"QUJD" not in line
    back = decode(line)
    assert isinstance(back, Event)
    assert back.size == whole.size
    assert len(back.payload["delta"]) == len(audio)
    assert back.payload["delta"] != audio
    assert json.loads(line)["audio"]["chars"] == len(audio)


def test_lines_that_are_no_records_are_counted() -> None:
    data = written(RECORDS[:1]) + b"garbage\n[1]\n{}\n" + encode(RECORDS[1])
    reading = read_own("x", io.BytesIO(data))
    assert list(reading.records) == RECORDS[:2]
    assert reading.notes == ["3 lines are no records of a capture and left out: 3, 4, 5"]


@pytest.mark.parametrize(
    "line",
    [
        b'{"seq": "1", "at": 0.5, "from": "server", "event": {"type": "a"}}',
        b'{"seq": 1, "at": "0.5", "from": "server", "event": {"type": "a"}}',
        b'{"seq": 1, "at": 0.5, "from": "nobody", "event": {"type": "a"}}',
        b'{"seq": 1, "at": 0.5, "from": "server", "event": {"type": 7}}',
        b'{"seq": 1, "at": 0.5, "from": "server", "event": []}',
        b'{"seq": 1, "at": 0.5, "from": ["server"], "event": {"type": "a"}}',
        b'{"at": 1.0, "closed": {"code": "x"}}',
        b'{"at": 1.0, "opened": 7}',
        b'{"at": true, "ended": {"reason": "finished"}}',
    ],
)
def test_a_line_with_wrong_values_never_becomes_a_record(line: bytes) -> None:
    for record in read(header_line() + line + b"\n"):
        assert isinstance(record, Event)
        assert isinstance(record.seq, int)


def test_a_capture_rewritten_by_another_tool_is_read() -> None:
    rewritten = b"\n".join(
        json.dumps(json.loads(line), separators=(",", ":"), sort_keys=True).encode()
        for line in written(RECORDS).splitlines()
    )
    records = read(rewritten)
    assert [type(record) for record in records] == [type(record) for record in RECORDS]
    payloads = [record.payload for record in records if isinstance(record, Event)]
    assert payloads == [record.payload for record in RECORDS if isinstance(record, Event)]


def test_a_capture_of_a_later_version_is_refused() -> None:
    with pytest.raises(UnreadableError, match="reads up to 1"):
        read_own("x.jsonl", io.BytesIO(b'{"rtdebug_capture": 2}\n'))


def test_the_view_of_an_imported_log_is_kept() -> None:
    view = View(Clock.SECONDS, False, False, frozenset({Sender.SERVER}), False, frozenset({"a.*"}))
    reading = read_own("x", io.BytesIO(header_line(view=view)))
    assert reading.view == view


def test_a_capture_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.jsonl"
    writer = CaptureWriter(path, pack="p")
    for record in RECORDS:
        writer.write(record)
    assert path.read_bytes().count(b"\n") == len(RECORDS) + 1  # before it is closed
    writer.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert read(path.read_bytes()) == RECORDS
    assert json.loads(path.read_bytes().splitlines()[0])[MARK] == 1


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("mine")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    for taken in (path, link, tmp_path):
        with pytest.raises(UnreadableError):
            CaptureWriter(taken)
    with pytest.raises(UnreadableError, match="not a folder"):
        CaptureWriter(path / "below.jsonl")
    assert path.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


def test_a_failing_disk_ends_the_capture_and_not_the_session(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    writer = CaptureWriter(path)
    writer.write(RECORDS[1])
    descriptor = writer._file
    assert descriptor is not None
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, descriptor)
    os.close(full)
    writer.write(RECORDS[2])
    writer.write(RECORDS[3])
    writer.close()
    assert writer.failure is not None
    assert "ends after 1 records" in writer.failure
    assert read(path.read_bytes()) == [RECORDS[1]]


@pytest.mark.skipif(os.name == "nt", reason="what is open cannot be deleted there")
def test_a_capture_that_was_deleted_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    writer = CaptureWriter(path)
    path.unlink()
    writer.write(RECORDS[1])
    assert writer.failure is None
    writer.close()
    assert writer.failure == f"{path}: it was deleted while it was written"
