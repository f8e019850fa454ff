"""The script for mitmproxy, called with flows as mitmproxy has them."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rtdebug.api.diagnosing import diagnose_files
from rtdebug.captures.mitm_addon import CaptureAddon

KEY = "planted-key-without-shape"
START = 1_767_582_000.0  # 2026-01-05T03:00:00Z
SESSION = {
    "type": "session.created", "event_id": "event_1",
    "session": {"type": "realtime", "object": "realtime.session", "id": "sess_1",
                "model": "gpt-realtime", "output_modalities": ["text"]},
}  # fmt: skip


class Headers(dict[str, str]):
    """Headers as mitmproxy has them, as far as the script looks at them."""

    def items(self, multi: bool = False) -> Any:
        return super().items()

    def get(self, name: str, default: Any = None) -> Any:
        return {key.lower(): value for key, value in super().items()}.get(name.lower(), default)


def flow(status: int = 101, body: str = "", **headers: str) -> Any:
    sent = Headers({"Upgrade": "websocket", "api-key": KEY, **headers})
    request = SimpleNamespace(
        pretty_url="https://api.example.test/v1/realtime?model=m&api-key=abcdefgh",
        headers=sent, timestamp_start=START - 0.2,
    )  # fmt: skip
    response = SimpleNamespace(
        status_code=status, reason="Unauthorized", timestamp_end=START,
        headers=Headers({"Sec-WebSocket-Protocol": "realtime"}),
        get_text=lambda strict: body,
    )  # fmt: skip
    socket = SimpleNamespace(
        messages=[], closed_by_client=False, close_code=4001, close_reason=f"key {KEY}",
        timestamp_end=START + 2.0,
    )  # fmt: skip
    return SimpleNamespace(id="flow-1", request=request, response=response, websocket=socket)


def say(addon: CaptureAddon, one: Any, content: bytes, at: float, **more: bool) -> None:
    message = SimpleNamespace(
        content=content, timestamp=START + at, from_client=more.get("client", False),
        is_text=more.get("text", True),
    )  # fmt: skip
    one.websocket.messages.append(message)
    addon.websocket_message(one)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def addon(tmp_path: Path) -> CaptureAddon:
    return CaptureAddon(str(tmp_path / "captures"))


def test_a_flow_becomes_a_capture(addon: CaptureAddon, tmp_path: Path) -> None:
    one = flow()
    addon.websocket_start(one)
    say(addon, one, json.dumps(SESSION).encode(), 0.5)
    say(addon, one, b'{"type": "input_audio_buffer.clear"}', 0.75, client=True)
    say(addon, one, b"\x00\xff", 1.0, text=False)
    addon.websocket_end(one)
    path = tmp_path / "captures" / "conn-0001.jsonl"
    header, opened, created, cleared, binary, closed = lines(path)
    assert header["started"] == "2026-01-05T03:00:00.000Z"
    assert header["pack"] == "openai-realtime"
    assert opened["opened"]["subprotocol"] == "realtime"
    assert (created["at"], created["from"], created["event"]) == (0.5, "server", SESSION)
    assert (cleared["at"], cleared["from"], cleared["seq"]) == (0.75, "client", 2)
    assert binary["binary"] == "AP8="
    assert closed["at"] == 2.0
    assert closed["closed"]["by"] == "server"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (run,) = diagnose_files([str(path)]).runs
    assert (run.client, run.server) == (1, 2)


def test_secrets_stay_out(addon: CaptureAddon, tmp_path: Path) -> None:
    one = flow(Authorization="Bearer sk-planted0123456789")
    addon.websocket_start(one)
    said = {"type": "error", "error": {"type": "x", "message": f"{KEY}, sk-planted0123456789"}}
    say(addon, one, json.dumps(said).encode(), 0.5)
    addon.websocket_end(one)
    text = (tmp_path / "captures" / "conn-0001.jsonl").read_text(encoding="utf-8")
    assert "planted" not in text
    assert "abcdefgh" not in text


def test_a_refused_upgrade_is_captured(addon: CaptureAddon, tmp_path: Path) -> None:
    addon.response(flow(401, f'{{"error": "{KEY}"}}'))
    _, refused = lines(tmp_path / "captures" / "conn-0001.jsonl")
    assert refused["refused"]["status"] == 401
    assert refused["refused"]["body"] == '{"error": "[redacted]"}'
    addon.response(flow(200, "", Upgrade=""))  # an ordinary answer is not
    assert len(list((tmp_path / "captures").iterdir())) == 1


def test_every_flow_has_a_file_of_its_own(addon: CaptureAddon, tmp_path: Path) -> None:
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / "conn-0001.jsonl").write_text("kept", encoding="utf-8")
    for number in range(2):
        one = flow()
        one.id = f"flow-{number}"
        addon.websocket_start(one)
    addon.done()
    assert sorted(path.name for path in folder.iterdir()) == [
        f"conn-000{number}.jsonl" for number in (1, 2, 3)
    ]


def test_a_clock_that_jumps_back_turns_no_time_back(addon: CaptureAddon, tmp_path: Path) -> None:
    one = flow()
    addon.websocket_start(one)
    for at in (1.0, -3600.0, 1.5):
        say(addon, one, b'{"type": "input_audio_buffer.clear"}', at, client=True)
    addon.done()
    times = [line["at"] for line in lines(tmp_path / "captures" / "conn-0001.jsonl")[2:]]
    assert times == [1.0, 1.0, 1.5]


def test_a_folder_that_cannot_be_written_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    addon = CaptureAddon(str(tmp_path / "file" / "below"))
    one = flow()
    addon.websocket_start(one)
    say(addon, one, b"{}", 0.1)
    addon.websocket_end(one)
    assert "is not captured" in caplog.text


def test_the_folder_is_an_option() -> None:
    asked: list[Any] = []
    CaptureAddon().load(SimpleNamespace(add_option=lambda *values: asked.append(values)))
    assert asked[0][0] == "rtdebug_capture"


def test_the_module_says_where_it_is_and_needs_no_mitmproxy() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rtdebug.captures.mitm_addon"],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    path = Path(done.stdout.strip())
    assert path.name == "mitm_addon.py"
    assert path.is_file()
