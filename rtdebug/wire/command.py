"""A command that runs beside a proxy: its terminal is its own, of its stderr a copy is kept.

It leads a process group of its own, which has the terminal as a job of a shell has it. Nothing of
the group is left running: what outlives the command is ended with it, and a keeper ends all of it
should this process be killed before it can.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from rtdebug.errors import UnreadableError, UsageError
from rtdebug.model.value import Value
from rtdebug.safe import one_line
from rtdebug.wire.terminal import Terminal, stderr_pair

_PATIENCE = 5.0  # seconds that a group gets to end after the first signal that was passed on
_STRAGGLERS = 2.0  # and after its leader has ended
_LOOK = 0.02
_DRAINED = 0.5  # seconds to read what is left of its stderr
_LINE = 8192  # characters of a line that are kept
_CHUNK = 65536
# Is told a group, and ends it when its stdin ends without another word.
_KEEPER = """trap '' HUP INT TERM
read group && { read _ || { kill -TERM -$group; sleep 1; kill -KILL -$group; }; }"""

OnLine = Callable[[float, str], None]


class End(Value):
    """How a command ended: ``code`` is its exit code, None where ``signal`` ended it. ``asked``:
    it was told to, by a signal that was passed on or came from its terminal."""

    code: int | None
    signal: int = 0
    asked: bool = False

    @property
    def failed(self) -> bool:
        """Whether it ended badly by itself."""
        return self.code != 0 and not self.asked

    @property
    def words(self) -> str:
        """The end, behind "the command"."""
        if self.code is not None:
            return f"ended with exit code {self.code}"
        return f"was ended by {signal_name(self.signal)}"


def signal_name(number: int) -> str:
    """The name of a signal, such as SIGTERM."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def find_command(argv: Sequence[str], environ: Mapping[str, str]) -> str:
    """The program that a command line means; raises UsageError where there is none."""
    if os.name != "posix":
        raise UsageError(
            "running a command needs a POSIX system (Linux, macOS)", "use rtdebug tail --listen"
        )
    name = argv[0]
    found = shutil.which(name, path=environ.get("PATH"))
    if found is not None:
        return found
    shown = one_line(name, 80)
    if os.path.isfile(name):
        raise UsageError(
            f"{shown}: the command is a file that cannot be executed",
            f"chmod +x {shown}, or name what runs it: python {shown}",
        )
    raise UsageError(f"{shown}: no such command", "is it installed, and is it on your PATH?")


