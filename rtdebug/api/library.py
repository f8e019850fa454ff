"""What a Python program calls: play scenarios, judge a log, make text of a report."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rtdebug import __version__
from rtdebug.api.verdict import Strictness, exit_code
from rtdebug.errors import UsageError
from rtdebug.model.findings import Severity
from rtdebug.model.results import Report
from rtdebug.wire.clock import wall_text


def run(
    *scenarios: str | Path,
    url: str | None = None,
    headers: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
    pack: str | None = None,
    ignore: Iterable[str] = (),
    fail_on: str = "error",
    capture: str | Path | None = None,
    jobs: int = 1,
) -> Report:
    """Plays scenarios: files, folders, or names of shipped ones. ``capture`` is a file, or for
    several a folder, that each message is kept in.

    Raises RtdebugError for what is wrong before anything is sent.
    """
    from rtdebug.api.batch import Batch, run_batch
    from rtdebug.api.capture_place import capture_place
    from rtdebug.api.playing import Wishes

    batch = Batch.load(
        [str(one) for one in scenarios],
        variables=[f"{name}={value}" for name, value in (variables or {}).items()],
        url=url,
        pack=pack,
        capture=capture_place(str(capture)) if capture is not None else None,
    )
    told = tuple(f"{name}: {value}" for name, value in (headers or {}).items())
    return run_batch(batch, Wishes(strictness((), ignore, fail_on), told, url), jobs=jobs)


def diagnose(
    log: str | Path | bytes | Iterable[Mapping[str, Any]],
    *,
    pack: str | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    fail_on: str = "error",
    whole: bool | None = None,
) -> Report:
    """Judges a log: the path of a file, its content as bytes, or events as they were sent and
    received (``{"type": …}``, or ``{"from": "client", "at": 0.5, "event": {…}}``).

    ``whole`` says whether it shows everything; None leaves that to be seen.
    """
    from rtdebug.api.diagnosing import diagnose as judged
    from rtdebug.api.diagnosing import diagnose_files, reading_name, senders_by
    from rtdebug.captures.formats import read
    from rtdebug.captures.viewing import overruled

    strict = strictness(select, ignore, fail_on)
    if isinstance(log, str | Path):
        return diagnose_files([str(log)], pack=pack, strictness=strict, whole=whole)
    started = wall_text()
    data = log if isinstance(log, bytes) else _lines(log)
    readings = read(io.BytesIO(data), sender_of=senders_by(pack))
    runs = []
    for number, reading in enumerate(readings, 1):
        reading.view = overruled(reading.view, whole)
        name = reading_name("log", reading, number if len(readings) > 1 else 0)
        runs += judged(reading, name, pack=pack, strictness=strict)
    code = exit_code(runs)
    return Report(tuple(runs), started, code, __version__, strict.ignore, strict.select)


def render(report: Report, format: str = "terminal", *, width: int = 100) -> str:
    """A report as text in one of the formats of ``--report``."""
    from rtdebug.reports.formats import FORMATS, Look

    if format not in FORMATS:
        raise UsageError(f"unknown format {format[:40]!r}; expected one of: {', '.join(FORMATS)}")
    return FORMATS[format](report, Look(width=width))


def strictness(select: Iterable[str], ignore: Iterable[str], fail_on: str) -> Strictness:
    """Which findings count. Raises UsageError."""
    if fail_on not in ("error", "warning", "never"):
        raise UsageError(f"fail_on: expected error, warning or never, got {fail_on[:40]!r}")
    severity = None if fail_on == "never" else Severity(fail_on)
    return Strictness(tuple(select), tuple(ignore), severity)


def _lines(events: Iterable[Mapping[str, Any]]) -> bytes:
    import json

    return "".join(f"{json.dumps(event)}\n" for event in events).encode()
