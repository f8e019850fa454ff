"""The scenarios a command line means: files, folders, names of what ships, and their variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from rtdebug import resources
from rtdebug.errors import UnreadableError, UsageError

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_HEAD = 4096  # bytes that tell what a file is
_ENDINGS = (".yaml", ".yml")


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
        if not name.strip():
            raise UsageError("expected a scenario, got an empty name", "name a file or a folder")
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
        _refuse_others(path)
        yield path
        return
    for inner in sorted(path.rglob("*")):
        if inner.suffix in _ENDINGS and inner.is_file() and _is_scenario(inner):
            yield inner


def _refuse_others(path: Path) -> None:
    """What is no YAML a person wrote is told in one line, not at a place in it."""
    with suppress(OSError), path.open("rb") as file:
        found = _other_kind(file.read(_HEAD))
        if found:
            raise UnreadableError(
                f"{path}: expected a scenario in YAML, found {found}",
                f"name a scenario; a log or a capture is judged by: rtdebug diagnose {path}",
            )


def _other_kind(head: bytes) -> str:
    """What a file is by its beginning, empty where it may be a scenario."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _is_binary(head):
        return "binary data"
    if text[:1] == b"<":
        return "HTML" if re.match(rb"<(!doctype )?html", text, re.I) else "XML"
    if b'"rtdebug_capture"' in text[:200]:
        return "a capture of rtdebug"
    if text[:1] in (b"{", b"[") and not re.search(rb'\brtdebug"?\s*:', text):
        return "JSON that is none"
    return ""


def _is_binary(head: bytes) -> bool:
    """Text in another encoding is none: it is told at its place."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    if b"\0" in head:
        return True
    line = head.split(b"\n", 1)[0]
    try:
        line.decode()
    except UnicodeDecodeError:
        return _CONTROL.search(line) is not None
    return False


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
            return _near(candidate)
    stem = wanted.removesuffix(".yaml")
    for inner in sorted(folder.iterdir()):
        if "/" not in stem and (inner / f"{stem}.yaml").is_file():
            return _near(inner / f"{stem}.yaml")
    from difflib import get_close_matches

    near = get_close_matches(stem, [path.stem for path in folder.rglob("*.yaml")], 1, 0.6)
    hint = f"did you mean the shipped scenario {near[0]}?" if near else "give a path to a YAML file"
    raise UnreadableError(f"there is no file or shipped scenario {name!r}", hint)


def _near(path: Path) -> Path:
    """As seen from here, where that is shorter: reports print it."""
    with suppress(ValueError, OSError):
        return path.relative_to(Path.cwd())
    return path
