"""Which scenarios of a command line are played: by name, tag, shard, and what failed last."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path

from rtdebug.errors import UsageError
from rtdebug.model.results import Run
from rtdebug.model.value import Value
from rtdebug.scenario.document import Scenario


class Selection(Value):
    """What is asked for. ``names`` are globs, ``tags`` may begin with ``!`` (leave those out),
    ``shard`` is a number from 1 and how many shards there are."""

    names: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    shard: tuple[int, int] = (1, 1)
    last_failed: bool = False

    def choose(self, scenarios: Sequence[Scenario]) -> list[Scenario]:
        """The chosen ones, in order; raises UsageError where that is none: to play nothing is no
        pass."""
        found = [one for one in scenarios if self._named(one) and self._tagged(one)]
        if not found:
            known = sorted({tag for one in scenarios for tag in one.tags})
            tags = f"; their tags: {', '.join(known[:20])}" if known else ""
            raise UsageError(
                f"none of the {len(scenarios)} scenarios has such a name and tag{tags}",
                "--name takes globs of names and of file names",
            )
        if self.last_failed:
            found = _failed_before(found)
        number, count = self.shard
        if count > len(found):
            words = f"--shard {number}/{count}: {len(found)} chosen scenarios cannot fill {count}"
            raise UsageError(words, f"use at most {len(found)} shards")
        return found[number - 1 :: count]

    def _named(self, one: Scenario) -> bool:
        called = (one.name.lower(), Path(one.source.path).stem.lower())
        return not self.names or any(
            fnmatchcase(name, glob.lower()) for glob in self.names for name in called
        )

    def _tagged(self, one: Scenario) -> bool:
        unwanted = {tag[1:] for tag in self.tags if tag.startswith("!")}
        wanted = {tag for tag in self.tags if not tag.startswith("!")}
        return not unwanted & set(one.tags) and (not wanted or bool(wanted & set(one.tags)))


def shard(text: str) -> tuple[int, int]:
    """``2/5`` as a pair. Raises UsageError."""
    number, _, count = text.partition("/")
    if number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count) <= 10_000:
        return int(number), int(count)
    raise UsageError(f"--shard {text[:40]}: expected a shard of several", "write --shard 1/4")


def _failed_before(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Those that failed last; all of them where none is known to have."""
    paths = _known()
    return [one for one in scenarios if _path(one.source.path) in paths] or list(scenarios)


def note_failed(runs: Iterable[Run]) -> None:
    """Keeps which scenarios of this folder were bad, for ``--last-failed``. A cache that cannot be
    written fails nothing."""
    played = {_path(run.source.path): run.outcome.is_good for run in runs if run.source}
    bad = {_path(run.source.path) for run in runs if run.source and not run.outcome.is_good}
    before = _known()
    now = (before - set(played)) | bad
    if now == before:
        return
    file = _file()
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(json.dumps(sorted(now)), encoding="utf-8")


def _known() -> set[str]:
    with suppress(OSError, ValueError):
        found = json.loads(_file().read_text(encoding="utf-8"))
        return {one for one in found if isinstance(one, str)} if isinstance(found, list) else set()
    return set()


def _file() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = sha256(os.fsencode(os.getcwd())).hexdigest()[:16]
    return Path(base) / "rtdebug" / "last-failed" / f"{folder}.json"


def _path(path: str) -> str:
    return os.path.abspath(path)
