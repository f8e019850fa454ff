"""Spying: a command runs behind a judging proxy of its own, and its end is the end of the watch."""

from __future__ import annotations

import asyncio
import math
import os
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from rtdebug.api.companion import AppAddress
from rtdebug.api.halting import Halt
from rtdebug.api.own_server import check_own
from rtdebug.api.redactors import redactor_of
from rtdebug.api.surroundings import Address, Surroundings, surroundings
from rtdebug.api.verdict import kept
from rtdebug.api.viewing import Viewer
from rtdebug.api.watching import Watching
from rtdebug.api.watching_proxy import Listening, watch_proxy
from rtdebug.captures.outbursts import Outburst, Outbursts
from rtdebug.catalogue.book import entry
from rtdebug.errors import EXIT_BAD, EXIT_EMPTY, EXIT_GOOD
from rtdebug.model.results import Outcome, Report, Run
from rtdebug.model.value import Value, replace
from rtdebug.rules.client.raised import raised_in
from rtdebug.safe import one_line
from rtdebug.wire.audience import Listener
from rtdebug.wire.command import End, RunningCommand, find_command

_HOST = "127.0.0.1"
_KEPT_LINES = 20  # of stderr
_KEPT_NOTES = 3
# Seconds after a connection's end in which what is said is said about it; and in which it may be so
# if the command fails: a library may wait long for a close before it lets an exception out.
_SOON = 2.0
_AFTERWARDS = 20.0
_HANGING_UP = 1.0  # seconds for connections to end when the command has
_QUIET = 0.15  # seconds without another line after which a traceback is whole
_FAILED = "command-failed"


class Spying(Value):
    """What to run, and before which server (a URL, ``mock`` or ``mock:SCRIPT``). ``more`` are
    further variables of its environment, as templates; ``stdout_taken``: a report goes there, so
    that what the command prints goes to stderr."""

    command: tuple[str, ...]
    upstream: str
    tls: bool = False
    ca_file: Path | None = None
    compression: bool = True
    pass_headers: frozenset[str] = frozenset()
    more: tuple[tuple[str, str], ...] = ()
    stdout_taken: bool = False


class Started(Value):
    """What a command was started with."""

    place: AppAddress
    around: Surroundings


class Spied(Value):
    """What became of it. ``bug`` is a fault of rtdebug's own in the judging of a connection."""

    report: Report
    bug: Exception | None = None


def spy(
    spying: Spying,
    watching: Watching,
    viewer: Viewer | None = None,
    *,
    started: Callable[[Started], None] = lambda started: None,
) -> Spied:
    """Runs the command to its end, or until a signal ends it.

    Raises UsageError and UnreadableError for what is wrong before it is started.
    """
    find_command(spying.command, os.environ)
    check_own(spying.upstream)
    companion = _Companion(spying, watching, started)
    listening = Listening(
        _HOST, 0, spying.upstream, tls=spying.tls, ca_file=spying.ca_file,
        compression=spying.compression, pass_headers=spying.pass_headers,
    )  # fmt: skip
    watched = watch_proxy(listening, watching, viewer, companion=companion)
    return Spied(companion.told(watched.report), watched.bug)


