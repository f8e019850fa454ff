"""Loads a pack: a folder with pack.yaml, errors.yaml and schemas; one may extend another."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from rtdebug import resources
from rtdebug.errors import UsageError
from rtdebug.model.records import Sender
from rtdebug.packs.pack import Answer, Pack
from rtdebug.packs.yaml_data import read_yaml, seconds
from rtdebug.safe import one_line

DEFAULT_PACK = "openai-realtime"


_NAME = re.compile(r"[a-z0-9-]+")


@cache
def load_pack(name: str = DEFAULT_PACK) -> Pack:
    """The pack of that name, or in the folder of that path. Raises UsageError for any other."""
    if not is_pack_name(name) and Path(name, "pack.yaml").is_file():
        return _given(name)
    folder = resources.schemas(name)
    if not is_pack_name(name) or not (folder / "pack.yaml").is_file():
        known = ", ".join(resources.pack_names())
        hint = "or give the path of a folder with a pack.yaml; see rtdebug packs"
        raise UsageError(f"unknown pack {name[:200]!r}; expected one of: {known}", hint)
    return _pack(folder, read_yaml(folder / "pack.yaml"))


def is_pack_name(text: str) -> bool:
    """Whether it can be the name of a pack that ships; anything else is a path."""
    return _NAME.fullmatch(text) is not None


def _given(path: str) -> Pack:
    """A pack that a person wrote, called by its path: two may have the same name."""
    try:
        pack = _pack(Path(path), {**read_yaml(Path(path, "pack.yaml")), "pack": path})
        pack.errors  # noqa: B018 - read now, so that what is wrong with it is known before a session
        return pack
    except (KeyError, TypeError, AttributeError, ValueError, OSError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else one_line(str(error), 200)
        raise UsageError(
            f"the pack {path} cannot be read: {what}", "compare it with a pack that ships"
        ) from None
    except Exception as error:  # the parser's own errors: yaml is not imported for their names
        if not type(error).__module__.startswith("yaml"):
            raise
        raise UsageError(
            f"the pack {path} is no YAML: {one_line(str(error), 200)}", "correct its pack.yaml"
        ) from None


def _pack(folder: Path, data: dict[str, Any]) -> Pack:
    retired = data.get("retired", {})
    answers = [
        Answer(row["ask"], tuple(row["by"]), seconds(row["within"]))
        for row in data.get("answers", [])
    ]
    return Pack(
        name=data["pack"],
        title=data["title"],
        folder=folder,
        type_of=data["type_of"],
        opens=data.get("opens"),
        opens_within=seconds(data.get("opens_within", "5s")),
        patience=seconds(data["patience"]),
        roles={sender: data["roles"][sender.value] for sender in Sender},
        answers={answer.ask: answer for answer in answers},
        settings=data.get("settings", {}),
        not_echoed=frozenset(data.get("not_echoed", ())),
        retired_events=retired.get("events", {}),
        retired_fields=retired.get("fields", {}),
        media_only=frozenset(data.get("media_only", ())),
        mirrors=tuple(data.get("mirrors", ())),
        audio_rates=data.get("audio_rates", {}),
        binary=data.get("binary", "forbidden"),
        docs=data.get("docs", ""),
        urls=tuple(re.compile(pattern) for pattern in data.get("urls", ())),
        aliases=data.get("aliases", {}),
        grammar=data.get("grammar", ""),
        dispensable=frozenset(data.get("dispensable", ())),
        signs={type_: tuple(one) for type_, one in data.get("signs", {}).items()},
    )
