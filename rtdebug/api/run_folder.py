"""Runs are kept: the last ones in a folder of this user, each with its report and the captures of
what went wrong. Nothing here may end a run: where nothing can be kept, nothing is.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rtdebug.errors import UnreadableError, UsageError
from rtdebug.model.results import Report
from rtdebug.model.value import Value, replace
from rtdebug.safe import one_line
from rtdebug.secrets.masker import Masker
from rtdebug.wire.memory import Memory, Room

if TYPE_CHECKING:
    from rtdebug.api.connection_capture import CaptureHead
    from rtdebug.model.findings import Finding
    from rtdebug.packs.pack import Pack

MOST = 50  # runs
MOST_BYTES = 256 * 1024 * 1024
LAST = "last"
_REPORT = "report.json"
_SAME_SECOND = 100


class KeptRun(Value):
    """One run that was kept: its report, the command line it came of, and its captures."""

    id: str
    command: tuple[str, ...]
    report: Report
    captures: tuple[Path, ...]


def runs_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where runs are kept (XDG Base Directory Specification)."""
    state = environ.get("XDG_STATE_HOME", "")
    base = Path(state) if os.path.isabs(state) else Path.home() / ".local" / "state"
    return base / "rtdebug" / "runs"


class RunFolder:
    """The folder of the run at hand, made when something is put into it."""

    def __init__(self, root: Path | None = None) -> None:
        self._room = Room()
        self._root = root
        self._path: Path | None = None

    @property
    def path(self) -> Path | None:
        """The folder, readable by its owner alone; None where none can be made."""
        if self._path is None:
            with suppress(OSError, RuntimeError):  # RuntimeError: there is no home
                self._path = _made(self._root or runs_folder())
        return self._path

    def save(self, report: Report, command: Sequence[str]) -> str | None:
        """Keeps the report; the name under which it can be shown, None where it is not kept."""
        path = self.path
        if path is None:
            return None
        from rtdebug.captures.jsonl import dumps
        from rtdebug.model.plain import plain

        runs = tuple(replace(run, kept=None) for run in report.runs)  # of the page
        told = plain(replace(report, runs=runs))
        data = dumps({"command": list(command), "report": told})
        with suppress(OSError):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(path / _REPORT, flags, 0o600), "wb") as file:
                file.write(data)
            _clear(path.parent, path)
            return path.name
        return None

    def memory(self, pack: Pack) -> Memory:
        """What of a connection is remembered in case it ends badly."""
        return Memory(pack, self._room)

    def capture(
        self,
        stem: str,
        head: CaptureHead,
        started: str,
        memory: Memory,
        masker: Masker,
        findings: Iterable[Finding],
    ) -> Path | None:
        """Writes what is remembered of a connection; None where that cannot be."""
        if self.path is None:
            return None
        from re import sub

        from rtdebug.api.connection_capture import free_path

        name = sub(r"[^\w.-]+", "-", stem)[:80]
        with suppress(UnreadableError):
            writer = head.writer(free_path(self.path, name), started)
            memory.write(writer, masker, findings)
            writer.close()
            return writer.path
        return None


def _made(root: Path) -> Path:
    """A new folder. Its name is above all others of this second, for names are in order of time."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = time.strftime("%Y%m%d-%H%M%S")
    latest = max((path.name for path in _all(root)), default="")
    for name in (stem, *(f"{stem}-{number:02}" for number in range(2, _SAME_SECOND))):
        if name > latest or not latest.startswith(stem):
            with suppress(FileExistsError):
                (root / name).mkdir(mode=0o700)
                return root / name
    raise FileExistsError(root / stem)


def _clear(root: Path, newest: Path) -> None:
    """The oldest runs go, until there are no more than there may be."""
    left = MOST_BYTES
    for number, path in enumerate(sorted(_all(root), reverse=True)):
        with suppress(OSError):
            files = list(path.iterdir())
            left -= sum(one.stat().st_size for one in files)
            if path != newest and (number >= MOST or left < 0):
                for one in files:
                    one.unlink()
                path.rmdir()


def _all(root: Path) -> list[Path]:
    try:
        return [path for path in root.iterdir() if path.is_dir() and not path.is_symlink()]
    except OSError:
        return []


def kept_runs(root: Path | None = None) -> Iterator[KeptRun]:
    """All runs that can be read, the latest first."""
    root = root or runs_folder()
    for name in reversed(_names(root)):
        with suppress(UnreadableError):
            yield _read(root / name)


def _names(root: Path) -> list[str]:
    return sorted(path.name for path in _all(root) if (path / _REPORT).is_file())


def kept_run(name: str, root: Path | None = None) -> KeptRun:
    """The run of a name, or the ``last``. Raises UsageError where there is none."""
    root = root or runs_folder()
    known = _names(root)
    if not known:
        raise UsageError(
            "no run has been kept yet",
            "run something first; runs are not kept with --no-keep or RTDEBUG_KEEP=0",
        )
    chosen = known[-1] if name == LAST else name
    if chosen not in known:
        raise UsageError(
            f"no run {one_line(name, 60)!r} is kept; the last ones are {', '.join(known[-5:])}",
            "name one of them, a capture, or last",
        )
    return _read(root / chosen)


def _read(path: Path) -> KeptRun:
    import orjson

    from rtdebug.model.plain import restored

    try:
        fields = orjson.loads((path / _REPORT).read_bytes())
        report = restored(Report, fields["report"])
        command = tuple(map(str, fields["command"]))
    except OSError as error:
        raise UnreadableError(f"{path}: it cannot be read: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UnreadableError(
            f"{path / _REPORT} was written by another version of rtdebug",
            f"its captures can still be judged: rtdebug diagnose {path}",
        ) from None
    return KeptRun(path.name, command, report, tuple(sorted(path.glob("*.jsonl"))))
