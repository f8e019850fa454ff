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
from rtdebug.api.scenario_files import scenario_files, variable
from rtdebug.api.verdict import exit_code
from rtdebug.documents import Document, load_document
from rtdebug.engine.session import Session
from rtdebug.errors import EXIT_INTERRUPTED, DocumentError, UnreadableError, UsageError
from rtdebug.model.results import Report, Run
from rtdebug.model.value import Value, replace
from rtdebug.scenario.document import MOCK, Scenario
from rtdebug.scenario.load import Given, check_scenario, load_scenario
from rtdebug.spelling import did_you_mean
from rtdebug.wire.clock import wall_text
from rtdebug.wire.signals import stop_on_signals

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
        loaded = [_loaded(document, given) for document in documents]
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
    tell: Tell | None = None,
    watch: Callable[[Session], None] | None = None,
) -> Report:
    """Plays everything. A signal ends it: what was played is reported, the rest is not begun.
    ``tell`` is given each run that is over, ``watch`` each session that begins.

    Raises UsageError and UnreadableError for wishes that cannot be met, before anything is sent.
    """
    _check(wishes)
    started = wall_text()
    try:
        runs = asyncio.run(_play_all(batch, wishes, jobs, tell or (lambda run: None), watch))
    except ExceptionGroup as several:
        raise several.exceptions[0] from None
    whole = len(runs) == batch.total
    code = exit_code(runs) if whole else EXIT_INTERRUPTED
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
    )


def _check(wishes: Wishes) -> None:
    redactor_of(wishes.redact)
    if wishes.ca_file is not None:
        from rtdebug.wire.tls import client_context

        client_context(wishes.ca_file)


async def _play_all(
    batch: Batch, wishes: Wishes, jobs: int, tell: Tell, watch: Callable[[Session], None] | None
) -> list[Run]:
    results: dict[int, Run] = {}
    queue = iter(enumerate(batch.jobs))
    with stop_on_signals() as stop:

        async def work() -> None:
            for number, job in queue:
                if stop.is_set():
                    return
                run = await play_scenario(
                    job.scenario, wishes, capture=job.capture, stop=stop, watch=watch
                )
                results[number] = replace(run, name=job.name)
                tell(results[number])

        try:
            if jobs == 1:
                await work()
            else:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(jobs, batch.total)):
                        group.create_task(work())
        except asyncio.CancelledError:
            if not stop.is_set():
                raise
            # The second signal: nobody waits for the peer any more, what is known is reported.
    return [results[number] for number in sorted(results)]
