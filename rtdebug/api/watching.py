"""Watching: what every form of it shares, from the wishes of a command line to the run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rtdebug.api.connection_capture import CaptureHead
from rtdebug.api.playing import audio_fields
from rtdebug.api.verdict import Strictness, kept
from rtdebug.engine.judged import Judged
from rtdebug.engine.session import Session
from rtdebug.errors import UnreadableError, UsageError
from rtdebug.model.findings import Finding
from rtdebug.model.results import Outcome, Run
from rtdebug.model.value import EMPTY, Value
from rtdebug.packs.by_url import pack_for
from rtdebug.packs.load import load_pack
from rtdebug.redaction import DEFAULT, Redactor
from rtdebug.rules import index

if TYPE_CHECKING:
    from rtdebug.reports.page.keeping import Keeping
    from rtdebug.wire.parties import Sink


class Watching(Value):
    """How to watch. ``pack`` None takes what the request tells; ``capture`` is a file, or a folder
    for many connections; ``timeout`` ends the watch after so many seconds of silence; ``keeping``
    keeps the messages for a page."""

    strictness: Strictness = Strictness()
    pack: str | None = None
    capture: Path | None = None
    no_audio: bool = False
    redact: tuple[str, ...] = ()
    timeout: float | None = None
    keeping: Keeping | None = None

    def views(self, session: Session, views: tuple[Sink, ...]) -> tuple[Sink, ...]:
        """Those who are shown a connection, and who keeps it for the page."""
        return views if self.keeping is None else (*views, self.keeping.connection(session))

    def kept(self, run: Run, session: Session) -> Run:
        """A run that is over, with its messages where they were kept."""
        return run if self.keeping is None else self.keeping.over(session, run)


def session_for(
    watching: Watching,
    url: str,
    headers: Sequence[tuple[str, str]] = (),
    redactor: Redactor = DEFAULT,
) -> Session:
    """A session of the pack that was named, or of the one the request tells."""
    pack = load_pack(watching.pack or pack_for(url, headers))
    return Session(pack, index.entries(), redactor=redactor)


def watched_run(
    judged: Judged,
    watching: Watching,
    outcome: Outcome,
    *,
    name: str,
    started: str,
    notes: Sequence[str] = (),
) -> Run:
    """The run of a connection that was watched live."""
    return Run(
        name=name,
        outcome=outcome,
        pack=judged.pack,
        peer=judged.peer,
        started=started,
        duration=round(judged.duration, 6),
        client=judged.client,
        server=judged.server,
        rows_left_out=judged.rows_left_out,
        findings=reported(judged, watching),
        open=judged.open,
        coverage=judged.coverage,
        responses=judged.responses,
        response_count=judged.response_count,
        totals=judged.totals,
        timeline=judged.timeline,
        notes=tuple(notes),
    )


def reported(judged: Judged, watching: Watching) -> tuple[Finding, ...]:
    """The findings that are not ignored."""
    return kept(judged.findings, watching.strictness)


def judgement(session: Session) -> Judged:
    """What a session came to; one that was cut short has not been waited out."""
    session.break_off()
    return session.finish()


def capture_head(watching: Watching, session: Session, url: str) -> CaptureHead:
    """What the capture of a connection says of itself; ``url`` is redacted."""
    pack = session.pack.name
    return CaptureHead(
        pack=pack,
        url=url,
        patience=session.patience,
        ignore=watching.strictness.ignore,
        audio=audio_fields(pack) if watching.no_audio else EMPTY,
    )


def check_watching(watching: Watching) -> None:
    """Raises for what is wrong before anything is watched."""
    from rtdebug.api.redactors import redactor_of

    redactor_of(watching.redact)
    if watching.pack is not None:
        load_pack(watching.pack)


def capture_folder(path: Path) -> Path:
    """A folder for captures, made if it is missing; raises when none can be there."""
    if path.exists() and not path.is_dir():
        raise UsageError(
            f"--capture {path}: expected a folder, as every connection gets a file of its own, "
            "found a file",
            "name a folder, such as captures/",
        )
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / ".rtdebug-probe"
        probe.touch(mode=0o600)
        probe.unlink()
    except OSError as error:
        raise UnreadableError(
            f"{path}: no captures can be written there: {error.strerror or error}",
            "name a folder you may write to",
        ) from None
    return path


async def silence(
    signature: Callable[[], object], busy: Callable[[], bool], seconds: float
) -> None:
    """Returns when what calling ``signature`` gives has not changed for so long, and nothing was
    ``busy`` meanwhile."""
    last, still = signature(), 0.0
    step = min(0.5, seconds / 4)
    while still < seconds:
        await asyncio.sleep(step)
        now = signature()
        still = still + step if now == last and not busy() else 0.0
        last = now
