"""Loads a pack: a folder with pack.yaml, errors.yaml and schemas; one may extend another."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from rtdebug import resources
from rtdebug.errors import UsageError
from rtdebug.model.records import Sender
from rtdebug.packs.extending import is_pack_name, merged
from rtdebug.packs.life_rows import lifecycle_of, listed, naming_of
from rtdebug.packs.pack import ONE_KEY, Answer, Pack
from rtdebug.packs.yaml_data import base_folder, read_yaml, seconds
from rtdebug.safe import one_line

DEFAULT_PACK = "openai-realtime"


@cache
def load_pack(name: str = DEFAULT_PACK) -> Pack:
    """The pack of that name, or in the folder of that path. Raises UsageError for any other."""
    folder = resources.schemas(name)
    ships = is_pack_name(name) and (folder / "pack.yaml").is_file()
    if not ships and Path(name, "pack.yaml").is_file():
        return _given(name)
    if not ships:
        known = ", ".join(resources.pack_names())
        hint = "or give the path of a folder with a pack.yaml; see rtdebug packs"
        raise UsageError(f"unknown pack {name[:200]!r}; expected one of: {known}", hint)
    return _pack(folder, read_yaml(folder / "pack.yaml"))


def own_pack(name: str | None) -> str | None:
    """A pack that somebody wrote; None for one that ships."""
    return None if name is None or name in resources.pack_names() else name


def _given(path: str) -> Pack:
    """A pack that a person wrote, called by its path: two may have the same name. Raises
    DocumentError at the first row that nothing reads."""
    from rtdebug.packs.checking import faults

    for fault in faults(Path(path)):
        raise fault
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


def _roles(data: dict[str, Any]) -> dict[Sender, dict[str, str]]:
    """The roles a pack lists; without a grammar each type of its facts is its own role."""
    roles = {sender: dict(data.get("roles", {}).get(sender.value, {})) for sender in Sender}
    for sender in Sender:
        for type_, rows in data.get("facts", {}).get(sender.value, {}).items():
            role = "error" if "error" in map(_said, listed(rows)) else type_
            roles[sender].setdefault(role, type_)
    return roles


def _said(row: str | dict[str, Any]) -> str:
    return row if isinstance(row, str) else str(row["is"])


def _opens(data: dict[str, Any]) -> str | None:
    """The role of what the server must send first, unasked; None where the client is first."""
    opens = data.get("opens")
    if not isinstance(opens, dict):
        return opens
    types = data["facts"]["server"].items()
    first = [type_ for type_, rows in types if opens["begins"] in map(_said, listed(rows))]
    return first[0] if opens["first"] == "server" and first else None


def _pack(folder: Path, data: dict[str, Any]) -> Pack:
    below, looser, urls = None, data.get("loosens", {}), tuple(data.get("urls", ()))
    if "extends" in data:
        base = base_folder(folder, data["extends"])
        below = _pack(base, read_yaml(base / "pack.yaml"))
    signs = dict(below.signs) if below is not None else {}
    for type_, pointers in data.get("signs", {}).items():
        signs[type_] = (*signs.get(type_, ()), *pointers)
    data = merged(folder, data)
    naming = naming_of(data)
    binary = data.get("binary", "forbidden")
    opens = data.get("opens")
    within = (
        opens.get("within", "5s") if isinstance(opens, dict) else data.get("opens_within", "5s")
    )
    retired = data.get("retired", {})
    answers = [
        Answer(row["ask"], tuple(row["by"]), seconds(row["within"]))
        for row in data.get("answers", [])
    ]
    return Pack(
        name=data["pack"],
        title=data["title"],
        folder=folder,
        type_of=naming.field or ONE_KEY,
        opens=_opens(data),
        opens_within=seconds(within),
        patience=seconds(data["patience"]),
        roles=_roles(data),
        answers={answer.ask: answer for answer in answers},
        settings=data.get("settings", {}),
        not_echoed=frozenset(data.get("not_echoed", ())),
        retired_events=retired.get("events", {}),
        retired_fields=retired.get("fields", {}),
        media_only=frozenset(data.get("media_only", ())),
        mirrors=tuple(data.get("mirrors", ())),
        audio_rates=data.get("audio_rates", {}),
        binary=binary if isinstance(binary, str) else "facts",
        binary_facts={Sender(side): fact for side, fact in binary.items()}
        if isinstance(binary, dict)
        else {},
        naming=naming,
        life=lifecycle_of(data),
        docs=data.get("docs", ""),
        urls=urls,
        grammar=data.get("grammar", ""),
        dispensable=frozenset(data.get("dispensable", ())),
        without_turns=tuple(data.get("without_turns", ())),
        signs=signs,
        below=below,
        looser=looser,
    )
