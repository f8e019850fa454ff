"""tail on a terminal: the block at its end, the keys, and a terminal given back as it was."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator

import pytest
from calling import command, environment
from tailing import app, mock, say, text_turn, to_the_end, until

# Makes the terminal that is its stdin its own, as a shell would have, and becomes the command.
_SESSION = (
    "import fcntl,os,sys,termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, *arguments: object, width: int = 100) -> None:
        self.master, self.slave = pty.openpty()
        self.resize(width)
        self.before = termios.tcgetattr(self.slave)
        self.child = subprocess.Popen(
            [sys.executable, "-c", _SESSION, *command(*arguments)],
            stdin=self.slave, stdout=self.slave, stderr=self.slave,
            env=environment(TERM="xterm-256color"),
        )  # fmt: skip
        self.shown = ""

    def resize(self, width: int) -> None:
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, width, 0, 0))

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def until(self, pattern: str, within: float = 10.0) -> str:
        """What has been shown, colours apart, when something in it fits; all before is forgotten."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            match = re.search(pattern, self.shown)
            if match:
                text, self.shown = self.shown[: match.end()], self.shown[match.end() :]
                return text
            if select.select([self.master], [], [], 0.05)[0]:
                self._read()
        raise AssertionError(f"{pattern!r} not in {self.shown!r}")

    def _read(self) -> None:
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:  # the last of the other end has gone
            data = b""
        text = data.decode("utf-8", "replace")
        self.shown += re.sub(r"\x1b\[[\d;]*m", "", text)

    def end(self, within: float = 10.0) -> int:
        """The exit code, when it has ended."""
        deadline = time.monotonic() + within
        while self.child.poll() is None and time.monotonic() < deadline:
            if select.select([self.master], [], [], 0.05)[0]:
                self._read()
        code = self.child.poll()
        assert code is not None, self.shown
        while select.select([self.master], [], [], 0.05)[0]:
            self._read()
        return code

    @property
    def given_back(self) -> bool:
        """Whether the terminal is as it was."""
        return termios.tcgetattr(self.slave) == self.before

    def close(self) -> None:
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        for number in (self.master, self.slave):
            with contextlib.suppress(OSError):
                os.close(number)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with mock() as base:
        yield base


@contextlib.contextmanager
def terminal(*arguments: object, width: int = 100) -> Iterator[Terminal]:
    running = Terminal(*arguments, width=width)
    try:
        yield running
    finally:
        running.close()


@contextlib.contextmanager
def proxy(server: str, *options: object) -> Iterator[tuple[Terminal, str]]:
    with terminal("tail", "--listen", "127.0.0.1:0", "--upstream", server, *options) as tail:
        banner = tail.until(r"q quit")
        match = re.search(r"ws://127\.0\.0\.1:\d+/v1/realtime", banner)
        assert match is not None
        yield tail, match[0]


def test_turns_are_shown_in_place_of_events_and_open_to_them(server: str) -> None:
    with proxy(server) as (tail, url):
        with app(url) as connection:
            text_turn(connection)
        tail.until(r"response\.done ")
        tail.press("t")
        tail.until(r"▸ .*✓ turn 1 +client asked  completed in [^\n]*\n.*t events  up/down choose")
        tail.press("\r")
        tail.until(r"turn 1 [^\n]*\n[^\n]*> +response\.create\s[^▸]*response\.done")
        tail.press("\x1b[At")
        tail.until(r"space pause  t turns")
        tail.press("q")
        assert tail.end() == 0


def test_q_ends_a_proxy_with_its_verdict(server: str) -> None:
    with proxy(server) as (tail, url):
        with app(url) as connection:
            text_turn(connection)
            tail.until("< response.done")
            tail.until("1 open, 0 over")
            tail.press("q")
            to_the_end(connection)
        assert tail.end() == 0
        assert "1 connection: 1 clean" in tail.shown
        assert tail.given_back


def test_space_holds_the_rows_back_and_lets_them_go(server: str) -> None:
    with proxy(server) as (tail, url):
        tail.press(" ")
        tail.until("PAUSED, 0 rows held")
        with app(url) as connection:
            text_turn(connection)
            tail.until(r"PAUSED, 1\d rows held")
            assert "response.done" not in tail.shown
            tail.press(" ")
            tail.until("< response.done")
        tail.press("q")
        assert tail.end() == 0


