"""A batch: many scenarios, each some times, at once or one after the other, one report."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rtdebug import __version__
from rtdebug.api.capture_place import CapturePlace, for_several
from rtdebug.api.mock_scripts import mock_script
from rtdebug.api.playing import Wishes, play_scenario
from rtdebug.api.redactors import redactor_of
from rtdebug.api.repeats import excuse_flakes, limit_problems, repeated
from rtdebug.api.scenario_files import scenario_files, variable
from rtdebug.api.selecting import Selection
from rtdebug.api.verdict import exit_code
from rtdebug.documents import Document, load_document
from rtdebug.engine.session import Session
from rtdebug.errors import EXIT_INTERRUPTED, DocumentError, UnreadableError, UsageError
from rtdebug.model.results import Outcome, Report, Run
from rtdebug.model.value import Value, replace
from rtdebug.scenario.document import MOCK, Scenario
from rtdebug.scenario.load import Given, check_scenario, load_scenario
from rtdebug.spelling import did_you_mean
from rtdebug.wire.clock import wall_text
from rtdebug.wire.signals import stop_on_signals
from rtdebug.wire.target import parse_target

Tell = Callable[[Run], None]


class Job(Value):
    """One play of one scenario. ``capture`` is the file its records go to."""

    scenario: Scenario
    name: str
    capture: Path | None


class Batch(Value):
    """Everything that is to be played, checked before any socket opens."""

    jobs: tuple[Job, ...]

    @property
    def total(self) -> int:
        """How many plays."""
        return len(self.jobs)

    @classmethod
    def load(
        cls,
        names: Sequence[str],
        *,
        variables: Sequence[str] = (),
        url: str | None = None,
        pack: str | None = None,
        timeout: float | None = None,
        repeat: int = 1,
        capture: CapturePlace | None = None,
        selection: Selection = Selection(),  # noqa: B008 - it is frozen
    ) -> Batch:
        """Loads every scenario; raises for the first thing wrong in any of them. ``url`` is played
        against in place of their own targets; a mock script is only read where it is needed."""
        given = Given(
            variables=dict(variable(text) for text in variables),
            env=os.environ,
            pack=pack,
            timeout=timeout,
        )
        documents = [load_document(path) for path in scenario_files(names)]
        loaded = selection.choose([_loaded(document, given) for document in documents])
        _all_used(given.variables, documents)
        for scenario in loaded:
            if (scenario.target.url if url is None else url) == MOCK:
                mock_script(scenario)
        plays = [(one, turn) for one in loaded for turn in range(1, repeat + 1)]
        if capture is not None and len(plays) > 1:
            capture = CapturePlace(for_several(capture, f"{len(plays)} runs"), folder=True)
        jobs = [_job(one, turn, repeat, capture) for one, turn in plays]
        _distinct(jobs)
        return cls(tuple(jobs))


def _loaded(document: Document, given: Given) -> Scenario:
    """The scenario of a document; of several errors the first is raised and the others counted."""
    try:
        return load_scenario(document, given)
    except DocumentError as error:
        more = len(check_scenario(document, given)) - 1
        if more > 0:
            words = "1 more error" if more == 1 else f"{more} more errors"
            told = f"and {words}: rtdebug check {document.path}"
            error.hint = f"{error.hint}; {told}" if error.hint else told
        raise


def _job(scenario: Scenario, turn: int, repeat: int, place: CapturePlace | None) -> Job:
    name = scenario.name if repeat == 1 else f"{scenario.name} ({turn} of {repeat})"
    if place is None or not place.folder:
        return Job(scenario, name, place.path if place is not None else None)
    stem = Path(scenario.source.path).stem
    number = f"-{turn}" if repeat > 1 else ""
    return Job(scenario, name, place.path / f"{stem}{number}.jsonl")


def _distinct(jobs: Sequence[Job]) -> None:
    """Every capture is a file of its own that is not there yet; known before anything is sent."""
    taken: set[Path] = set()
    for path in (job.capture for job in jobs):
        if path is None:
            continue
        if path in taken:
            raise UsageError(
                f"two runs would write the capture {path}",
                "give the scenario files different names, or capture them one by one",
            )
        if os.path.lexists(path):
            raise UnreadableError(
                f"{path}: a file is already there, and a capture never overwrites one",
                "name another file or folder, or move this one away",
            )
        taken.add(path)


def _all_used(variables: Mapping[str, Any], documents: Sequence[Document]) -> None:
    """A variable that no scenario knows is a misspelt one; an included file might know it."""
    texts = "\n".join(document.text for document in documents)
    if re.search(r"\binclude:|^mock: *[^\s{]", texts, re.M):
        return
    declared = {name for document in documents for name in _declared(document)}
    for name in variables:
        if name not in declared and not re.search(rf"\$\{{\s*{re.escape(name)}\b", texts):
            raise UsageError(
                f"--var {name[:60]}: no scenario has a variable of that name",
                did_you_mean(name, declared) or "declare it under vars, or use it as ${name}",
            )


def _declared(document: Document) -> Iterable[str]:
    found = document.value.get("vars") if isinstance(document.value, dict) else None
    return found if isinstance(found, dict) else ()


def run_batch(
    batch: Batch,
    wishes: Wishes,
    *,
    jobs: int = 1,
    retries: int = 0,
    flakes: float = 0.0,
    patience: float = 0.0,
    tell: Tell | None = None,
    watch: Callable[[Session], None] | None = None,
) -> Report:
    """Plays everything. A signal ends it: what was played is reported, the rest is not begun. A bad
    run is tried again ``retries`` times; of the plays of one scenario the share ``flakes`` may be
    bad; servers are waited for ``patience`` seconds. ``tell`` is given each run that is over,
    ``watch`` each session that begins.

    Raises UsageError and UnreadableError for wishes that cannot be met, before anything is sent.
    """
    _check(wishes)
    started = wall_text()
    how = _How(wishes, jobs, retries, patience, tell or (lambda run: None), watch)
    try:
        played = asyncio.run(_play_all(batch, how))
    except ExceptionGroup as several:
        raise several.exceptions[0] from None
    whole = len(played) == batch.total
    runs = excuse_flakes(played, flakes)
    problems = limit_problems(played) if whole else ()
    code = exit_code(runs, problems) if whole else EXIT_INTERRUPTED
    ignored = dict.fromkeys(
        (*wishes.strictness.ignore, *(name for job in batch.jobs for name in job.scenario.ignore))
    )
    return Report(
        tuple(runs),
        started,
        code,
        __version__,
        tuple(ignored),
        wishes.strictness.select,
        never_begun=batch.total - len(runs),
        repeats=repeated(played),
        problems=problems,
    )


class _How(Value):
    """How a batch is played."""

    wishes: Wishes
    jobs: int
    retries: int
    patience: float
    tell: Tell
    watch: Callable[[Session], None] | None


def _check(wishes: Wishes) -> None:
    redactor_of(wishes.redact)
    if wishes.ca_file is not None:
        from rtdebug.wire.tls import client_context

        client_context(wishes.ca_file)


async def _play_all(batch: Batch, how: _How) -> list[tuple[Scenario, Run]]:
    results: dict[int, tuple[Scenario, Run]] = {}
    queue = iter(enumerate(batch.jobs))
    with stop_on_signals() as stop:

        async def work() -> None:
            for number, job in queue:
                if stop.is_set():
                    return
                run = await _play(job, how, stop)
                results[number] = job.scenario, run
                how.tell(run)

        try:
            if how.patience:
                await _wait_for_servers(batch, how, stop)
            if how.jobs == 1:
                await work()
            else:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(how.jobs, batch.total)):
                        group.create_task(work())
        except asyncio.CancelledError:
            if not stop.is_set():
                raise
            # The second signal: nobody waits for the peer any more, what is known is reported.
    return [results[number] for number in sorted(results)]


async def _play(job: Job, how: _How, stop: asyncio.Event) -> Run:
    """The run of a job; a bad one is tried again, and what was bad before is told."""
    capture = job.capture
    notes: list[str] = []
    for turn in range(1, how.retries + 2):
        run = await play_scenario(
            job.scenario, how.wishes, capture=capture, stop=stop, watch=how.watch
        )
        run = replace(run, name=job.name, tries=turn, notes=(*notes, *run.notes))
        if run.outcome.is_good or run.outcome is Outcome.INTERRUPTED or stop.is_set():
            break
        from rtdebug.reports.faults import faults

        why = ", ".join(one.name for one in faults(run)[:3])
        kept = f", kept in {run.capture}" if run.capture else ""
        notes.append(f"try {turn} of {how.retries + 1}: {run.outcome.value}, {why}{kept}")
        if job.capture is not None:
            capture = job.capture.with_stem(f"{job.capture.stem}-try{turn + 1}")
    return run


async def _wait_for_servers(batch: Batch, how: _How, stop: asyncio.Event) -> None:
    """Until all take connections, or a signal comes; a server that does not come in time is told by
    the runs that do not find it."""
    from rtdebug.wire.patient import wait_for_server

    urls = {how.wishes.url or job.scenario.target.url for job in batch.jobs} - {MOCK}
    targets = {(one.host, one.port): one for one in map(parse_target, urls)}
    waits = [asyncio.ensure_future(wait_for_server(one, how.patience)) for one in targets.values()]
    ended = asyncio.ensure_future(stop.wait())
    await asyncio.wait((asyncio.gather(*waits), ended), return_when=asyncio.FIRST_COMPLETED)
    for one in (*waits, ended):
        one.cancel()
