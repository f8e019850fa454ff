"""Reads a scenario file: everything that can be known without a socket is checked here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from rtdebug.documents import Document, JsonPath
from rtdebug.errors import DocumentError, RtdebugError
from rtdebug.model.value import EMPTY, Value, replace
from rtdebug.packs.extending import is_pack_name
from rtdebug.scenario.document import Scenario, Step
from rtdebug.scenario.files import Files
from rtdebug.scenario.load_settings import SettingsReader, read_variables
from rtdebug.scenario.load_steps import StepReader
from rtdebug.scenario.mock_script import RECORDING_KEYS
from rtdebug.scenario.parts import UNKNOWN, Faults, Part
from rtdebug.scenario.step_shapes import positive
from rtdebug.scenario.substitution import Names, used_secrets
from rtdebug.scenario.vocabulary import Vocabulary, vocabulary_of

VERSION = 1
DEFAULT_PACK = "openai-realtime"
DEFAULT_TIMEOUT = 10.0

KEYS = (
    "rtdebug", "name", "description", "pack", "target", "mock", "vars", "timeout", "steps",
    "tools", "limits", "on_stall", "ignore", "tags",
)  # fmt: skip


class Given(Value):
    """What comes from outside of the file. ``variables`` override ``vars``, ``pack`` and
    ``timeout`` (seconds) the file's own; ``env`` None means that the environment is not known, so
    nothing that hangs on it is judged; ``root`` confines files, the folder of the scenario by
    default; ``findings`` are the names ``ignore`` may hold, empty for any."""

    variables: Mapping[str, Any] = EMPTY
    env: Mapping[str, str] | None = None
    pack: str | None = None
    timeout: float | None = None
    root: Path | None = None
    findings: Collection[str] = ()
    vocabulary: Callable[[str], Vocabulary] = vocabulary_of

    def __repr__(self) -> str:
        return self._shown("env")


def load_scenario(document: Document, given: Given | None = None) -> Scenario:
    """The scenario in a document; DocumentError for the first thing wrong with it."""
    scenario, errors = _Loader(document, given or Given()).load()
    if scenario is None:
        raise errors[0]
    return scenario


def check_scenario(document: Document, given: Given | None = None) -> tuple[DocumentError, ...]:
    """Everything wrong with a scenario, in order of place; empty for a good one."""
    return _Loader(document, given or Given()).load()[1]


class _Loader:
    def __init__(self, document: Document, given: Given) -> None:
        self._given = given
        self._faults = Faults()
        self._whole = Part(document, (), document.value, Names(env=given.env))
        folder = given.root
        if folder is None and Path(document.path).is_file():
            folder = Path(document.path).parent
        self._files = Files(folder)

    def load(self) -> tuple[Scenario | None, tuple[DocumentError, ...]]:
        scenario = None
        with self._faults:
            self._check_version()
            with self._faults:
                self._whole.only(KEYS, "in a scenario")
            scenario = self._scenario()
        errors = self._faults.all()
        return (None if errors else scenario), errors

    def _check_version(self) -> None:
        self._whole.mapping("a scenario", "a mapping with rtdebug: 1, name and steps")
        version = self._whole.get("rtdebug")
        if version is None:
            raise self._whole.error("'rtdebug: 1' is missing", "begin the file with rtdebug: 1")
        if version.value is True or version.value != VERSION:
            newer = isinstance(version.value, int) and version.value > VERSION
            hint = "a newer rtdebug reads it" if newer else "write rtdebug: 1"
            raise version.expected("language version 1", hint)

    def _scenario(self) -> Scenario | None:
        pack = self._text("pack", self._given.pack or DEFAULT_PACK)
        words = self._vocabulary(self._given.pack or pack)
        scope = read_variables(self._whole, self._given.variables, self._faults)
        whole = self._whole.named(scope)
        timeout = self._timeout(whole)
        reader = StepReader(words, self._files, self._faults, timeout=timeout)
        path = Path(whole.document.path)
        chain = (path.resolve(),) if path.is_file() else ()
        steps = whole.get("steps")
        if steps is None:
            raise self._whole.error("'steps' is missing", "a list of what is sent and expected")
        played = reader.read(steps, chain)
        if not reader.expects and not self._faults.all():
            raise steps.error(
                "no step expects anything, so this scenario can never fail",
                "add an expect step, such as expect: session.created",
                at_key=True,
            )
        return self._assembled(whole, words, reader, timeout, played)

    def _assembled(
        self,
        whole: Part,
        words: Vocabulary,
        reader: StepReader,
        timeout: float,
        steps: tuple[Step, ...],
    ) -> Scenario:
        document = whole.document
        settings = SettingsReader(words, self._faults)
        later = replace(whole.scope, later=frozenset(reader.captured))
        tools, tools_head = settings.tools(whole.named(later), reader.next_index)
        mock, mock_document, mock_path = self._mock(whole)
        text = f"{document.text}\n{self._files.text()}"
        return Scenario(
            name=self._text("name", Path(document.path).stem),
            source=document.location(("name",) if "name" in document.value else ()),
            pack=words.pack,
            target=settings.target(whole),
            timeout=timeout,
            steps=steps,
            mock=mock,
            mock_document=mock_document,
            mock_path=mock_path,
            recording=self._recording(whole),
            tools=tools,
            tools_head=tools_head,
            limits=settings.limits(whole, reader.next_index),
            ignore=settings.ignored(whole, self._given.findings),
            tags=settings.tags(whole),
            probes=settings.probes(whole),
            description=self._text("description", ""),
            scope=whole.scope,
            secrets=used_secrets(text, self._given.env or {}),
        )

    def _text(self, key: str, default: str) -> str:
        with self._faults:
            part = self._whole.get(key)
            return part.text() if part is not None else default
        return default

    def _vocabulary(self, pack: str) -> Vocabulary:
        part = self._whole.get("pack")
        if part is not None and self._given.pack is None and not is_pack_name(pack):
            pack = self._files.folder(part)
        try:
            return self._given.vocabulary(pack)
        except RtdebugError as problem:
            if part is None or self._given.pack is not None:
                raise
            raise part.error(problem.message, problem.hint) from None

    def _timeout(self, whole: Part) -> float:
        part = whole.get("timeout")
        with self._faults:
            seconds = positive(part) if part is not None else DEFAULT_TIMEOUT
            return self._given.timeout or seconds
        return DEFAULT_TIMEOUT

    def _recording(self, whole: Part) -> str:
        """The recording from which the embedded server answers, empty for a script."""
        part = whole.get("mock")
        if part is None or not _is_recording(part):
            return ""
        with self._faults:
            part.only(RECORDING_KEYS, "where the embedded server answers from a recording")
            return self._files.path(part.child("from"))
        return ""

    def _mock(self, whole: Part) -> tuple[Any, Document | None, JsonPath]:
        part = whole.get("mock")
        if part is None:
            return None, None, ()
        with self._faults:
            if _is_recording(part):
                return part.value, part.document, part.path
            if isinstance(part.value, str):
                document, _path = self._files.document(part)
                return document.value, document, ()
            part.mapping("a mock script, or the path of one")
            # What is heard is not known before; the responder puts it in.
            heard = {name: f"${{heard.{name}}}" for name in ("text", "output", "turn")}
            scope = replace(part.scope, values={**part.scope.values, "heard": heard})
            value = part.named(scope).given()
            return (part.value if value is UNKNOWN else value), part.document, part.path
        return None, None, ()


def _is_recording(mock: Part) -> bool:
    return isinstance(mock.value, dict) and "from" in mock.value
