"""Watching from between: a reverse proxy that judges every connection that goes through it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from rtdebug import __version__
from rtdebug.api.companion import AppAddress, Companion, Nobody
from rtdebug.api.connection_capture import ConnectionCapture
from rtdebug.api.halting import Halt
from rtdebug.api.kept_runs import KeptRuns
from rtdebug.api.owing import is_dialled, owes
from rtdebug.api.own_server import is_own, serve_own
from rtdebug.api.redactors import outgoing
from rtdebug.api.verdict import outcome_of
from rtdebug.api.viewing import Lanes, Unseen, Viewer
from rtdebug.api.warming import warm_up
from rtdebug.api.watching import (
    Watching,
    capture_folder,
    capture_head,
    check_watching,
    reported,
    session_for,
    silence,
    watched_run,
)
from rtdebug.engine.judged import Judged
from rtdebug.engine.session import Session
from rtdebug.engine.timeline import KEPT
from rtdebug.errors import EXIT_INTERRUPTED, RtdebugError
from rtdebug.model.results import Outcome, Report, Run
from rtdebug.model.value import Value
from rtdebug.secrets.masker import Masker
from rtdebug.wire.audience import Arrival, Audience, Ending
from rtdebug.wire.clock import wall_text
from rtdebug.wire.listen import MOST_CONNECTIONS, ListenOptions, listen
from rtdebug.wire.memory import Memory
from rtdebug.wire.relay_options import RelayOptions
from rtdebug.wire.signals import stop_on_signals
from rtdebug.wire.target import shown
from rtdebug.wire.upstream import Upstream, parse_upstream

_ROWS = 5_000  # of the timelines of all open connections together, at their begin and at their end
_FEWEST_ROWS = 25


class Listening(Value):
    """Where to listen and whom to relay to (a URL, or ``mock[:SCRIPT]``). ``tls`` takes ``wss:``
    from apps with a certificate made for this one run; ``hosts`` and ``origins`` are allowed
    besides, and ``pass_headers`` (in small letters) are passed on beside the usual ones. ``most``
    is how many connections may be open at once."""

    host: str
    port: int
    upstream: str
    tls: bool = False
    exposed: bool = False
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    ca_file: Path | None = None
    compression: bool = True
    pass_headers: frozenset[str] = frozenset()
    most: int = MOST_CONNECTIONS


class Watched(Value):
    """What a proxy saw. ``kept`` also counts the runs that the report has no more; ``bug`` is a
    fault of rtdebug's own that ended the judging of a connection."""

    report: Report
    kept: KeptRuns
    bug: Exception | None = None


def watch_proxy(
    listening: Listening,
    watching: Watching,
    viewer: Viewer | None = None,
    *,
    ready: Callable[[AppAddress], None] = lambda place: None,
    companion: Companion | None = None,
) -> Watched:
    """Relays and judges until it is told to stop; ``ready`` hears where apps connect, and then
    ``companion`` begins.

    Raises UsageError and UnreadableError for what is wrong before the port is open.
    """
    check_watching(watching)
    if watching.capture is not None:
        capture_folder(watching.capture)
    started = wall_text()
    proxy = _Proxy(listening, watching, viewer or Unseen(), ready, companion or Nobody())
    cut_short = asyncio.run(proxy.run())
    code = EXIT_INTERRUPTED if cut_short else proxy.kept.exit_code()
    strict = watching.strictness
    runs = tuple(proxy.kept.runs)
    report = Report(runs, started, code, __version__, strict.ignore, strict.select)
    return Watched(report, proxy.kept, proxy.bug)