class RunningCommand:
    """A command that has been started. ``on_line`` hears every line of its stderr, with the time of
    the event loop's clock at which it came."""

    def __init__(
        self,
        argv: Sequence[str],
        environ: Mapping[str, str],
        on_line: OnLine,
        *,
        quiet_stdout: bool,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_line = on_line
        self._asked = 0  # signals that were passed on
        self._end: asyncio.Future[End] = self._loop.create_future()
        self._drained = asyncio.Event()
        self._terminal = Terminal()
        self._keeper = keeper = _keeper()
        assert keeper.stdin is not None
        pipe = keeper.stdin.fileno()
        reader, writer = stderr_pair()
        try:
            self._process = subprocess.Popen(
                argv,
                executable=find_command(argv, environ),
                env=dict(environ),
                stdout=2 if quiet_stdout else None,
                stderr=writer,
                process_group=0,
                # In the child, so that no moment is left in which nobody knows of it.
                preexec_fn=lambda: os.write(pipe, b"%d\n" % os.getpid()) and None,  # noqa: PLW1509
            )
        except OSError as error:
            os.close(reader)
            _dismiss(keeper)
            raise UnreadableError(
                f"{one_line(argv[0], 80)} cannot be started: {error.strerror or error}",
                "a script needs a first line such as #!/usr/bin/env python3",
            ) from None
        finally:
            os.close(writer)
        self._group = self._process.pid
        self._terminal.give(self._group)
        self._start(self._wait)
        self._start(lambda: self._read(reader))

    def _start(self, work: Callable[[], None]) -> None:
        threading.Thread(target=work, daemon=True, name="command").start()

    # -- what others ask ---------------------------------------------------------------------

    def pass_on(self, number: int) -> bool:
        """Passes a signal on to the whole group; False when there is nobody any more. A second one,
        or too long a wait, ends the group whatever it does."""
        if self._end.done():
            return False
        self._asked += 1
        if self._asked > 1:
            self._kill(signal.SIGKILL)
        else:
            self._kill(number)
            self._loop.call_later(_PATIENCE, self._kill, signal.SIGKILL)
        return True

    async def ended(self) -> End:
        """Returns when the command has ended and what was left of its stderr is read."""
        end = await asyncio.shield(self._end)
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAINED):
                await self._drained.wait()
        return end

    async def stop(self) -> None:
        """Ends the command and what is left of its group; returns when nothing is."""
        try:
            if not self._end.done():
                self._kill(signal.SIGTERM)
                await asyncio.wait((self._end,), timeout=_PATIENCE)
            await self._end_group()
        finally:
            self._kill(signal.SIGKILL)
            _dismiss(self._keeper)
            self._terminal.take_back()

    async def _end_group(self) -> None:
        self._kill(signal.SIGTERM)
        until = self._loop.time() + _STRAGGLERS
        while self._kill(0) and _lives(self._group) and self._loop.time() < until:
            await asyncio.sleep(_LOOK)

    def _kill(self, number: int) -> bool:
        """Whether there was anyone in the group."""
        try:
            os.killpg(self._group, number)
        except ProcessLookupError:
            return False
        except PermissionError:  # a program of another user: it is not ours to end
            return False
        return True

    # -- threads -----------------------------------------------------------------------------

    def _wait(self) -> None:
        """Waits for the leader of the group; when its job is stopped, so is this one."""
        while True:
            _, status = os.waitpid(self._process.pid, os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                break
            if self._terminal.given:
                self._terminal.stop_with(self._group)
        code = os.waitstatus_to_exitcode(status)
        self._process.returncode = code
        self._tell(self._settle, code)

    def _settle(self, code: int) -> None:
        by_user = self._terminal.given and code in (-signal.SIGINT, 128 + signal.SIGINT)
        asked = bool(self._asked) or by_user
        end = End(None, -code, asked) if code < 0 else End(code, 0, asked)
        if not self._end.done():
            self._end.set_result(end)

    def _read(self, reader: int) -> None:
        """Passes stderr through as it comes, and tells its lines."""
        rest = ""
        with suppress(OSError):  # a terminal whose last writer is gone
            while data := os.read(reader, _CHUNK):
                at = time.monotonic()
                _pass_through(data)
                *lines, rest = (rest + data.decode("utf-8", "replace")).split("\n")
                for line in lines:
                    self._tell(self._on_line, at, line.rstrip("\r")[:_LINE])
                rest = rest[-_LINE:]
        if rest:
            self._tell(self._on_line, time.monotonic(), rest.rstrip("\r"))
        os.close(reader)
        self._tell(self._drained.set)

    def _tell(self, act: Callable[..., None], *values: object) -> None:
        with suppress(RuntimeError):  # the loop has been closed
            self._loop.call_soon_threadsafe(act, *values)


def _lives(group: int) -> bool:
    """Whether more is left of a group than the dead that nobody has asked after: in a container
    that may be for good."""
    try:
        names = [name for name in os.listdir("/proc") if name.isdecimal()]
    except OSError:  # another system than Linux: that there is a group has to do
        return True
    return not names or any(_is_of(name, group) for name in names)


def _is_of(process: str, group: int) -> bool:
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            state, _, own = file.read().rpartition(b")")[2].split()[:3]
    except (OSError, ValueError):  # it has gone
        return False
    return int(own) == group and state not in b"ZX"


def _pass_through(data: bytes) -> None:
    view = memoryview(data)
    with suppress(OSError):  # nobody reads our own stderr any more; the command goes on
        while view:
            view = view[os.write(2, view) :]


def _keeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["/bin/sh", "-c", _KEEPER],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _dismiss(keeper: subprocess.Popen[bytes]) -> None:
    """All is well: a word, and the keeper goes."""
    assert keeper.stdin is not None
    with suppress(OSError):
        keeper.stdin.write(b"\n")
        keeper.stdin.close()
    keeper.wait()
