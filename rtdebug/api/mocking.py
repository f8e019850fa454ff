"""Serving a scripted server as a command does: to whoever comes, until it is told to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rtdebug.api.mock_scripts import script_in
from rtdebug.documents import load_document
from rtdebug.errors import RtdebugError, UsageError
from rtdebug.model.value import Value, replace
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.scenario.beta_shape import PACK as BETA
from rtdebug.scenario.mock_script import MockScript, Refuse
from rtdebug.scenario.responder import Responder
from rtdebug.scenario.vocabulary import vocabulary_of
from rtdebug.wire.guard import guard_for
from rtdebug.wire.listen import refuse_exposure
from rtdebug.wire.mock import Actor, Terms, serve_mock
from rtdebug.wire.signals import stop_on_signals

if TYPE_CHECKING:
    import ssl

    from rtdebug.model.commands import Command
    from rtdebug.model.records import Record
    from rtdebug.packs.pack import Pack

_LOOKS = 0.5  # seconds between two looks at a script that is watched


class Mocking(Value):
    """What to serve and where. At most one of ``script``, ``fault`` and ``replay`` says what is
    said; ``watch`` reads the script anew when it changes, ``chaos`` is the seed of faults;
    with ``original`` a recording takes the time it took."""

    host: str = "127.0.0.1"
    port: int = 0
    script: Path | None = None
    fault: str | None = None
    replay: str | None = None
    original: bool = False
    pack: str | None = None
    watch: bool = False
    chaos: str | None = None
    tls: bool = False
    exposed: bool = False
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    most: int = 1000


class Served(Value):
    """Where clients connect. ``exports`` are variables that make them trust the certificate."""

    url: str
    port: int
    secure: bool
    exports: tuple[tuple[str, str], ...] = ()


class Ended(Value):
    """What serving came to. ``differed`` counts the connections that were not as recorded."""

    connections: int
    differed: int = 0


class MockOnlooker:
    """Hears what happens, for people; the base hears nothing. ``number`` counts connections."""

    def ready(self, served: Served) -> None:
        """Clients may connect."""

    def note(self, number: int, text: str) -> None:
        """Something about one connection (0: about all) that nothing on the wire says."""

    def record(self, number: int, record: Record) -> None:
        """What a client did."""

    def said(self, number: int, commands: Sequence[Command]) -> None:
        """What the server answered."""


def serve(mocking: Mocking, onlooker: MockOnlooker) -> Ended:
    """Serves until a signal. Raises UsageError, UnreadableError and DocumentError for what is
    wrong before the port is open."""
    refuse_exposure(mocking.host, mocking.exposed, "any other machine could reach this port")
    cast = _cast(mocking, onlooker)
    return asyncio.run(_serve(mocking, cast, onlooker))


class _Watched:
    """Puts an actor before an onlooker."""

    def __init__(self, actor: Actor, number: int, onlooker: MockOnlooker) -> None:
        self._actor = actor
        self._number = number
        self._onlooker = onlooker

    @property
    def refuse(self) -> Refuse | None:
        """The actor's."""
        return self._actor.refuse

    @property
    def deadline(self) -> float | None:
        """The actor's."""
        return self._actor.deadline

    def observe(self, record: Record) -> Sequence[Command]:
        """The actor's answer."""
        self._onlooker.record(self._number, record)
        return self._told(self._actor.observe(record))

    def advance(self, at: float) -> Sequence[Command]:
        """The actor's answer."""
        return self._told(self._actor.advance(at))

    def _told(self, commands: Sequence[Command]) -> Sequence[Command]:
        if commands:
            self._onlooker.said(self._number, commands)
        return commands


