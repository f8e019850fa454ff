"""How programs and libraries word an end: codes, reasons, and lines that belong together."""

from __future__ import annotations

import io
from time import perf_counter
from typing import Any

import pytest

from rtdebug.api.diagnosing import diagnose, sender_of
from rtdebug.captures.formats import read
from rtdebug.captures.pasted.closes import close_in
from rtdebug.captures.pasted.errors import error_in
from rtdebug.captures.pieces import NO_CONTEXT
from rtdebug.model.records import Closed, Sender

SERVER = Sender.SERVER


@pytest.mark.parametrize(
    ("line", "code", "reason", "sender"),
    [
        ("APIError: 1007 None. The setup is wrong.", 1007, "The setup is wrong.", SERVER),
        ("try 2 of 3: 1006 None. gone", 1006, "gone", None),
        ("Voice setup failed (1007): the key is too old.", 1007, "the key is too old.", None),
        ("connect failure (code: 4001) - no such room", 4001, "no such room", None),
        ('server.close: "disconnected with reason: the model m1 is gone"', 1005,
         "the model m1 is gone", SERVER),
        ("连接关闭，代码: 1011，原因: 内部错误", 1011, "内部错误", None),
        ("断开, 返回码：4003, 返回信息：no credit", 4003, "no credit", None),
        ("接続が切断されました コード=1008 理由=方針", 1008, "方針", None),
        ("It is closed with `1008` (\"Not now\") after a while", 1008, "Not now", None),
        ('closes with 1011 ("Oh no") or 1008 ("Go away")', 1011, "Oh no", None),
        ("ended by `close 1001 too_late`. What now?", 1001, "too_late", None),
        ("DEBUG:websockets.client:< CLOSE 1008 (policy violation) no entry [10 bytes]", 1008,
         "no entry", SERVER),
        ("websockets.client - > CLOSE 1000 (OK) [2 bytes]", 1000, "", Sender.CLIENT),
        ("websockets.server - < CLOSE 1001 (going away) [2 bytes]", 1001, "", Sender.CLIENT),
    ],
)  # fmt: skip
def test_an_end_is_heard_in_the_words_of_its_library(
    line: str, code: int, reason: str, sender: Sender | None
) -> None:
    piece = close_in(line, NO_CONTEXT)
    assert piece is not None
    assert (piece.data["code"], piece.data["reason"], piece.data["sender"]) == (
        code, reason, sender,
    )  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "WebSocket { _readyState: 2, _closeCode: 1006, _closeFrameReceived: false }",
        "usage: 1007 tokens, None. left",
        "代码 1011 行",
        "the upload failed (1007 bytes): try again",
    ],
)
def test_a_number_is_no_end(line: str) -> None:
    assert close_in(line, NO_CONTEXT) is None


def closed(whole: Any) -> Closed:
    (record,) = [one for one in whole.records if isinstance(one, Closed)]
    assert isinstance(record, Closed)
    return record


def test_what_a_console_broke_at_its_width_is_one_line(read_one: Any) -> None:
    log = (
        "12:00 WARN agent  link: received 1008 (policy\n"
        "                         violation) Not in this\n"
        "                         region.; then sent 1008\n"
        "                         (policy violation) Not\n"
        "12:01 INFO agent  done\n"
    )
    found = closed(read_one(log))
    assert (found.code, found.reason) == (1008, "Not in this region.")


def test_lines_that_hang_elsewhere_are_not_put_together(read_one: Any) -> None:
    log = (
        "connection closed with code 1011\n"
        "                    at the first place\n"
        "                         at another\n"
    )
    assert closed(read_one(log)).reason == ""


@pytest.mark.parametrize("words", ["and the message:", "and this error:", "for the reason:"])
def test_a_reason_that_is_announced_stands_on_the_next_line(words: str, read_one: Any) -> None:
    found = closed(read_one(f"It closes with code 1011 {words}\n\n```\nno 'header' here\n```\n"))
    assert (found.code, found.reason) == (1011, "no 'header' here")


def test_a_line_behind_an_end_is_not_its_reason_unless_announced(read_one: Any) -> None:
    assert closed(read_one("closed with code 1011\nthe rest of the log\n")).reason == ""


@pytest.mark.parametrize(
    ("line", "code"),
    [("tts_error Speech could not be made: no voice", "tts_error"),
     ("server_error: Something went wrong here", "server_error")],
)  # fmt: skip
def test_a_code_and_its_message_alone_are_an_error(line: str, code: str) -> None:
    error = error_in(line)
    assert error is not None
    assert error["code"] == code
    assert line.endswith(error["message"])


@pytest.mark.parametrize("line", ["Error: WebSocket is not open: state 0", "TypeError: x is no y"])
def test_what_the_client_throws_is_no_word_of_the_server(line: str) -> None:
    assert error_in(line, under_label=True) is None


def test_a_client_that_cannot_read_a_message_is_no_word_of_the_server() -> None:
    assert error_in("ERROR:app: Error processing message from upstream") is None
    assert error_in("ERROR:app: Error processing 3 events") is None


@pytest.mark.parametrize("line", ["closed " + "=" * 20_000, "关闭 码" + " " * 20_000 + "x"])
def test_a_long_line_of_one_sign_takes_no_time(line: str) -> None:
    began = perf_counter()
    assert close_in(line, NO_CONTEXT) is None
    assert perf_counter() - began < 1


def test_an_error_in_the_print_of_a_frame_is_one_in_words() -> None:
    """Pipecat prints the frame that ends a pipeline; its error is a text, no object."""
    text = "ErrorFrame#1(error: The server had an error while processing it. Sorry!, fatal: True)\n"
    (reading,) = read(io.BytesIO(text.encode()), sender_of=sender_of)
    (run,) = diagnose(reading, "bot.log")
    assert [one.name for one in run.findings] == ["server-error-event"]


def test_an_sdp_offer_that_is_refused_is_a_call_that_was() -> None:
    text = 'Get remote SDP {"error":{"message":"Invalid SDP offer.","type":"invalid_request_error",'
    (reading,) = read(
        io.BytesIO(f'{text}"param":null,"code":"invalid_offer"}}}}\n'.encode()), sender_of=sender_of
    )
    (run,) = diagnose(reading, "esp.log")
    assert [one.name for one in run.findings] == ["webrtc-call-refused"]
