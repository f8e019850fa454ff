"""Watching as a client: connects, shows what comes, sends what is typed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from rtdebug import __version__
from rtdebug.api.connection_capture import ToldCapture
from rtdebug.api.halting import Halt
from rtdebug.api.owing import is_dialled, owes
from rtdebug.api.own_server import is_own, serve_own
from rtdebug.api.redactors import outgoing, redactor_of
from rtdebug.api.verdict import as_client, exit_code, outcome_of
from rtdebug.api.viewing import Lanes, Unseen, Viewer
from rtdebug.api.watching import (
    Watching,
    capture_head,
    check_watching,
    judgement,
    reported,
    session_for,
    watched_run,
)
from rtdebug.engine.session import Session
from rtdebug.model.results import Outcome, Report, Run
from rtdebug.model.value import Value, replace
from rtdebug.scenario.typed_lines import typed
from rtdebug.scenario.typist import Typist
from rtdebug.scenario.vocabulary import vocabulary_of
from rtdebug.secrets.masker import Masker
from rtdebug.wire.clock import wall_text
from rtdebug.wire.dial import DialOptions, dial
from rtdebug.wire.driver import play
from rtdebug.wire.headers import parse_header, redactor_for, split_subprotocols
from rtdebug.wire.parties import Bystander
from rtdebug.wire.signals import stop_on_signals
from rtdebug.wire.target import parse_target, shown

if TYPE_CHECKING:
    from rtdebug.model.commands import Command
    from rtdebug.redaction import Redactor
    from rtdebug.wire.dial import Dialled


class Calling(Value):
    """Whom to call: a URL (or ``mock[:SCRIPT]``), with headers as ``Name: value``. ``scripted``:
    nobody sits there who could correct a line, so one that cannot be sent is a failure."""

    url: str
    headers: tuple[str, ...] = ()
    ca_file: Path | None = None
    scripted: bool = False


def watch_client(calling: Calling, watching: Watching, viewer: Viewer | None = None) -> Report:
    """Connects and watches until either side ends it.

    Raises UsageError and UnreadableError for what is wrong before any socket opens; whatever the
    network does becomes part of the report.
    """
    check_watching(watching)
    run = asyncio.run(_watch(calling, watching, viewer or Unseen()))
    strict, code = watching.strictness, exit_code((run,))
    return Report((run,), run.started or "", code, __version__, strict.ignore, strict.select)


async def _watch(calling: Calling, watching: Watching, viewer: Viewer) -> Run:
    async with AsyncExitStack() as stack:
        url = await serve_own(stack, calling.url) if is_own(calling.url) else calling.url
        connect, redactor = _dialling(url, calling, watching)
        headers = [parse_header(one) for one in calling.headers]
        session = session_for(watching, url, headers, redactor)
        masker = Masker(redactor)
        lanes = Lanes(viewer.displays, session.pack)
        lanes.owing(session)
        name = redactor.text(shown(url))
        recorder = _recorder(watching, session, name, lanes.note)
        if recorder is not None:
            stack.callback(recorder.close)
        started = wall_text()
        typist = Typist(watching.timeout)
        wake = asyncio.Event()
        with stop_on_signals() as stop:
            halt = Halt(stop)
            lines = Lines(session.pack.name, redactor, lanes.note)
            talk = Typing(typist, lines, wake, halt)
            async with viewer.showing(halt, talk):
                views = watching.views(session, lanes.all)
                cut = await _played(
                    play(connect, typist, session, views, recorder=recorder,
                         masker=masker, stop=stop, bystander=Bystander(wake, lanes.found))
                )  # fmt: skip
                lost = recorder.failure if recorder is not None else None
                run = _run(session, watching, started, name, cut=cut, lost=lost)
                if recorder is not None:
                    for one in masker.kept(session.findings):
                        recorder.write(one)
                run = watching.kept(outgoing(run, redactor), session)
                if calling.scripted and lines.unsent:
                    run = _failed(run, lines.unsent)
                lanes.over(run, told=True)
    return run


async def _played(playing: Awaitable[None]) -> bool:
    """Whether a second signal cut it short."""
    try:
        await playing
    except asyncio.CancelledError:
        return True
    return False


def _run(
    session: Session, watching: Watching, started: str, name: str, *, cut: bool, lost: str | None
) -> Run:
    running = owes(session) or is_dialled(session)
    judged = judgement(session)
    outcome = outcome_of(
        findings=reported(judged, watching),
        steps=(),
        strictness=watching.strictness,
        observed=judged.server > 0 and not judged.mostly_unknown,
        refused=judged.refused is not None or judged.signed_out,
        interrupted=cut or (judged.interrupted and running),
    )
    notes = [f"the capture is not whole: {lost}"] if lost else []
    if judged.server and not judged.client:
        notes.append("nothing was sent: only what the server says by itself was judged")
    run = watched_run(judged, watching, outcome, name=name, started=started, notes=notes)
    return replace(run, findings=as_client(run.findings))


def _failed(run: Run, unsent: int) -> Run:
    count = f"{unsent} line{'s' if unsent > 1 else ''} of the input could not be sent"
    outcome = Outcome.FAILED if run.outcome.is_good else run.outcome
    return replace(run, outcome=outcome, notes=(*run.notes, count))


def _dialling(
    url: str, calling: Calling, watching: Watching
) -> tuple[Callable[[], Awaitable[Dialled]], Redactor]:
    given = [parse_header(text) for text in calling.headers]
    headers, subprotocols = split_subprotocols(given)
    redactor = redactor_for(given, watching.redact, redactor_of(()), url=url)
    target = parse_target(url)
    if calling.ca_file is not None:
        from rtdebug.wire.tls import client_context

        client_context(calling.ca_file)  # told at once, also where this target needs none
    options = DialOptions(headers=headers, subprotocols=subprotocols, ca_file=calling.ca_file)
    return (lambda: dial(target, options)), redactor


def _recorder(
    watching: Watching, session: Session, url: str, tell: Callable[[str], None]
) -> ToldCapture | None:
    path = watching.capture
    if path is None:
        return None
    if path.is_dir():
        path = path / "conn-0001.jsonl"
    return ToldCapture(capture_head(watching, session, url).writer(path, wall_text()), tell)


class Lines:
    """What typed lines mean; what their author should know is told without secrets. ``unsent``
    counts those that mean nothing."""

    unsent = 0

    def __init__(self, pack: str, redactor: Redactor, tell: Callable[[str], None]) -> None:
        self._pack = pack
        self._redactor = redactor
        self._tell = tell

    def commands(self, text: str) -> Sequence[Command]:
        """The messages of one line."""
        vocabulary = vocabulary_of(self._pack)
        meant = typed(text, vocabulary)
        if meant.told:  # what is told is of the clean line: cut short, a key has no shape
            self._tell(typed(self._redactor.text(text), vocabulary).told)
            self.unsent += not meant.commands
        return meant.commands


class Typing:
    """Where typed lines go: what they mean is sent."""

    def __init__(self, typist: Typist, lines: Lines, wake: asyncio.Event, halt: Halt) -> None:
        self._typist = typist
        self._lines = lines
        self._wake = wake
        self._halt = halt

    @property
    def unsent(self) -> int:
        """How many messages wait to be sent."""
        return self._typist.unsent

    def line(self, text: str) -> None:
        """One line that was typed."""
        commands = self._lines.commands(text)
        if commands:
            self._typist.say(commands)
            self._wake.set()

    def no_more(self) -> None:
        """The end of the input."""
        self._typist.no_more()
        self._wake.set()

    def quit(self) -> None:
        """Enough has been seen."""
        self._typist.quit()
        self._halt.quit()
