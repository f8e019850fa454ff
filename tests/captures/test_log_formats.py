"""Which format a log is in is told by what is in it; what cannot be had is said."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from rtdebug.api.diagnosing import sender_of
from rtdebug.captures.formats import FORMATS, read
from rtdebug.captures.texts import read_long_text
from rtdebug.errors import UnreadableError
from rtdebug.model.records import (
    Clock,
    Closed,
    Ended,
    Event,
    Opened,
    Refused,
    Remark,
    Sender,
    Undecodable,
)
from rtdebug.secrets.masker import Masker

LOGS = Path(__file__).parent / "logs"
EVENT = '{"type": "session.created", "event_id": "event_1", "session": {}}'


@pytest.mark.parametrize(
    ("log", "format_"),
    [
        ('{"rtdebug_capture": 1}\n', "rtdebug capture"),
        (f"{EVENT}\n{EVENT}\n", "JSON lines"),
        (f"[{EVENT}]", "JSON document"),
        (EVENT, "JSON document"),
        (f'{{"log": [{EVENT}]}}', "JSON document"),
        (f"[{EVENT}, {EVENT[:30]}", "pasted text"),
        (f"server: {EVENT}", "pasted text"),
        ("", "pasted text"),
    ],
)
def test_the_content_tells_the_format(log: str, format_: str, read_one: Any) -> None:
    assert read_one(log).reading.format == format_
    assert format_ in {known.name for known in FORMATS}


def test_utf_16_and_byte_order_marks_are_read(read_one: Any) -> None:
    for data in (EVENT.encode("utf-16"), b"\xef\xbb\xbf" + EVENT.encode()):
        assert read_one(data).types == ["session.created"]


def test_a_har_gives_a_reading_for_each_connection(read_log: Any) -> None:
    first, second = read_log((LOGS / "browser.har").read_bytes())
    opened, created, ask, binary, odd, error, over = first.records
    assert isinstance(opened, Opened)
    assert opened.subprotocol == "realtime"
    shown = Masker().record(opened)
    assert isinstance(shown, Opened)
    assert "abc.def" not in repr(shown.headers)
    assert "[redacted]" in dict(shown.headers)["Authorization"]
    assert (created.type, created.at, created.sender) == ("session.created", 0.25, Sender.SERVER)
    assert (ask.type, ask.at, ask.sender) == ("response.create", 0.5, Sender.CLIENT)
    assert isinstance(binary, Undecodable)
    assert binary.data == b"\x00\x01\x02\xff"
    assert isinstance(odd, Undecodable)
    assert isinstance(error, Remark)
    assert isinstance(over, Ended)
    assert over.at == 0.9
    assert first.reading.started == "2026-02-03T04:05:06.000Z"
    (refused,) = second.records
    assert isinstance(refused, Refused)
    assert (refused.status, refused.body) == (429, "slow down")
    assert ("Retry-After", "7") in refused.headers


def test_an_empty_har_is_no_error(read_log: Any) -> None:
    assert read_log('{"log": {"entries": []}}')[0].events == []
    assert read_log('{"log": {"entries": [7, {"request": 5}, {"_webSocketMessages": [3]}]}}')


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.jsonl", Path("a\0b")):
        with pytest.raises(UnreadableError, match=str(tmp_path) if path.is_dir() else "cannot"):
            read(path, sender_of=sender_of)


def test_a_file_is_read_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "log.anything"
    path.write_text(f"{EVENT}\n{EVENT}\n")
    (reading,) = read(path, sender_of=sender_of)
    assert len(list(reading.records)) == 2


def test_a_pipe_is_read(tmp_path: Path) -> None:
    reader, writer = os.pipe()

    def feed() -> None:
        with os.fdopen(writer, "wb") as stream:
            stream.write(f"{EVENT}\n".encode() * 3)
            stream.write(b'{"event": "close", "code": 1001, "reason": "x"}\n')

    feeding = threading.Thread(target=feed)
    feeding.start()
    with os.fdopen(reader, "rb") as stream:
        (reading,) = read(stream, sender_of=sender_of)
        records = list(reading.records)
    feeding.join()
    assert isinstance(records[-1], Closed)
    assert reading.view.to_end


@pytest.mark.skipif(find_spec("mitmproxy") is not None, reason="mitmproxy is installed")
def test_flow_files_say_what_to_install() -> None:
    flow = io.BytesIO(b"5512:9:websocket;4:null~7:version;2:21#17:mitmproxy_version;5:12.0;")
    with pytest.raises(UnreadableError, match="mitmproxy flow file") as caught:
        read(flow, sender_of=sender_of)
    assert "rtdebug[mitm]" in caught.value.hint


def test_a_long_text_is_read_in_parts() -> None:
    session = {"id": "sess_1", "instructions": "Speak slowly. " * 80}
    event = {"type": "session.updated", "event_id": "event_1", "session": session}
    pretty = json.dumps(event, indent=1)
    text = "run 1: session.created\n" + "".join(
        f"2026-03-04 10:00:{second % 60:02d},500 DEBUG ws < {pretty}\nan app's line\n"
        for second in range(2000)
    )
    stream = io.BytesIO((text + "then nothing more came\n").encode())
    reading = read_long_text(stream, sender_of)
    records = list(reading.records)
    events = [record for record in records if isinstance(record, Event)]
    assert len(text) > 2 << 20
    assert [event.payload for event in events if event.whole] == [event] * 2000
    assert reading.view.to_end
    assert reading.view.clock is Clock.EXACT
    assert records[-1] == Remark(records[-1].at, "then nothing more came", text.count("\n") + 1)


def test_readers_are_lean() -> None:
    """Nothing that a diagnosis does not need is imported, and a capture needs least."""
    heavy = ("asyncio", "rich", "jsonschema", "yaml", "websockets", "mitmproxy")
    script = f"""
import importlib, pkgutil, sys
import rtdebug.captures as room
names = [m.name for m in pkgutil.walk_packages(room.__path__, "rtdebug.captures.")]
assert len(names) > 30, names
for name in names:
    importlib.import_module(name)
loaded = [name for name in {heavy!r} if name in sys.modules]
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_a_capture_does_not_load_the_paste_reader(tmp_path: Path) -> None:
    script = """
import io, sys
from rtdebug.captures.formats import read
log = io.BytesIO(b'{"rtdebug_capture": 1}\\n')
list(read(log, sender_of=lambda kind: None)[0].records)
loaded = [name for name in sys.modules if "pasted" in name or name.endswith((".har", ".lines"))]
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