class _Companion:
    """The command beside the proxy, and what it says beside its connections."""

    def __init__(
        self, spying: Spying, watching: Watching, started: Callable[[Started], None]
    ) -> None:
        self.asked, self.tells, self.aside = False, True, self
        self._spying = spying
        self._watching = watching
        self._started = started
        self._command: RunningCommand | None = None
        self._around: Surroundings | None = None
        self._end: End | None = None
        self._following: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        self._open: list[Listener] = []
        self._recent: dict[Listener, float] = {}  # until when what is said is about it
        self._late: list[tuple[Listener, Outburst]] = []
        self._outbursts = Outbursts()
        self._flushing: asyncio.TimerHandle | None = None
        self._last: Outburst | None = None
        self._began = 0.0
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._notes: deque[str] = deque(maxlen=_KEPT_NOTES)

    # -- the command -------------------------------------------------------------------------

    def begin(self, place: AppAddress, halt: Halt) -> None:
        """The port is open: the command may start."""
        files = dict(place.exports)
        address = Address(
            place.host, place.port, place.secure,
            files.get("NODE_EXTRA_CA_CERTS", ""), files.get("SSL_CERT_FILE", ""),
        )  # fmt: skip
        around = surroundings(
            self._spying.upstream, address, os.environ,
            pack=self._watching.pack, more=self._spying.more,
        )  # fmt: skip
        self._around = around
        self._started(Started(place, around))
        self._began = asyncio.get_running_loop().time()
        self._command = RunningCommand(
            self._spying.command, around.environ, self._line,
            quiet_stdout=self._spying.stdout_taken,
        )  # fmt: skip
        self._following = asyncio.ensure_future(self._follow(self._command, halt))

    async def _follow(self, command: RunningCommand, halt: Halt) -> None:
        self._end = await command.ended()
        self.asked = self.asked or self._end.asked
        self._say(self._outbursts.flush())
        if self._end.failed:
            for listener, outburst in self._late:
                listener.remark(outburst.at, outburst.text)
        loop = asyncio.get_running_loop()
        until = loop.time() + _HANGING_UP
        while self._open and loop.time() < until:
            await asyncio.sleep(0.01)
        self._over.set()
        halt.quit()

    def pass_on(self, number: int) -> bool:
        """A signal is the command's, while there is one."""
        taken = self._command is not None and self._command.pass_on(number)
        self.asked = self.asked or taken
        return taken

    def note(self, text: str) -> None:
        """Something came to the port that was no connection."""
        self._notes.append(text)

    async def end(self) -> None:
        """Nothing of the command is left when this returns."""
        if self._following is not None:
            self._following.cancel()
        if self._command is not None:
            await self._command.stop()

    # -- what it says ------------------------------------------------------------------------

    def connected(self, listener: Listener) -> None:
        """A connection of it begins."""
        self._open.append(listener)
        self._recent[listener] = math.inf

    async def over(self, listener: Listener) -> None:
        """A connection of it is over: what it says next may be the reason."""
        self._open.remove(listener)
        self._recent[listener] = asyncio.get_running_loop().time() + _SOON
        with suppress(TimeoutError):
            async with asyncio.timeout(_AFTERWARDS):
                await self._over.wait()
        del self._recent[listener]

    def _line(self, at: float, line: str) -> None:
        if line.strip():
            self._lines.append(f"{at - self._began:.3f} s: {line.strip()}")
        self._say(self._outbursts.take(at, line))
        if self._flushing is not None:
            self._flushing.cancel()
        loop = asyncio.get_running_loop()
        self._flushing = loop.call_later(_QUIET, lambda: self._say(self._outbursts.flush()))

    def _say(self, outburst: Outburst | None) -> None:
        """To the connection on which something happened last before it."""
        self._last = outburst or self._last
        if outburst is not None and self._recent:
            listener = max(self._recent, key=lambda one: min(one.latest, outburst.at))
            if outburst.at <= self._recent[listener]:
                listener.remark(outburst.at, outburst.text)
            else:
                self._late.append((listener, outburst))

    # -- the report --------------------------------------------------------------------------

    def told(self, report: Report) -> Report:
        """The report with what became of the command itself."""
        end = self._end
        if end is None:
            return report
        run = self._own_run(end, report)
        if run is None:
            return report if end.code == 0 else _with_note(report, f"the command {end.words}")
        code = report.exit_code
        if run.outcome is Outcome.FAILED and code in (EXIT_GOOD, EXIT_EMPTY):
            code = EXIT_BAD
        return replace(report, runs=(*report.runs, run), exit_code=code)

    def _own_run(self, end: End, report: Report) -> Run | None:
        """What is to be told of the command beside its connections."""
        if not report.runs:
            return self._never_connected(end, report.started)
        if not end.failed or any(run.outcome is Outcome.FAILED for run in report.runs):
            return None
        run = self._failed(end, report.started)
        return run if run.outcome is Outcome.FAILED else None

    def _never_connected(self, end: End, started: str) -> Run:
        assert self._around is not None
        names = ", ".join(self._around.urls)
        notes = (
            f"the command {end.words} and never connected to the proxy",
            *dict.fromkeys(self._notes),
            f"its URL was in {names}",
            "for a client that reads none of them add --env NAME='{ws}/v1/realtime', or its own "
            "option; for one that insists on wss: add --tls",
        )
        if end.failed:
            return self._failed(end, started, notes)
        return Run(name=self._name(), outcome=Outcome.EMPTY, pack="", started=started, notes=notes)

    def _failed(self, end: End, started: str, notes: Sequence[str] = ()) -> Run:
        """The command's own failure, which no connection explains."""
        strictness = self._watching.strictness
        message = f"the command {end.words}{self._raised()}"
        found = kept((entry(_FAILED).finding(message, at=0.0),), strictness)
        bad = any(map(strictness.fails, found))
        outcome = Outcome.FAILED if bad else Outcome.EMPTY
        last = [f"stderr at {self._clean(line)}" for line in reversed(self._lines)]
        return Run(
            name=self._name(), outcome=outcome, pack="", started=started, findings=found,
            notes=(*notes, *last),
        )  # fmt: skip

    def _raised(self) -> str:
        """The last that it raised, in words."""
        if self._last is None:
            return ""
        raised = raised_in(self._last.text)
        where = f" ({raised.where})" if raised.where else ""
        return self._clean(f"; it raised {one_line(raised.what, 200)}{where}")

    def _name(self) -> str:
        return self._clean(" ".join(self._spying.command))[:100]

    def _clean(self, text: str) -> str:
        return redactor_of(self._watching.redact).text(text)


def _with_note(report: Report, note: str) -> Report:
    """The end of the command beside the last connection, whose fault explains it."""
    *others, last = report.runs
    return replace(report, runs=(*others, replace(last, notes=(*last.notes, note))))
