"""Probing: the conformance cases of a pack, each on a connection of its own, made a matrix."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from rtdebug import __version__
from rtdebug.api.mock_scripts import mock_script
from rtdebug.api.playing import Wishes, checker, connection_to, recorder_for
from rtdebug.api.redactors import redactor_of
from rtdebug.documents import load_document
from rtdebug.engine.session import Session
from rtdebug.errors import UsageError
from rtdebug.model.probed import CaseResult, Matrix, Plan
from rtdebug.model.records import Refused
from rtdebug.model.value import EMPTY, Value, replace
from rtdebug.packs.by_url import pack_for
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.packs.pack import Pack
from rtdebug.probe.case import Case, Suite
from rtdebug.probe.expected import Expected, exit_code, marked
from rtdebug.probe.judging import judge, left_out
from rtdebug.probe.prober import CasePlayer
from rtdebug.probe.reading import has_cases, read_suite
from rtdebug.rules import index
from rtdebug.scenario.document import MOCK, Scenario
from rtdebug.scenario.mock_reader import read_mock_script
from rtdebug.secrets.masker import Masker, cleaned
from rtdebug.wire.clock import wall_text
from rtdebug.wire.driver import play
from rtdebug.wire.signals import stop_on_signals
from rtdebug.wire.target import parse_target, shown

DEFAULT_TIMEOUT = 5.0
_CASE = 3  # a case takes at most so many timeouts
_AROUND = 12.0  # seconds at most to dial and to close
_KEYS = ("authorization", "api-key")

Tell = Callable[[CaseResult], None]


class ProbePlan(Value):
    """Everything that is to be asked, known before any socket opens. ``script`` are faults of the
    embedded server, None where another server is asked."""

    url: str
    suite: Suite
    cases: tuple[Case, ...]
    wishes: Wishes
    timeout: float
    jobs: int = 1
    budget: int | None = None
    script: Any = None
    capture: Path | None = None

    @property
    def plan(self) -> Plan:
        """What it will cost and take at most."""
        within = self.affordable()
        rounds = math.ceil(len(within) / self.jobs)
        return Plan(
            cases=len(self.cases),
            costly=sum(case.tokens > 0 for case in within),
            tokens=sum(case.tokens for case in within),
            seconds=rounds * (_CASE * self.timeout + _AROUND),
            over_budget=len(self.cases) - len(within),
        )

    def affordable(self) -> tuple[Case, ...]:
        """The cases that the budget has room for, in order."""
        left = math.inf if self.budget is None else self.budget
        found = []
        for case in self.cases:
            if case.tokens <= left:
                left -= case.tokens
                found.append(case)
        return tuple(found)


def make_probe(
    url: str,
    wishes: Wishes,
    *,
    pack: str | None = None,
    only: Sequence[str] = (),
    timeout: float = DEFAULT_TIMEOUT,
    jobs: int = 1,
    budget: int | None = None,
    capture: Path | None = None,
) -> ProbePlan:
    """A probe of a URL, ``mock`` or ``mock:SCRIPT``. Raises UsageError, UnreadableError and
    DocumentError for what is wrong before anything is sent."""
    name, _, script = url.partition(":")
    is_mock = name == MOCK
    redactor_of(wishes.redact)
    known = load_pack(pack or (None if is_mock else _by_url(url)) or DEFAULT_PACK)
    suite = suite_of(known, timeout)
    cases = chosen(suite, only)
    if not any(text.partition(":")[0].strip().lower() in _KEYS for text in wishes.headers):
        cases = tuple(case for case in cases if not case.needs_key)
    return ProbePlan(
        MOCK if is_mock else url,
        suite,
        cases,
        wishes,
        timeout,
        jobs,
        budget,
        _faults(script) if is_mock else None,
        capture,
    )


def suite_of(pack: Pack, timeout: float = DEFAULT_TIMEOUT) -> Suite:
    """The cases of a pack; UsageError for one that has none."""
    if not has_cases(pack):
        from rtdebug.resources import pack_names

        have = ", ".join(name for name in pack_names() if has_cases(load_pack(name)))
        raise UsageError(
            f"the pack {pack.name} has no conformance cases; packs that have some: {have}",
            "name one with --pack, or watch the server with rtdebug tail URL",
        )
    return read_suite(pack, timeout)


def chosen(suite: Suite, only: Sequence[str]) -> tuple[Case, ...]:
    """The cases of these names (globs), areas or numbers; all where none is named."""
    from fnmatch import fnmatchcase

    if not only:
        return suite.cases
    for wanted in only:
        if not any(_is(case, wanted, fnmatchcase) for case in suite.cases):
            from rtdebug.spelling import did_you_mean

            names = [*(case.name for case in suite.cases), *(case.area for case in suite.cases)]
            raise UsageError(
                f"--only {wanted[:60]}: there is no such case or area",
                did_you_mean(wanted, names) or "see rtdebug probe --list",
            )
    return tuple(case for case in suite.cases if any(_is(case, one, fnmatchcase) for one in only))


def _is(case: Case, wanted: str, fits: Callable[[str, str], bool]) -> bool:
    return wanted in (case.area, str(case.number)) or fits(case.name, wanted)


def _by_url(url: str) -> str:
    parse_target(url)
    return pack_for(url)


def _faults(script: str) -> Any:
    """The script of the embedded server, known to be one."""
    if not script:
        return EMPTY
    document = load_document(script)
    read_mock_script(document.value, document.error, path=(), folder=Path(script).parent)
    return document.value


def run_probe(probe: ProbePlan, expected: Expected, *, tell: Tell | None = None) -> Matrix:
    """Asks everything. A signal ends it: what was judged is reported. ``tell`` is given each
    result as it comes."""
    began, started = monotonic(), wall_text()
    work = _Work(probe, tell or (lambda result: None))
    try:
        asyncio.run(work.run())
    except ExceptionGroup as several:
        raise several.exceptions[0] from None
    results = work.all()
    results, stale = marked(results, expected)
    refused = work.refused
    return Matrix(
        target=MOCK if probe.url == MOCK else shown(probe.url),
        pack=probe.suite.pack,
        started=started,
        version=__version__,
        results=results,
        exit_code=exit_code(
            results, stale, probe.wishes.strictness.fail_on,
            refused=refused is not None, interrupted=work.interrupted,
        ),
        plan=probe.plan,
        duration=round(monotonic() - began, 3),
        stale=stale,
        refused=f"{refused.step}: {refused.text}" if refused is not None else "",
        interrupted=work.interrupted,
    )  # fmt: skip


class _Work:
    """Plays the cases, so many at once."""

    def __init__(self, probe: ProbePlan, tell: Tell) -> None:
        self._probe = probe
        self._pack = load_pack(probe.suite.pack)
        self._tell = tell
        self._results: dict[int, CaseResult] = {}
        self._spent = 0
        self.refused: Refused | None = None
        self.interrupted = False

    async def run(self) -> None:
        queue = iter(self._probe.affordable())
        with stop_on_signals() as stop:

            async def work() -> None:
                for case in queue:
                    if stop.is_set() or self.refused is not None:
                        return
                    self._keep(await self._case(case, stop))

            try:
                await self._first(queue, stop)
                async with asyncio.TaskGroup() as group:
                    for _ in range(self._probe.jobs):
                        group.create_task(work())
            except asyncio.CancelledError:
                if not stop.is_set():
                    raise
            self.interrupted = stop.is_set()

    async def _first(self, queue: Any, stop: asyncio.Event) -> None:
        """The first case alone: where no session comes about, none of the others is tried."""
        for case in queue:
            self._keep(await self._case(case, stop))
            return

    def all(self) -> tuple[CaseResult, ...]:
        """The results in order; what was never begun says why."""
        why = "no session" if self.refused is not None else "interrupted"
        within = {case.number for case in self._probe.affordable()}
        return tuple(
            self._results.get(case.number)
            or left_out(case, why if case.number in within else "left out by --budget")
            for case in self._probe.cases
        )

    def _keep(self, result: CaseResult) -> None:
        self._spent += result.tokens
        self._results[result.number] = result
        self._tell(result)

    async def _case(self, case: Case, stop: asyncio.Event) -> CaseResult:
        probe = self._probe
        if case.tokens and probe.budget is not None and self._spent >= probe.budget:
            return left_out(case, "the budget was spent before it")
        prober = CasePlayer(case, probe.suite, self._pack, limit=_CASE * probe.timeout)
        async with AsyncExitStack() as stack:
            scenario, wishes = await self._aimed(case, stack)
            connect, redactor, url = await connection_to(scenario, wishes, stack)
            session = Session(self._pack, index.entries(), redactor=redactor)
            masker = Masker(redactor)
            recorder = recorder_for(
                self._capture(case), scenario, session, wall_text(), masker.text(url), wishes
            )
            if recorder is not None:
                stack.callback(recorder.close)
            await play(connect, prober, session, recorder=recorder, masker=masker, stop=stop)
            judged = session.finish()
        if prober.refused is not None and not self._results and not case.asks_headers:
            self.refused = cleaned(prober.refused, redactor.text)
        findings = session.findings
        result = judge(prober, probe.suite, self._pack, findings, judged.duration)
        return cleaned(result, redactor.text)

    def _capture(self, case: Case) -> Path | None:
        """The file that the messages of a case go to."""
        folder = self._probe.capture
        name = f"{case.number:03}-{case.name.replace('/', '-')}.jsonl"
        return folder / name if folder is not None else None

    async def _aimed(self, case: Case, stack: AsyncExitStack) -> tuple[Scenario, Wishes]:
        """The scenario of a case as it is played here, and where to."""
        probe, scenario = self._probe, case.scenario
        wishes = replace(probe.wishes, headers=_headers(case, probe.wishes.headers))
        url = probe.url
        if url == MOCK:
            from rtdebug.wire.mock import serve_mock

            scenario = replace(scenario, mock={**scenario.mock, **probe.script})
            mock = await stack.enter_async_context(
                serve_mock(mock_script(scenario), check_event=checker(self._pack.name))
            )
            url = mock.url
        return scenario, replace(wishes, url=_with_query(url, case))


def _headers(case: Case, headers: tuple[str, ...]) -> tuple[str, ...]:
    """The headers of the command line; a case that asks for a wrong key has one in its place."""
    if not case.needs_key:
        return headers
    split = [(text.partition(":")[0].strip(), text) for text in headers]
    return tuple(
        f"{name}: {'Bearer ' if name.lower() == 'authorization' else ''}not-a-key"
        if name.lower() in _KEYS
        else text
        for name, text in split
    )


def _with_query(url: str, case: Case) -> str:
    if not case.query:
        return url
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name != "model"]
    return parts._replace(query=urlencode([*kept, *case.query.items()])).geturl()
