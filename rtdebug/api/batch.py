"""A batch: many scenarios, each some times, at once or one after the other, one report."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from rtdebug import __version__, resources
from rtdebug.api.playing import Wishes, mock_script, play_scenario
from rtdebug.api.verdict import exit_code
from rtdebug.documents import load_document
from rtdebug.errors import UnreadableError, UsageError
from rtdebug.model.results import Report, Run
from rtdebug.scenario.document import Scenario
from rtdebug.scenario.load import Given, load_scenario
from rtdebug.wire.clock import wall_text
from rtdebug.wire.signals import stop_on_signals

Tell = Callable[[Run], None]
_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Job:
    """One play of one scenario. ``capture`` is the file its records go to."""

    scenario: Scenario
    name: str
    capture: Path | None


@dataclass(frozen=True, slots=True)
class Batch:
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
        pack: str | None = None,
        timeout: float | None = None,
        repeat: int = 1,
        capture: Path | None = None,
    ) -> Batch:
        """Loads every scenario; raises for the first thing wrong in any of them."""
        given = Given(
            variables=dict(variable(text) for text in variables),
            env=os.environ,
            pack=pack,
            timeout=timeout,
        )
        loaded = [load_scenario(load_document(path), given) for path in scenario_files(names)]
        for scenario in loaded:
            mock_script(scenario)
        plays = [(one, turn) for one in loaded for turn in range(1, repeat + 1)]
        jobs = [_job(one, turn, repeat, capture, len(plays)) for one, turn in plays]
        _distinct(jobs)
        return cls(tuple(jobs))


def _job(scenario: Scenario, turn: int, repeat: int, capture: Path | None, plays: int) -> Job:
    name = scenario.name if repeat == 1 else f"{scenario.name} ({turn} of {repeat})"
    if capture is None:
        return Job(scenario, name, None)
    if plays == 1 and not (capture.is_dir() or str(capture).endswith(("/", os.sep))):
        return Job(scenario, name, capture)
    stem = Path(scenario.source.path).stem
    number = f"-{turn}" if repeat > 1 else ""
    return Job(scenario, name, capture / f"{stem}{number}.jsonl")


def _distinct(jobs: Sequence[Job]) -> None:
    taken: set[Path] = set()
    for job in jobs:
        if job.capture is not None and job.capture in taken:
            raise UsageError(
                f"two runs would write the capture {job.capture}",
                "give the scenario files different names, or capture them one by one",
            )
        if job.capture is not None:
            taken.add(job.capture)


def variable(text: str) -> tuple[str, str]:
    """``NAME=VALUE`` of the command line as a pair. Raises UsageError."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"--var {text!r}: expected NAME=VALUE", "write --var greeting=Hello")
    return name, value


def scenario_files(names: Sequence[str]) -> list[Path]:
    """The files meant: paths, folders (all scenarios below), or names of what ships."""
    files: list[Path] = []
    for name in names:
        found = list(_found(name))
        if not found:
            raise UsageError(f"no scenario file (*.yaml) in the folder {name}", "name a file in it")
        files.extend(found)
    return files


def _found(name: str) -> Iterator[Path]:
    path = Path(name)
    if not path.exists():
        path = _shipped(name)
    if not path.is_dir():
        yield path
        return
    for inner in sorted(path.rglob("*")):
        if inner.suffix in _ENDINGS and inner.is_file() and _is_scenario(inner):
            yield inner


def _is_scenario(path: Path) -> bool:
    """Folders also hold mock scripts and parts to include; only a scenario begins with rtdebug."""
    with suppress(OSError), path.open(encoding="utf-8", errors="replace") as file:
        return any(line.startswith("rtdebug:") for line in file)
    return True


def _shipped(name: str) -> Path:
    folder = resources.scenarios()
    wanted = name.removeprefix("scenarios/")
    for candidate in (folder / wanted, folder / f"{wanted}.yaml"):
        if candidate.exists() and candidate.resolve().is_relative_to(folder.resolve()):
            return candidate
    by_stem = {path.stem: path for path in sorted(folder.rglob("*.yaml"))}
    if wanted in by_stem:
        return by_stem[wanted]
    from difflib import get_close_matches

    near = get_close_matches(wanted, by_stem, 1, 0.6)
    hint = f"did you mean the shipped scenario {near[0]}?" if near else "give a path to a YAML file"
    raise UnreadableError(f"there is no file or shipped scenario {name!r}", hint)


def run_batch(batch: Batch, wishes: Wishes, *, jobs: int = 1, tell: Tell | None = None) -> Report:
    """Plays everything. A signal ends it: what was played is reported, the rest is not begun."""
    started = wall_text()
    runs = asyncio.run(_play_all(batch, wishes, jobs, tell or (lambda run: None)))
    return Report(tuple(runs), started, exit_code(runs), __version__)


async def _play_all(batch: Batch, wishes: Wishes, jobs: int, tell: Tell) -> list[Run]:
    results: dict[int, Run] = {}
    queue = iter(enumerate(batch.jobs))
    with stop_on_signals() as stop:

        async def work() -> None:
            for number, job in queue:
                if stop.is_set():
                    return
                run = await play_scenario(job.scenario, wishes, capture=job.capture, stop=stop)
                results[number] = replace(run, name=job.name)
                tell(results[number])

        if jobs == 1:
            await work()
        else:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(jobs, batch.total)):
                    group.create_task(work())
    return [results[number] for number in sorted(results)]
