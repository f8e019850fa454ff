"""Files a scenario names: they stay under the folder of the scenario, whatever the path says."""

from __future__ import annotations

import stat
from pathlib import Path

from rtdebug.documents import Document, load_document
from rtdebug.errors import UnreadableError
from rtdebug.scenario.audio import MAX_BYTES, Audio, AudioFormat, AudioProblem, load_audio
from rtdebug.scenario.parts import Part

MAX_INCLUDES = 16


class Files:
    """Opens what a scenario names, relative to the file that names it and confined to ``root``;
    None confines nothing because there is no folder, so nothing can be named."""

    def __init__(self, root: Path | None) -> None:
        self._root = root.resolve() if root is not None else None
        self._sounds: dict[tuple[Path, AudioFormat], Audio] = {}
        self._documents: dict[str, Document] = {}
        self._paths: dict[tuple[str, str], Path] = {}

    def document(self, part: Part, chain: tuple[Path, ...] = ()) -> tuple[Document, Path]:
        """A further document; ``chain`` are the files that led here."""
        path, name = self._confined(part)
        if path in chain:
            names = " -> ".join(step.name for step in (*chain[chain.index(path) :], path))
            raise part.error(f"the file includes itself: {names}", "break the circle")
        if len(chain) >= MAX_INCLUDES:
            raise part.error(f"included more than {MAX_INCLUDES} files deep", "flatten it")
        if name not in self._documents:
            try:
                self._documents[name] = load_document(path, name)
            except UnreadableError as problem:
                raise part.error(problem.message, problem.hint) from None
        return self._documents[name], path

    def path(self, part: Part) -> str:
        """A file, as messages call it."""
        return self._confined(part)[1]

    def folder(self, part: Part) -> str:
        """A folder, as messages call it."""
        written = part.text("the name of a pack, or the path of its folder")
        named = Path(part.document.path).parent / written
        self._resolved(part, named / "pack.yaml", f"{written}/pack.yaml")
        return str(named)

    def text(self) -> str:
        """All that was read in further documents."""
        return "\n".join(document.text for document in self._documents.values())

    def audio(self, part: Part, wanted: AudioFormat) -> Audio:
        """A sound in the wanted format."""
        path, _name = self._confined(part)
        if (path, wanted) not in self._sounds:
            size = path.stat().st_size
            if size > MAX_BYTES:
                raise part.error(f"{size} bytes, at most {MAX_BYTES} are sent", "send a part of it")
            try:
                self._sounds[path, wanted] = load_audio(path, part.text(), wanted)
            except AudioProblem as problem:
                raise part.error(problem.message, problem.hint) from None
            except OSError as problem:
                raise part.error(f"cannot be read: {problem.strerror}", "") from None
        return self._sounds[path, wanted]

    def _confined(self, part: Part) -> tuple[Path, str]:
        """The real path, and how messages call it."""
        written = part.text("the path of a file")
        named = Path(part.document.path).parent / written
        key = (part.document.path, written)
        if key not in self._paths:
            self._paths[key] = self._resolved(part, named, written)
        return self._paths[key], str(named)

    def _resolved(self, part: Part, named: Path, written: str) -> Path:
        if self._root is None:
            raise part.error("this scenario has no folder", "read it from a file to name others")
        try:
            path = named.resolve()
            if not path.is_relative_to(self._root):
                raise part.error(
                    f"'{written}' is outside the folder of the scenario",
                    f"only files under {self._root.name}/ can be named; links are followed first",
                )
            if not stat.S_ISREG(path.stat().st_mode):
                raise part.error(f"'{written}' is not a regular file", "name a file")
        except (OSError, ValueError, RuntimeError) as problem:
            reason = getattr(problem, "strerror", None) or "not a path"
            hint = f"looked for it beside {part.document.path}"
            raise part.error(f"'{written}': {reason.lower()}", hint) from None
        return path