class _Proxy:
    """Everything of one run; ``bug`` is the first of our own."""

    def __init__(
        self,
        listening: Listening,
        watching: Watching,
        viewer: Viewer,
        ready: Callable[[AppAddress], None],
        companion: Companion,
    ) -> None:
        self.kept = KeptRuns()
        self.bug: Exception | None = None
        self._listening = listening
        self._watching = watching
        self._viewer = viewer
        self._ready = ready
        self._companion = companion
        self._first = _first_number(watching.capture)
        self._open: dict[int, Session] = {}
        self._opened = False  # whether apps could connect
        self._halt: Halt | None = None

    async def run(self) -> bool:
        """Whether it was cut short, by a second signal or while something was owed."""
        with stop_on_signals(self._companion.pass_on) as stop:
            self._halt = halt = Halt(stop)
            try:
                await self._relay(halt)
            except asyncio.CancelledError:  # a second signal; every record has been finished
                pass
            except RtdebugError:
                raise
            except Exception as bug:  # told by whoever shows the report
                self.bug = self.bug or bug
            cut_short = bool(self.kept.outcomes[Outcome.INTERRUPTED]) or not self._opened
            return (halt.interrupted or self._companion.asked) and cut_short

    async def _relay(self, halt: Halt) -> None:
        listening, watching = self._listening, self._watching
        async with AsyncExitStack() as stack:
            upstream = parse_upstream(await self._upstream(stack))
            relay = RelayOptions(
                upstream,
                self._arrive,
                self._note,
                context=_context(upstream, listening.ca_file),
                redact=watching.redact,
                compression=listening.compression,
                pass_headers=listening.pass_headers,
            )
            options, exports = _listen_options(listening, stack)
            warm_up(watching, shown(upstream.url("")))
            await stack.enter_async_context(self._viewer.showing(halt))
            if watching.timeout is not None:
                stack.callback(self._stop_after(watching.timeout, halt).cancel)

            def ready(host: str, port: int) -> None:
                self._opened = True
                secure = options.context is not None
                place = AppAddress(host, port, secure, listening.upstream, exports)
                self._ready(place)
                self._companion.begin(place, halt)

            stack.push_async_callback(self._companion.end)
            await asyncio.sleep(0)  # a signal that came meanwhile is heard
            if halt.event.is_set():
                return
            await listen(
                listening.host, listening.port, relay, options, stop=halt.event, ready=ready
            )

    async def _upstream(self, stack: AsyncExitStack) -> str:
        url = self._listening.upstream
        return (await serve_own(stack, url)).removesuffix("/realtime") if is_own(url) else url

    def _stop_after(self, seconds: float, halt: Halt) -> asyncio.Task[None]:
        def signature() -> object:
            return sum(self.kept.outcomes.values()), [one.at for one in self._open.values()]

        def busy() -> bool:
            return any(owes(one) or is_dialled(one) for one in self._open.values())

        async def wait() -> None:
            await silence(signature, busy, seconds)
            halt.quit()

        return asyncio.ensure_future(wait())

    # -- connections -------------------------------------------------------------------------

    def _note(self, text: str) -> None:
        self._companion.note(text)
        for display in self._viewer.displays:
            display.note(text)

    def _arrive(self, arrival: Arrival) -> Audience:
        number = self._first + arrival.number
        session = session_for(self._watching, arrival.url, arrival.headers, arrival.redactor)
        # What is kept of a connection is bounded over all of them, not only for each.
        session.timeline.keep(min(KEPT, max(_FEWEST_ROWS, _ROWS // (len(self._open) + 1))))
        lanes = Lanes(self._viewer.displays, session.pack, f"#{number}")
        lanes.owing(session)
        self._open[number] = session
        lost: list[str] = []

        def tell(text: str) -> None:
            lost.append(text)
            lanes.note(text)

        capture = None
        if self._watching.capture is not None:
            head = capture_head(self._watching, session, arrival.url)
            name = f"conn-{number:04}"
            capture = ConnectionCapture(self._watching.capture, name, head, tell)
        started = wall_text()
        folder = self._watching.folder
        memory = folder.memory(session.pack) if folder is not None and not capture else None

        def ended(ending: Ending) -> None:
            running = owes(session) or is_dialled(session)
            del self._open[number]
            if capture is not None:
                capture.close()
            path = capture.path if capture is not None else None
            if memory is not None:
                path = self._remembered(ending, memory, session, arrival, started, running=running)
            run = self._run_of(number, ending, started, lost, path, running=running)
            self._end(self._watching.kept(outgoing(run, arrival.redactor), session), lanes, ending)

        recorders = (capture,) if capture is not None else ()
        # Whoever is shown records is shown findings with them, and nowhere else.
        seen = lanes.views if self._watching.keeping is None else lanes.all
        views = self._watching.views(session, seen)
        aside = self._companion.aside
        return Audience(session, recorders, views, lanes.found, ended, aside, memory)

    def _remembered(
        self, ending: Ending, memory: Memory, session: Session, arrival: Arrival, started: str,
        *, running: bool,
    ) -> Path | None:  # fmt: skip
        """The capture of a connection that went wrong, where none was asked for."""
        folder, judged, path = self._watching.folder, ending.judged, None
        if judged is not None and folder is not None:
            if not self._outcome(judged, running=running).is_good:
                head = capture_head(self._watching, session, arrival.url)
                masker = Masker(arrival.redactor)
                name = f"conn-{self._first + arrival.number:04}"
                path = folder.capture(name, head, started, memory, masker, session.findings)
        memory.forget()
        return path

    def _end(self, run: Run, lanes: Lanes, ending: Ending) -> None:
        self.kept.add(run)
        if ending.judged is not None:
            lanes.over(run, told=self._companion.tells)
            return
        if not isinstance(ending.failure, OSError):  # the system's, such as too many open files
            self.bug = self.bug or ending.failure
        lanes.note("the judging of this connection failed, it was carried on unjudged")
        lanes.over()

    def _run_of(
        self,
        number: int,
        ending: Ending,
        started: str,
        notes: list[str],
        path: Path | None,
        *,
        running: bool,
    ) -> Run:
        if ending.judged is None:
            return _unjudged(number, started, (*notes, f"not judged: {ending.failure}"))
        outcome = self._outcome(ending.judged, running=running)
        if ending.judged.interrupted and running:
            notes.append("rtdebug was ended in the middle of this connection, and cut it")
        if path is not None and not outcome.is_good:
            notes.append(f"captured in {path}")
        return watched_run(
            ending.judged,
            self._watching,
            outcome,
            name=f"connection {number}",
            started=started,
            notes=(*ending.notes, *notes),
        )

    def _outcome(self, judged: Judged, *, running: bool) -> Outcome:
        """An app that was refused or heard nothing is the app's failure, not this program's."""
        assert self._halt is not None
        findings = reported(judged, self._watching)
        halted = judged.interrupted and running and self._halt.interrupted
        strictness = self._watching.strictness
        return outcome_of(
            findings=findings,
            steps=(),
            strictness=strictness,
            observed=(judged.server > 0 and not judged.mostly_unknown)
            or any(map(strictness.fails, findings)),
            interrupted=halted or (self._companion.asked and bool(judged.open)),
        )


def _unjudged(number: int, started: str, notes: tuple[str, ...]) -> Run:
    """A connection that was carried and not judged: nothing is known of it, and that is no pass."""
    name = f"connection {number}"
    return Run(name=name, outcome=Outcome.EMPTY, pack="", started=started, notes=notes)


def _first_number(folder: Path | None) -> int:
    """The highest number of a capture that is in the folder already."""
    if folder is None:
        return 0
    numbers = (path.stem.split("-")[1] for path in folder.glob("conn-*.jsonl"))
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def _context(upstream: Upstream, ca_file: Path | None) -> ssl.SSLContext | None:
    if not upstream.target.secure:
        return None
    from rtdebug.wire.tls import client_context

    return client_context(ca_file)


def _listen_options(
    listening: Listening, stack: AsyncExitStack
) -> tuple[ListenOptions, tuple[tuple[str, str], ...]]:
    context: ssl.SSLContext | None = None
    exports: tuple[tuple[str, str], ...] = ()
    if listening.tls:
        from rtdebug.wire.local_ca import make_authority

        authority = make_authority(listening.hosts)
        stack.callback(authority.remove)
        context, exports = authority.context, authority.exports
    options = ListenOptions(
        exposed=listening.exposed,
        hosts=listening.hosts,
        origins=listening.origins,
        context=context,
        most=listening.most,
    )
    return options, exports
