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

DEFAULT_PACK = "openai-realtime"


@cache
def load_pack(name: str = DEFAULT_PACK) -> Pack:
    """The pack of that name. Raises UsageError with the known names for any other."""
    folder = resources.schemas(name)
    if not re.fullmatch(r"[a-z0-9-]+", name) or not (folder / "pack.yaml").is_file():
        known = ", ".join(resources.pack_names())
        raise UsageError(f"unknown pack {name!r}; expected one of: {known}", "see --pack")
    return _pack(folder, read_yaml(folder / "pack.yaml"))


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
        signs={type_: tuple(one) for type_, one in data.get("signs", {}).items()},
    )
