"""Reads the cases of a pack: ``probe/suite.yaml`` and the files of its areas beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rtdebug import resources
from rtdebug.documents import Document, load_document
from rtdebug.model.value import EMPTY
from rtdebug.packs.pack import Pack
from rtdebug.probe.case import Case, Check, Suite
from rtdebug.probe.checks import CHECKS
from rtdebug.probe.negatives import negative_cases
from rtdebug.scenario.document import EventSpec, Scenario, SendStep, Step, Target
from rtdebug.scenario.files import Files
from rtdebug.scenario.load_events import EventReader
from rtdebug.scenario.load_steps import StepReader
from rtdebug.scenario.matchers import compile_pattern
from rtdebug.scenario.parts import Faults, Part
from rtdebug.scenario.substitution import Names
from rtdebug.scenario.vocabulary import Vocabulary, vocabulary_of

FOLDER = "probe"
_KEYS = ("name", "asks", "on", "given", "steps", "strict", "lacks", "void", "tokens", "mock",
         "query", "headers", "subprotocols", "needs_key")  # fmt: skip
_CHECK_KEYS = ("lacks", "where", "unknown", "beside")


def has_cases(pack: Pack) -> bool:
    """Whether a pack has conformance cases."""
    return (pack.folder / FOLDER / "suite.yaml").is_file()


def read_suite(pack: Pack, timeout: float) -> Suite:
    """The cases of a pack that has some; ``timeout`` is how long an expectation waits. Raises
    DocumentError for the first thing wrong in its files."""
    return _Reader(pack, timeout).suite()


class _Reader:
    def __init__(self, pack: Pack, timeout: float) -> None:
        self._pack = pack
        self._words: Vocabulary = vocabulary_of(pack.name)
        self._timeout = timeout
        self._faults = Faults()
        self._folder = pack.folder / FOLDER
        ships = self._folder.is_relative_to(resources.data_folder())
        self._files = Files((resources.data_folder() if ships else pack.folder).resolve())
        self._main = self._part("suite")

    def suite(self) -> Suite:
        main = self._main
        main.only(("areas", "grounds", "alive", "routine", "unknown", "valid", "ground"), "here")
        cases: list[Case] = []
        for area in main.child("areas").items():
            whole = self._part(area.text())
            cases += [self._case(one, area.value, len(cases) + at) for at, one in
                      enumerate(whole.items("a list of cases"), 1)]  # fmt: skip
        (alive,) = self._steps(main.child("alive"), self._steps_reader())
        assert isinstance(alive, SendStep)
        ground = self._steps(self._ground(main.child("ground")), self._steps_reader())
        cases += negative_cases(self._pack, main.child("valid"), ground, len(cases), self._timeout)
        for fault in self._faults.all():
            raise fault
        return Suite(
            self._pack.name,
            tuple(cases),
            alive,
            frozenset(main.child("routine").value),
            tuple(compile_pattern(one.value) for one in main.child("unknown").items()),
        )

    def _part(self, name: str) -> Part:
        document: Document = load_document(self._folder / f"{name}.yaml")
        return Part(document, (), document.value, Names())

    def _steps_reader(self) -> StepReader:
        return StepReader(self._words, self._files, self._faults, timeout=self._timeout)

    def _ground(self, name: Part) -> Part:
        return self._main.child("grounds").child(name.choice(self._main.value["grounds"]))

    def _steps(self, part: Part, reader: StepReader) -> tuple[Step, ...]:
        return reader.read(part, (Path(part.document.path).resolve(),)) if part.value else ()

    def _case(self, part: Part, area: str, number: int) -> Case:
        part.only(_KEYS, "in a case")
        reader = self._steps_reader()
        ground = self._steps(self._ground(part.child("on")), reader)
        for given in _list(part, "given", whole=True):
            ground += self._steps(given, reader)
        steps = tuple(
            step for own in _list(part, "steps", whole=True) for step in self._steps(own, reader)
        )
        named = part.named(Names(later=frozenset(reader.captured)))
        value: dict[str, Any] = part.value
        return Case(
            number=number,
            name=value["name"],
            area=area,
            title=value["asks"],
            scenario=self._scenario(part, (*ground, *steps)),
            ground=len(ground),
            checks=tuple(self._check(one) for one in _list(named, "strict")),
            void=tuple(self._event(one) for one in _list(named, "void")),
            lacks=tuple(value.get("lacks", ())),
            tokens=value.get("tokens", 0),
            query=value.get("query", EMPTY),
            needs_key=value.get("needs_key", False),
        )

    def _scenario(self, part: Part, steps: tuple[Step, ...]) -> Scenario:
        value = part.value
        return Scenario(
            name=value["name"],
            source=part.document.location(part.path),
            pack=self._words.pack,
            target=Target(
                headers=tuple(value.get("headers", EMPTY).items()),
                subprotocols=tuple(value.get("subprotocols", ())),
            ),
            timeout=self._timeout,
            steps=steps,
            mock=value.get("mock", {}),
            mock_document=part.document,
            mock_path=(*part.path, "mock"),
        )

    def _check(self, part: Part) -> Check:
        kind = next((key for key in part.mapping() if key in CHECKS), "")
        part.only((*CHECKS, *_CHECK_KEYS), "in a check")
        if not kind:
            raise part.expected(f"one of {', '.join(CHECKS)}")
        value = part.value[kind]
        event = None
        if kind in ("expect", "every", "absent", "seen"):
            event = self._event(part.child(kind), part.get("where"), part.value.get("unknown"))
        names = () if event is not None else tuple([value] if isinstance(value, str) else value)
        lacks, beside = (part.value.get(key, ()) for key in ("lacks", "beside"))
        return Check(kind, event, names, tuple(lacks), frozenset(beside))

    def _event(self, part: Part, where: Part | None = None, unknown: Any = False) -> EventSpec:
        reader = EventReader(self._words, self._faults)
        return reader.spec(part, unknown=bool(unknown), where=where)


def _list(part: Part, key: str, *, whole: bool = False) -> Iterable[Part]:
    if key not in part.value:
        return ()
    return (part.child(key),) if whole else part.child(key).items()