class ScriptFile:
    """A script that may change; one that has become wrong is told, and the last good one stays."""

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self._path = path
        self._tell = tell
        self._seen = self._stamp()
        self.script = script_in(path)

    def _stamp(self) -> tuple[float, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime, found.st_size

    def look(self) -> None:
        """Reads the file anew if it has changed."""
        stamp = self._stamp()
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            self.script = script_in(self._path)
            self._tell(f"{self._path} has changed: connections from now on get the new script")
        except RtdebugError as error:
            place = getattr(error, "location", self._path)
            self._tell(f"{place}: {error.message}; the script before is served on")


class Cast(Protocol):
    """Makes the server of each connection. ``terms`` are those of its port, ``differed`` counts
    the connections that were not as recorded."""

    terms: Terms
    differed: int

    def __call__(self, number: int) -> Actor: ...


class _Responders:
    """From a script."""

    differed = 0

    def __init__(self, mocking: Mocking, onlooker: MockOnlooker) -> None:
        self.terms = Terms()
        self._mocking = mocking
        self._onlooker = onlooker
        self._file: ScriptFile | None = None
        self._script = MockScript()
        if mocking.script is not None:
            self._file = ScriptFile(mocking.script, lambda text: onlooker.note(0, text))
        if mocking.fault is not None:
            from rtdebug.api.gallery_faults import fault_script

            self._script = fault_script(mocking.fault)

    def __call__(self, number: int) -> Actor:
        script = self._script if self._file is None else self._file.script
        if self._mocking.chaos is not None:
            from rtdebug.api.chaos import chaos

            script, lot = chaos(script, self._mocking.chaos, number)
            self._onlooker.note(number, f"chaos: {lot}" if lot else "chaos spares it")
        return Responder(
            script,
            check_event=vocabulary_of(DEFAULT_PACK).check_event,
            started=time.time(),
            prefix="" if number == 1 else f"c{number}_",
            beta=self._mocking.pack == BETA,
        )

    async def watch(self) -> None:
        """Looks at the script again and again."""
        while self._file is not None:
            await asyncio.sleep(_LOOKS)
            self._file.look()


def _cast(mocking: Mocking, onlooker: MockOnlooker) -> Cast:
    if mocking.replay is not None:
        from rtdebug.api.replaying import Replayers

        original = mocking.original
        return Replayers(mocking.replay, mocking.pack, onlooker.note, original=original,
                         faults=_faults_in(mocking.script))  # fmt: skip
    pack = mocking.pack or DEFAULT_PACK
    if load_pack(pack).name not in (DEFAULT_PACK, BETA):
        raise UsageError(
            f"--pack {pack}: the mock speaks {DEFAULT_PACK} and {BETA} by itself",
            "another protocol can be served from a recording of it: --replay CAPTURE",
        )
    return _Responders(mocking, onlooker)


def _faults_in(script: Path | None) -> Callable[[Pack], MockScript] | None:
    if script is None:
        return None
    from rtdebug.api.mock_scripts import recorded_faults

    document = load_document(script)
    if isinstance(document.value, dict) and "from" in document.value:
        raise document.error(("from",), "--replay names the recording", "leave one of them out")
    return lambda pack: recorded_faults(document.value, document.error, pack)


async def _serve(mocking: Mocking, cast: Cast, onlooker: MockOnlooker) -> Ended:
    def actor(number: int) -> Actor:
        return _Watched(cast(number), number, onlooker)

    with stop_on_signals() as stop:
        async with AsyncExitStack() as stack:
            context: ssl.SSLContext | None = None
            exports: tuple[tuple[str, str], ...] = ()
            if mocking.tls:
                from rtdebug.wire.local_ca import make_authority

                authority = make_authority(mocking.hosts)
                stack.callback(authority.remove)
                context, exports = authority.context, authority.exports
            guard = guard_for(exposed=mocking.exposed, hosts=mocking.hosts, origins=mocking.origins)
            mock = await stack.enter_async_context(
                serve_mock(actor, host=mocking.host, port=mocking.port, ssl=context,
                           terms=replace(cast.terms, guard=guard, most=mocking.most))
            )  # fmt: skip
            if mocking.watch and isinstance(cast, _Responders):
                stack.callback(asyncio.ensure_future(cast.watch()).cancel)
            onlooker.ready(Served(mock.url, mock.port, mocking.tls, exports))
            await stop.wait()
        return Ended(mock.connections, cast.differed)
