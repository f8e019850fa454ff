"""Grading a client: a command is run before a server of ours, once a case, and judged."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from rtdebug import __version__
from rtdebug.api.redactors import redactor_of
from rtdebug.api.surroundings import Address, surroundings
from rtdebug.captures.outbursts import Outburst, Outbursts
from rtdebug.engine.session import Session
from rtdebug.errors import EXIT_BAD, EXIT_EMPTY, EXIT_GOOD, EXIT_INTERRUPTED
from rtdebug.model.findings import Finding
from rtdebug.model.probed import CaseResult, CaseVerdict, Matrix, Plan
from rtdebug.model.records import Event, Record, Sender, Undecodable
from rtdebug.model.value import Value
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.probe.client_case import ClientCase, Conduct, Moment
from rtdebug.probe.client_demands import judge_client
from rtdebug.probe.client_reading import read_client_cases
from rtdebug.rules import index
from rtdebug.rules.client.raised import raised_in
from rtdebug.safe import one_line
from rtdebug.scenario.document import MOCK
from rtdebug.scenario.responder import Responder
from rtdebug.scenario.vocabulary import vocabulary_of
from rtdebug.secrets.masker import cleaned
from rtdebug.wire.clock import wall_text
from rtdebug.wire.command import RunningCommand, find_command
from rtdebug.wire.guard import Guard
from rtdebug.wire.mock import Terms, serve_mock
from rtdebug.wire.signals import stop_on_signals

if TYPE_CHECKING:
    import ssl

    from rtdebug.wire.mock import Actor

_HOST = "127.0.0.1"
_LOOK = 0.05  # seconds between two looks at whether a case is over
_QUIET = 16.0  # seconds without a message after which it is, for a command that ends by itself
_QUIET_SERVICE = 4.0  # and for one that does not
_STORM = 50  # connections after which nothing more need be seen

Tell = Callable[[CaseResult], None]


class Grading(Value):
    """What to run, the cases, and how long a case may take. ``more`` are further variables of the
    command's environment, as templates."""

    command: tuple[str, ...]
    cases: tuple[ClientCase, ...]
    timeout: float
    tls: bool = False
    more: tuple[tuple[str, str], ...] = ()
    redact: tuple[str, ...] = ()


def client_cases(suite: str) -> tuple[ClientCase, ...]:
    """The cases of a suite of the pack that the mock speaks, or of a file."""
    return read_client_cases(load_pack(DEFAULT_PACK), suite)


def grade(grading: Grading, tell: Tell) -> Matrix:
    """Runs the command once a case. A signal ends it: what was judged is reported."""
    find_command(grading.command, os.environ)
    redactor = redactor_of(grading.redact)
    began, started = time.monotonic(), wall_text()
    work = _Work(grading, tell)
    asyncio.run(work.run())
    results = cleaned(tuple(work.results), redactor.text)
    return Matrix(
        target=redactor.text(one_line(" ".join(grading.command), 100)),
        pack=DEFAULT_PACK,
        started=started,
        version=__version__,
        results=results,
        exit_code=_exit_code(results, interrupted=work.interrupted, sent=work.sent),
        plan=plan(grading),
        duration=round(time.monotonic() - began, 3),
        refused=redactor.text(work.refused),
        interrupted=work.interrupted,
    )


def plan(grading: Grading) -> Plan:
    """What it will take at most."""
    return Plan(len(grading.cases), 0, 0, len(grading.cases) * grading.timeout)


def _exit_code(results: Sequence[CaseResult], *, interrupted: bool, sent: bool) -> int:
    if interrupted:
        return EXIT_INTERRUPTED
    if not sent:
        return EXIT_EMPTY
    if any(one.verdict.is_bad for one in results):
        return EXIT_BAD
    return EXIT_GOOD if any(one.verdict is CaseVerdict.OK for one in results) else EXIT_EMPTY