def test_f_asks_for_a_filter(server: str) -> None:
    with proxy(server) as (tail, url):
        tail.press("f")
        tail.until("filter .*: ")
        tail.press("response.don\x7fne(\x7f")
        tail.until(r"response\.done")
        tail.press("\r")
        tail.until("filter response.done")
        with app(url) as connection:
            text_turn(connection)
            tail.until("< response.done")
        tail.press("q")
        assert tail.end() == 0
        assert "rate_limits.updated" not in tail.shown


def test_a_filter_that_is_wrong_is_told_and_can_be_mended(server: str) -> None:
    with proxy(server) as (tail, _):
        tail.press("f/(\r")
        tail.until("is no regular expression")
        tail.press("\x15\rq")
        assert tail.end() == 4  # nothing was seen


def test_ctrl_c_ends_it_with_the_verdict_and_gives_the_terminal_back(server: str) -> None:
    with proxy(server) as (tail, url), app(url) as connection:
        until(connection, "session.created")
        tail.until("1 open")
        assert not tail.given_back
        tail.press("\x03")
        assert tail.end() == 0  # nothing was owed to the app
        assert "interrupted" not in tail.shown.rpartition("1 connection:")[2]
        assert tail.given_back


def test_ctrl_c_twice_ends_it_at_once(server: str) -> None:
    with proxy(server) as (tail, url), app(url) as connection:
        until(connection, "session.created")
        tail.until("1 open")
        began = time.monotonic()
        tail.press("\x03\x03")
        assert tail.end() == 0
        assert time.monotonic() - began < 3
        assert "Traceback" not in tail.shown
        assert tail.given_back


def test_a_terminal_that_is_stopped_holds_up_nothing(server: str) -> None:
    with proxy(server) as (tail, url), app(url) as connection:
        until(connection, "session.created")
        tail.until("1 open")
        tail.press("\x13")  # Ctrl-S: the terminal takes nothing more
        for _ in range(300):
            say(connection, "input_audio_buffer.clear")
            until(connection, "input_audio_buffer.cleared")
        tail.press("\x11")
        tail.until(r"input_audio_buffer\.cleared")
        tail.press("q")
        to_the_end(connection)
        assert tail.end() == 0


def test_the_block_fits_a_terminal_that_changes(server: str) -> None:
    with proxy(server) as (tail, url), app(url) as connection:
        until(connection, "session.created")
        tail.until("1 open")
        tail.resize(60)
        tail.child.send_signal(signal.SIGWINCH)
        say(connection, "input_audio_buffer.clear")
        tail.until(r"…audio_buffer\.cleared[^\n]*\r\n── tail to [^\n]*─\r\n")
        tail.press("q")
        tail.end()
    lines = re.sub(r"\x1b\[\d*[A-Z]", "\n", tail.shown).replace("\r", "").split("\n")
    assert [line for line in lines if len(line) > 60] == []


def test_it_goes_on_after_it_was_stopped(server: str) -> None:
    with proxy(server) as (tail, _):
        tail.child.send_signal(signal.SIGSTOP)
        termios.tcsetattr(tail.slave, termios.TCSANOW, tail.before)  # as a shell does
        tail.child.send_signal(signal.SIGCONT)
        deadline = time.monotonic() + 5
        while tail.given_back and time.monotonic() < deadline:
            time.sleep(0.01)
        tail.press("q")
        assert tail.end() == 4
        assert tail.given_back


def test_lines_are_typed_and_sent_where_there_is_a_server_to_talk_to(server: str) -> None:
    with terminal("tail", f"{server}/v1/realtime") as tail:
        tail.until("send> ")
        tail.press("> Hello there\r")
        tail.until('user message "Hello there"')
        tail.until("< response.done")
        tail.press("response.craete\r")
        tail.until("did you mean response.create")
        tail.press("/response.*\r")
        tail.until(r"filter response\.\*")
        tail.press(" ")
        tail.until("PAUSED")
        tail.press(" /q\r")
        assert tail.end() == 0
        assert "1 clean" in tail.shown
        assert tail.given_back


def test_the_end_of_typing_is_the_end(server: str) -> None:
    with terminal("tail", f"{server}/v1/realtime") as tail:
        tail.until("session.created")
        tail.press("\x04")
        assert tail.end() == 0


def test_a_dumb_terminal_gets_plain_rows(server: str) -> None:
    with mock() as base:
        done = subprocess.Popen(
            [sys.executable, "-c", "import pty,sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)",
             *command("tail", f"{base}/v1/realtime", "--timeout", "200ms")],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment(TERM="dumb"),
        )  # fmt: skip
        out, _ = done.communicate(timeout=10)
    assert b"\x1b" not in out
    assert b"session.created" in out
