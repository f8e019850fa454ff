"""Makes a draft of a pack from a document or from recordings, and writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from rtdebug.api.diagnosing import log_name, log_source, sender_of
from rtdebug.errors import UnreadableError, UsageError
from rtdebug.model.records import Opened
from rtdebug.packs.drafting import sightings
from rtdebug.packs.drafting.draft import Draft
from rtdebug.packs.drafting.writing import Made, write

_MOST_RECORDS = 200_000
_MOST_LINES = 20_000
_MOST_BYTES = 64 << 20  # of a recording that are looked at for what names its messages
_HOLDERS = ("event", "message", "data", "payload", "frame")
_AROUND = {"from", "dir", "direction", "sender", "ts", "at", "time"}


def new_pack(source: str, channel: str | None, server_says: str | None, folder: Path) -> Made:
    """Writes the pack; notes of what could not be taken. Raises where nothing was to be had."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"-o {folder}: something is there already", "name a new folder")
    from rtdebug.packs.drafting import asyncapi

    path = Path(source)
    if source != "-" and path.is_file() and asyncapi.is_asyncapi(path):
        return write(asyncapi.draft_of(path, channel, server_says), folder)
    for name, given in (("--channel", channel), ("--server-says", server_says)):
        if given is not None:
            raise UsageError(f"{name} is of an AsyncAPI document, and {source} is none",
                             "leave it out")  # fmt: skip
    return write(_seen_in(source), folder)


def _seen_in(source: str) -> Draft:
    """The draft of a recording, in any format that `diagnose` reads."""
    from rtdebug.captures.formats import read
    from rtdebug.captures.names import LogVocabulary
    from rtdebug.packs.load import load_pack

    payloads = list(islice(_payloads(source), _MOST_LINES))
    field, keys = sightings.naming_of(payloads)
    if not payloads or not (field or keys):
        raise UnreadableError(
            f"{log_name(source)}: expected an AsyncAPI document or a recording, found neither",
            "record one with: rtdebug tail --capture FILE",
        )
    with TemporaryDirectory(prefix="rtdebug-") as place:
        _names_only(Path(place), field, keys, payloads)
        vocabulary = LogVocabulary(load_pack(place), sender_of)
        readings = read(log_source(source), sender_of=vocabulary)
        records = [list(islice(one.records, _MOST_RECORDS)) for one in readings]
    addresses = [one.url for one in readings if one.url]
    addresses += [one.url for many in records for one in many
                  if isinstance(one, Opened) and one.url]  # fmt: skip
    draft = sightings.draft_of(records, f"the recording {Path(log_name(source)).name}", field, keys,
                               _patterns(addresses))  # fmt: skip
    if not draft.messages:
        raise UnreadableError(f"{log_name(source)}: who sent its messages is not told",
                              "record both sides: rtdebug tail --capture FILE")  # fmt: skip
    return draft


def _names_only(
    folder: Path, field: str, keys: Sequence[str], payloads: Sequence[Mapping[str, Any]]
) -> None:
    """A pack that knows what names a message and no more, for the readers of logs."""
    name = {**({"field": field} if field else {}), **({"keys": list(keys)} if keys else {})}
    types = {one[field] for one in payloads if isinstance(one.get(field), str)} | {*keys}
    facts = dict.fromkeys(sorted(types)[:2000], "note")
    pack = {"pack": "seen", "title": "What was seen", "name": name, "patience": "10s",
            "binary": {"client": "audio.in", "server": "audio.out"},
            "facts": {"client": facts, "server": facts}}  # fmt: skip
    (folder / "pack.yaml").write_text(json.dumps(pack), encoding="utf-8")


def _payloads(source: str) -> Iterator[Mapping[str, Any]]:
    """What may be a message, in any nesting of a log of JSON."""
    name, stream = log_name(source), log_source(source)
    if not isinstance(stream, Path):
        raise UsageError(f"{name}: a recording is read twice", "write it to a file")
    try:
        with stream.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError as error:
        raise UnreadableError(
            f"{name}: cannot be read: {error.strerror}", "check the path"
        ) from None
    for line in _values(text):
        yield from _messages(line)


def _values(text: str) -> Iterator[Any]:
    try:
        yield json.loads(text)
    except ValueError:
        for line in text.splitlines():
            try:
                yield json.loads(line[line.find("{") :])
            except ValueError:
                continue


def _messages(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        for one in value:
            yield from _messages(one)
        return
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            value = json.loads(value)
        except ValueError:
            return
    if not isinstance(value, dict) or {"rtdebug_capture", "opened", "closed"} & value.keys():
        return
    if "log" in value or "_webSocketMessages" in value:  # an archive of HTTP
        for one in _frames(value):
            yield from _messages(one.get("data"))
        return
    holders = _HOLDERS if _AROUND & value.keys() else ()
    held = next((value[key] for key in holders if isinstance(value.get(key), dict)), None)
    if held is not None or not {"binary", "text"} & value.keys():
        yield held if held is not None else value


def _frames(value: Any) -> Iterator[Mapping[str, Any]]:
    log = value.get("log")
    entries = log.get("entries") if isinstance(log, dict) else [value]
    for entry in entries if isinstance(entries, list) else ():
        frames = entry.get("_webSocketMessages") if isinstance(entry, dict) else None
        yield from (one for one in frames or () if isinstance(one, dict))


def _patterns(addresses: Sequence[str]) -> tuple[str, ...]:
    """The addresses of recordings as a pack has them: without their query, and none of this
    machine."""
    found: dict[str, None] = {}
    for address in addresses:
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.hostname and not re.match(r"localhost$|127\.", parts.hostname):
            where = re.escape(f"{parts.hostname}{parts.path}").replace(r"\-", "-")
            found[f"^wss?://{where}"] = None
    return tuple(found)