class _Work:
    """The cases, one after the other: the command has the terminal to itself."""

    def __init__(self, grading: Grading, tell: Tell) -> None:
        self.results: list[CaseResult] = []
        self.sent = self.interrupted = False
        self.refused = ""
        self._grading = grading
        self._tell = tell
        self._ends = True

    async def run(self) -> None:
        running: list[RunningCommand] = []

        def pass_on(number: int) -> bool:
            self.interrupted = True
            return any(one.pass_on(number) for one in running)

        with stop_on_signals(pass_on) as stop:
            async with AsyncExitStack() as stack:
                context, exports = self._trust(stack)
                for case in self._grading.cases:
                    if not self.refused and not stop.is_set() and not self.interrupted:
                        await self._one(case, context, exports, running)
            self.interrupted = self.interrupted or stop.is_set()

    def _trust(self, stack: AsyncExitStack) -> tuple[ssl.SSLContext | None, dict[str, str]]:
        if not self._grading.tls:
            return None, {}
        from rtdebug.wire.local_ca import make_authority

        authority = make_authority()
        stack.callback(authority.remove)
        return authority.context, dict(authority.exports)

    async def _one(
        self,
        case: ClientCase,
        context: ssl.SSLContext | None,
        exports: dict[str, str],
        running: list[RunningCommand],
    ) -> None:
        stage = _Stage(case)
        terms = Terms(guard=Guard(pages=False))
        async with serve_mock(stage.actor, ssl=context, hallway=stage.hallway, terms=terms) as mock:
            address = Address(
                _HOST, mock.port, context is not None,
                exports.get("NODE_EXTRA_CA_CERTS", ""), exports.get("SSL_CERT_FILE", ""),
            )  # fmt: skip
            around = surroundings(
                MOCK, address, os.environ, pack=DEFAULT_PACK, more=self._grading.more
            )
            command = RunningCommand(
                self._grading.command, around.environ, stage.line, quiet_stdout=True
            )
            running[:] = [command]
            quiet = _QUIET if self._ends else _QUIET_SERVICE
            try:
                conduct = await stage.watch(command, self._grading.timeout, quiet)
            finally:
                await command.stop()
                running.clear()
        self._keep(case, conduct, around.urls)

    def _keep(self, case: ClientCase, conduct: Conduct, urls: Sequence[str]) -> None:
        if self.interrupted:  # it was told to end: what it did then is nobody's fault
            return
        if case is self._grading.cases[0]:
            self._ends = conduct.ended is not None
        self.sent = self.sent or any(True for _ in conduct.sent())
        result = judge_client(case, conduct, ends=self._ends)
        self.results.append(result)
        self._tell(result)
        if not self.sent and not conduct.refused:
            did = "sent nothing" if conduct.dials else "never connected"
            how = f"{conduct.failed} and {did}" if conduct.failed else did
            self.refused = f"the command {how}; the server's URL was in {', '.join(urls)}"


class _Stage:
    """One case while it is played: what the command does is kept, with its times."""

    def __init__(self, case: ClientCase) -> None:
        self._case = case
        self._now = asyncio.get_running_loop().time
        self._began = self._latest = self._now()
        self._check = vocabulary_of(DEFAULT_PACK).check_event
        self._moments: list[Moment] = []
        self._dials: list[float] = []
        self._halls: list[_Hall] = []
        self._outbursts = Outbursts()
        self._raised: list[tuple[float, str]] = []

    def _at(self) -> float:
        return self._now() - self._began

    def actor(self, number: int) -> Actor:
        """Plays the server on a connection."""
        self._dials.append(self._at())
        self._latest = self._now()
        prefix = "" if number == 1 else f"c{number}_"
        return Responder(
            self._case.script, check_event=self._check, started=time.time(), prefix=prefix
        )

    def hallway(self) -> _Hall:
        """Judges a connection."""
        self._halls.append(_Hall(self, len(self._halls) + 1))
        return self._halls[-1]

    def note(self, connection: int, record: Record) -> None:
        """Something happened."""
        self._latest = self._now()
        self._moments.append(Moment(self._at(), connection, record))

    def line(self, at: float, line: str) -> None:
        """The command said something on its stderr."""
        self._raise(self._outbursts.take(at, line))

    def _raise(self, outburst: Outburst | None) -> None:
        if outburst is not None:
            raised = raised_in(outburst.text)
            where = f" ({raised.where})" if raised.where else ""
            self._raised.append((outburst.at - self._began, f"{one_line(raised.what, 200)}{where}"))

    async def watch(self, command: RunningCommand, timeout: float, quiet: float) -> Conduct:
        """Returns when the command has ended, or nothing more is to be expected of it."""
        ended = asyncio.ensure_future(command.ended())
        while not ended.done() and not self._over(timeout, quiet):
            await asyncio.wait((ended,), timeout=_LOOK)
        lasted = self._at()
        end = ended.result() if ended.done() else None
        ended.cancel()
        self._raise(self._outbursts.flush())
        script = self._case.script
        return Conduct(
            moments=tuple(self._moments),
            dials=tuple(self._dials),
            lasted=lasted,
            refused=tuple(self._dials) if script.refuse is not None else (),
            ended=lasted if end is not None else None,
            failed=end.words if end is not None and end.failed else "",
            raised=tuple(self._raised),
            findings=tuple(one for hall in self._halls for one in hall.findings()),
        )

    def _over(self, timeout: float, quiet: float) -> bool:
        return (
            self._at() >= timeout
            or self._now() - self._latest >= quiet
            or len(self._dials) >= _STORM
        )


class _Hall:
    """What the records of one connection walk through: they are kept and judged."""

    def __init__(self, stage: _Stage, number: int) -> None:
        self._stage = stage
        self._number = number
        self._session = Session(load_pack(DEFAULT_PACK), index.entries())

    @property
    def deadline(self) -> float:
        """The session's."""
        return self._session.deadline

    def decode(
        self, data: str | bytes, at: float, sender: Sender, *, binary: bool = False
    ) -> Event | Undecodable:
        """The session's."""
        return self._session.decode(data, at, sender, binary=binary)

    def observe(self, record: Record) -> None:
        """Kept, then judged."""
        self._stage.note(self._number, record)
        self._session.observe(record)

    def advance(self, at: float) -> None:
        """Time passes."""
        self._session.advance(at)

    def findings(self) -> Sequence[Finding]:
        """What stands at the end."""
        return [one for one in self._session.finish().findings if not one.withdrawn]
