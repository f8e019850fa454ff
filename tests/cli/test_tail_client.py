"""tail as a client: what comes is shown, what is typed is sent."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from calling import CREATED, OUTSIDE, Call, Called, peer
from tailing import mock, received, records
from websockets.sync.server import ServerConnection

from rtdebug.cli.app import run

TURN = "> Hello there\n"
Tail = Callable[..., Called]


@pytest.fixture
def tail(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Tail:
    """Calls tail in this process with something on its stdin."""
    for name in OUTSIDE:
        monkeypatch.delenv(name, raising=False)

    def called(*arguments: object, stdin: str = "") -> Called:
        file = tmp_path / "stdin"
        file.write_text(stdin, encoding="utf-8")
        capfd.readouterr()
        with file.open(encoding="utf-8") as stream:
            monkeypatch.setattr("sys.stdin", stream)
            code = run(["tail", *(str(one) for one in arguments)])
        return Called(code, *capfd.readouterr())

    return called


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with mock() as base:
        yield f"{base}/v1/realtime?model=gpt-realtime"


def test_a_line_is_sent_and_what_comes_is_shown(tail: Tail, url: str) -> None:
    done = tail(url, "--timeout", "200ms", stdin=TURN)
    assert (done.code, done.err) == (0, "")
    rows = done.out.splitlines()
    assert rows[0] == f"   0.000 s  =   opened                              {url}"
    assert any(
        '>   conversation.item.create            user message "Hello there"' in r for r in rows
    )
    assert any("< response.output_text.delta ×2" in row and '"Good day"' in row for row in rows)
    assert any("=   ended" in row and "nothing came for 2" in row for row in rows)
    assert "1 clean" in rows[-1]


def test_the_embedded_server_needs_no_url(tail: Tail) -> None:
    assert tail("mock", "--timeout", "200ms", stdin=TURN).code == 0


def test_what_nobody_could_mean_is_told_and_not_sent(tail: Tail, url: str) -> None:
    lines = "response.craete\n\n# a comment\nresponse.create\n"
    done = tail(url, "--timeout", "200ms", stdin=lines)
    assert (
        "not sent: 'response.craete' is no client event; did you mean response.create?" in done.out
    )
    assert "1 event sent" in done.out
    assert done.code == 1


def test_what_breaks_the_protocol_is_told_and_sent(tail: Tail, url: str) -> None:
    line = '{"type": "response.create", "response": {"modalities": ["text"]}}\n'
    done = tail(url, "--timeout", "200ms", stdin=line)
    assert "sent, but wrong: /response/modalities" in done.out
    assert "unknown-parameter" in done.out
    assert done.code == 1


def test_silence_that_was_waited_out_is_judged(tail: Tail) -> None:
    with mock("stall: {after: response.created}") as base:
        done = tail(f"{base}/v1/realtime", "--timeout", "300ms", stdin="response.create\n")
    assert done.code == 1
    assert "response-stalled-after-created" in done.out


def test_the_end_of_input_is_not_the_end_of_listening(tail: Tail) -> None:
    def talk(connection: ServerConnection) -> None:
        connection.send(json.dumps(CREATED))
        for _ in range(3):
            time.sleep(0.02)
            connection.send('{"type":"rate_limits.updated","event_id":"e","rate_limits":[]}')
        connection.close(1000, "that is all")

    with peer(talk) as talking:
        began = time.monotonic()
        done = tail(talking)
    assert "closed                              1000 by the server that is all" in done.out
    assert _types(done).count("rate_limits.updated") == 3
    assert time.monotonic() - began < 5  # it does not wait for the silence after a close


def test_a_long_input_goes_no_faster_than_it_is_sent(tail: Tail) -> None:
    heard: list[str] = []

    def talk(connection: ServerConnection) -> None:
        connection.send(json.dumps(CREATED))
        heard.extend(str(message) for message in connection)

    lines = "".join(
        f'{{"type":"input_audio_buffer.clear","event_id":"e{n}"}}\n' for n in range(3000)
    )
    with peer(talk) as talking:
        tail(talking, "--timeout", "1s", stdin=lines)
    assert [json.loads(one)["event_id"] for one in heard] == [f"e{n}" for n in range(3000)]


# -- filters -------------------------------------------------------------------------------------


def _types(done: Called) -> list[str]:
    rows = (row[16:].split() for row in done.out.splitlines() if row[8:10] == " s")
    return [row[0] for row in rows if row]


@pytest.mark.parametrize(
    ("options", "types"),
    [
        (["--only", "response.done"], ["response.done"]),
        (["--only", "response.*", "--hide", "*.output_*", "--hide", "*.content_*"],
         ["response.create", "response.created", "response.done"]),
        (["--from", "client", "--hide", "opened", "--hide", "ended", "--hide", "closed"],
         ["conversation.item.create", "response.create"]),
        (["--grep", "Hello there", "--from", "client"], ["conversation.item.create"]),
    ],
)  # fmt: skip
def test_only_what_is_asked_for_is_shown(
    tail: Tail, url: str, options: list[str], types: list[str]
) -> None:
    assert _types(tail(url, "--timeout", "200ms", *options, stdin=TURN)) == types


def test_deltas_have_a_row_each_when_asked_for(tail: Tail, url: str) -> None:
    done = tail(url, "--timeout", "200ms", "--no-fold", stdin=TURN)
    assert _types(done).count("response.output_text.delta") == 2


# -- reports and captures ------------------------------------------------------------------------


def test_a_stream_for_programs_is_pure(tail: Tail, url: str, tmp_path: Path) -> None:
    capture = tmp_path / "capture.jsonl"
    done = tail(url, "--timeout", "200ms", "--report", "ndjson", "--capture", capture, stdin=TURN)
    lines = [json.loads(line) for line in done.out.splitlines()]
    keys = ("seq", "at", "from", "event")
    told = [{key: line[key] for key in keys} for line in lines if "event" in line]
    kept = [{key: line[key] for key in keys} for line in records(capture) if "event" in line]
    assert told == kept
    assert "1 clean" in done.err


def test_a_report_of_json_leaves_stdout_to_it(tail: Tail, url: str) -> None:
    done = tail(url, "--timeout", "200ms", "--report", "json", stdin=TURN)
    report = json.loads(done.out)
    assert report["runs"][0]["name"] == url
    assert "1 clean" in done.err


def test_a_stream_may_go_to_a_file_beside_the_rows(tail: Tail, url: str, tmp_path: Path) -> None:
    file = tmp_path / "out.ndjson"
    done = tail(url, "--timeout", "200ms", "--report", f"ndjson={file}", stdin=TURN)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert "opened" in lines[0]
    assert "closed" in lines[-2]
    assert lines[-1]["run"]["outcome"] == "clean"
    assert "response.done" in done.out
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_capture_is_judged_as_the_connection_was(tail: Tail, call: Call, tmp_path: Path) -> None:
    capture = tmp_path / "capture.jsonl"
    with mock("stall: {after: response.created}") as base:
        live = tail(
            f"{base}/v1/realtime", "--timeout", "300ms", "--capture", capture,
            "--report", "json", stdin="response.create\n",
        )  # fmt: skip
    replayed = call("diagnose", capture, "--report", "json")
    found, again = (json.loads(one.out)["runs"][0]["findings"] for one in (live, replayed))
    assert found
    # Live it is known that the client is rtdebug, which reads everything: causes that would lie
    # with another client are left out. A capture does not tell whose it was.
    assert all(one.pop("causes") for one in (*found, *again))
    assert found == again


def test_a_capture_overwrites_nothing(tail: Tail, url: str, tmp_path: Path) -> None:
    capture = tmp_path / "capture.jsonl"
    capture.write_text("kept", encoding="utf-8")
    done = tail(url, "--capture", capture, stdin=TURN)
    assert done.code == 2
    assert "never overwrites" in done.err
    assert capture.read_text(encoding="utf-8") == "kept"


def test_a_capture_in_a_folder_has_a_name_of_its_own(tail: Tail, url: str, tmp_path: Path) -> None:
    tail(url, "--timeout", "200ms", "--capture", f"{tmp_path}/new/", stdin=TURN)
    assert received(tmp_path / "new" / "conn-0001.jsonl")


def test_audio_can_be_left_out_of_a_capture(tail: Tail, url: str, tmp_path: Path) -> None:
    capture = tmp_path / "capture.jsonl"
    line = json.dumps({"type": "input_audio_buffer.append", "audio": "QUJD" * 2000}) + "\n"
    tail(url, "--timeout", "200ms", "--capture", capture, "--no-audio", stdin=line)
    text = capture.read_text(encoding="utf-8")
    assert "QUJDQUJD" not in text
    assert '"chars":8000' in text


# -- no session ----------------------------------------------------------------------------------


def test_a_refusal_is_no_session(tail: Tail) -> None:
    with mock("refuse: {status: 401, body: '{}'}") as base:
        done = tail(f"{base}/v1/realtime")
    assert done.code == 3
    assert "missing-credentials" in done.out


def test_it_is_said_when_nothing_was_sent(tail: Tail, url: str) -> None:
    refused = tail(url, "--timeout", "200ms", stdin='{"type": "respon\n')
    assert "nothing was sent: only what the server says by itself was judged" in refused.out
    assert "note: 1 line of the input could not be sent" in refused.out
    assert refused.code == 1
    assert "nothing was sent" not in tail(url, "--timeout", "200ms", stdin=TURN).out


def test_a_server_that_says_nothing_is_no_pass(tail: Tail) -> None:
    with mock("silent: true") as base:
        done = tail(f"{base}/v1/realtime", "--timeout", "200ms")
    assert done.code == 4


def test_a_sideband_socket_of_a_call_may_begin_with_anything(tail: Tail) -> None:
    def talk(connection: ServerConnection) -> None:
        connection.recv()  # before it speaks, so that what came last is the server's
        connection.send('{"type":"input_audio_buffer.speech_started","event_id":"event_1",'
                        '"audio_start_ms":10,"item_id":"item_1"}')  # fmt: skip
        connection.close()

    with peer(talk) as base:
        calling = base.partition("?")[0] + "?call_id=rtc_1"
        done = tail(calling, "--report", "json", stdin="response.cancel\n")
    (run_,) = json.loads(done.out)["runs"]
    assert [one["name"] for one in run_["findings"] if one["severity"] != "info"] == []
    assert done.code == 0


# -- the upgrade ---------------------------------------------------------------------------------


def test_a_header_can_take_its_value_from_the_environment(
    tail: Tail, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def talk(connection: ServerConnection) -> None:
        assert connection.request is not None
        seen.append(connection.request.headers["Authorization"])
        connection.send(json.dumps(CREATED))

    monkeypatch.setenv("THE_KEY", "sk-planted-0123456789abcdef")
    with peer(talk) as url:
        done = tail(url, "--header", "Authorization: Bearer ${env.THE_KEY}")
    assert seen == ["Bearer sk-planted-0123456789abcdef"]
    assert "planted" not in done.out + done.err
    done = tail("ws://127.0.0.1:1", "--header", "Authorization: Bearer ${env.NO_SUCH_KEY}")
    assert (done.code, "NO_SUCH_KEY is not set" in done.err) == (2, True)


def test_the_pack_is_that_of_the_url(tail: Tail) -> None:
    with mock() as base:
        azure = f"{base}/openai/realtime?api-version=2024-10-01-preview&deployment=d"
        done = tail(azure, "--timeout", "100ms", "--report", "json")
    assert json.loads(done.out)["runs"][0]["pack"] == "openai-realtime-beta"


# -- usage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--listen", "127.0.0.1:0"], "--upstream URL is missing"),
        (["--upstream", "ws://x"], "--listen HOST:PORT is missing"),
        (["ws://x", "--listen", "127.0.0.1:0", "--upstream", "ws://x"], "a tail watches one thing"),
        (["--listen", "8080x", "--upstream", "ws://x"], "expected HOST:PORT"),
        (["--listen", "127.0.0.1:99999", "--upstream", "ws://x"], "a port from 0 to 65535"),
        (["--listen", "127.0.0.1:0", "--upstream", "ftp://x"], "expected a ws:// or wss:// URL"),
        (["--follow"], "expected something to watch"),
        (["ws://x", "--follow"], "--follow does not go with a client"),
        (["ws://x", "--tls"], "--tls does not go with a client"),
        (["--listen", "127.0.0.1:0", "--upstream", "ws://x", "--header", "A: b"],
         "--header does not go with a proxy"),
        (["/dev/null", "--capture", "x"], "--capture does not go with a file"),
        (["localhost:8080/v1/realtime"], "expected a ws:// or wss:// URL, got no scheme"),
        (["https://api.openai.com/v1/realtime"], "expected a ws:// or wss:// URL, got https://"),
        (["no-such-file.jsonl"], "cannot be read"),
        (["ws://x", "--grep", "("], "is no regular expression"),
        (["ws://x", "--pack", "nope"], "unknown pack"),
        (["ws://x", "--redact", "("], "is no regular expression"),
        (["ws://x", "--report", "ndjson", "--report", "json"], "two reports were asked for on stdout"),
        (["ws://x", "--report", "ndjson=/no/such/folder/x"], "cannot be written"),
        (["ws://x", "--header", "nonsense"], "expected a header as 'Name: value'"),
        (["ws://x", "--timeout", "5"], "unit"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told_before_anything_happens(
    tail: Tail, arguments: list[str], message: str
) -> None:
    done = tail(*arguments)
    assert done.code == 2
    assert message in done.err
    assert done.out == ""


def test_nothing_waits_for_an_input_that_never_ends(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def talk(connection: ServerConnection) -> None:
        connection.send(json.dumps(CREATED))

    before = threading.active_count()
    reader, writer = os.pipe()
    with peer(talk) as url, os.fdopen(reader, encoding="utf-8") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert run(["tail", url]) == 0
        os.close(writer)  # and with it the thread that waited goes
    deadline = time.monotonic() + 5
    while threading.active_count() > before + 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "session.created" in capfd.readouterr().out
