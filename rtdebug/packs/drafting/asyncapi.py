"""Reads an AsyncAPI document, version 2 or 3, into a draft of a pack.

Documents differ in what they mean: `publish` is what the server says in some and what the client
says in others, names of components hold a bare "/", and some describe messages that no field names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from rtdebug.errors import UsageError
from rtdebug.model.records import Sender
from rtdebug.model.value import Value
from rtdebug.packs.drafting.document import document_of
from rtdebug.packs.drafting.draft import Draft, Message
from rtdebug.packs.drafting.local_schemas import LocalSchemas, branches
from rtdebug.packs.drafting.wording import server_like
from rtdebug.safe import one_line

_ACTIONS = {"send": "publish", "receive": "subscribe"}  # version 3 -> what --server-says takes
_CLOSE = re.compile(r"[^.\n|]*\b(?:1\d{3}|[34]\d{3})\b[^\n|]*")
_MOST_CLOSES = 40


class Said(Value):
    """One message as an operation names it: ``action`` is the document's word for who."""

    action: str
    hint: str
    name: str
    schema: Any
    example: Mapping[str, Any]
    is_binary: bool


def draft_of(path: Path, channel: str | None, server_says: str | None) -> Draft:
    """The draft of one channel. Raises DocumentError or UsageError with what is needed."""
    reader = _Reader(path, document_of(path), channel)
    try:
        return reader.draft(server_says)
    except (AttributeError, TypeError) as error:  # a text where a mapping belongs, and the like
        raise UsageError(
            f"{path}: not built as AsyncAPI says: {one_line(str(error), 120)}",
            "find the place with: npx @asyncapi/cli validate",
        ) from None


def is_asyncapi(path: Path) -> bool:
    """Whether a file looks like one."""
    with path.open("rb") as stream:
        return re.search(rb'(?m)^\s*["\']?asyncapi["\']?\s*:', stream.read(4096)) is not None


class _Reader:
    def __init__(self, path: Path, data: dict[str, Any], channel: str | None) -> None:
        self._path = path
        self._data = data
        self._wanted = channel
        version = str(self._data.get("asyncapi", ""))
        if version[:2] not in ("2.", "3."):
            raise UsageError(f"{path}: expected AsyncAPI 2 or 3, found {version[:20] or 'neither'}",
                             "convert it first")  # fmt: skip
        self._is_three = version.startswith("3")

    def draft(self, server_says: str | None) -> Draft:
        """All of it."""
        address, said = self._said()
        if not said:
            raise UsageError(f"{self._path}: expected messages, found none",
                             "name another --channel")  # fmt: skip
        speaks = _ACTIONS.get(server_says or "", server_says) or self._who(said)
        found = self._messages(said, speaks)
        return Draft(
            title=str(self._data.get("info", {}).get("title", "A protocol"))[:80],
            source=f"the AsyncAPI document {self._path.name}",
            urls=tuple(self._urls(address)),
            closes=tuple(dict.fromkeys(self._closes())),
            **found,
        )

    # -- channels and operations -------------------------------------------------------------

    def _said(self) -> tuple[str, list[Said]]:
        channels = self._data.get("channels")
        if not isinstance(channels, dict) or not channels:
            raise UsageError(f"{self._path}: expected channels, found none", "see asyncapi.com")
        read = self._operations if self._is_three else self._channels
        found = read(channels)
        addresses = list(dict.fromkeys(address for address, _ in found))
        if len(addresses) > 1:
            raise UsageError(
                f"{self._path}: several channels have messages: {', '.join(addresses)}",
                f"name one: --channel {addresses[0]}",
            )
        if self._wanted is not None and self._wanted not in channels and not found:
            raise UsageError(f"{self._path}: no channel {self._wanted} has messages",
                             f"expected one of: {', '.join(channels)}")  # fmt: skip
        return (addresses or [""])[0], [one for _, one in found]

    def _channels(self, channels: dict[str, Any]) -> list[tuple[str, Said]]:
        return [
            (name, self._one(action, operation, message))
            for name, channel in channels.items()
            if self._wanted in (None, name)
            for action in ("publish", "subscribe")
            if isinstance(operation := self._follow(channel).get(action), dict)
            for message in self._choice(operation.get("message"))
        ]

    def _operations(self, channels: dict[str, Any]) -> list[tuple[str, Said]]:
        found = []
        for operation in map(self._follow, (self._data.get("operations") or {}).values()):
            channel = self._follow(operation.get("channel"))
            names = [name for name, one in channels.items() if self._follow(one) is channel]
            address = str(channel.get("address") or "")
            if self._wanted not in (None, address, *names):
                continue
            messages = operation.get("messages") or list((channel.get("messages") or {}).values())
            action = _ACTIONS.get(str(operation.get("action")), "")
            found += [(address, self._one(action, operation, one)) for one in messages]
        return found

    def _choice(self, message: Any) -> list[Any]:
        followed = self._follow(message)
        if isinstance(followed, dict) and isinstance(followed.get("oneOf"), list):
            return [one for part in followed["oneOf"] for one in self._choice(part)]
        return [message] if followed else []

    def _one(self, action: str, operation: Mapping[str, Any], message: Any) -> Said:
        reference = str(message.get("$ref", "")) if isinstance(message, dict) else ""
        body = self._follow(message)
        name = str(body.get("name") or body.get("title") or reference.rpartition("/")[2])
        payload = self._follow(body.get("payload", {}))
        if isinstance(payload, dict) and "schema" in payload and "schemaFormat" in payload:
            payload = self._follow(payload["schema"])
        words = (str(operation.get(key, "")) for key in ("summary", "description", "operationId"))
        examples = [
            one.get("payload") for one in body.get("examples") or () if isinstance(one, dict)
        ]
        example = next((one for one in examples if isinstance(one, dict)), {})
        kind = f"{body.get('contentType', '')} {payload.get('format', '')}"
        is_binary = "octet-stream" in kind or "binary" in kind or "audio/" in kind
        return Said(action, f"{' '.join(words)} {reference}", name, payload, example, is_binary)

    # -- who says what -----------------------------------------------------------------------

    def _who(self, said: list[Said]) -> str:
        """Which action is the server's, by the words of the document; asked where none tell."""
        scores = Counter({"publish": 0, "subscribe": 0})
        for one in said:
            names = [one.name, *self._names_in(one.schema)]
            scores[one.action] += server_like(one.hint, names)
        (first, most), (_, least) = scores.most_common(2)
        if most == least:
            raise UsageError(
                f"{self._path}: who says what cannot be told from its words",
                "say which is the server's: --server-says publish, or subscribe",
            )
        return first

    def _names_in(self, schema: Any) -> Iterator[str]:
        for way in branches(schema, self._follow):
            for values in self._consts(way).values():
                yield from values

    # -- messages ----------------------------------------------------------------------------

    def _messages(self, said: list[Said], server_says: str) -> dict[str, Any]:
        binary: list[Sender] = []
        ways: list[tuple[Sender, Said, dict[str, Any]]] = []
        for one in said:
            sender = Sender.SERVER if one.action == server_says else Sender.CLIENT
            if one.is_binary:
                binary.append(sender)
                continue
            ways += [(sender, one, way) for way in branches(one.schema, self._follow)]
        counts = Counter(chain.from_iterable(self._consts(way) for _, _, way in ways))
        field = counts.most_common(1)[0][0] if counts else ""
        by_type: dict[tuple[Sender, str], list[Any]] = {}
        examples: dict[tuple[Sender, str], Mapping[str, Any]] = {}
        keys, notes = [], []
        for sender, one, way in ways:
            types = self._values(way, field)
            if not types:
                key = self._key(way, [other for _, _, other in ways if other is not way])
                if key is None:
                    notes.append(f"{one.name}: nothing names this message")
                    continue
                keys.append(key)
                types = [key]
            for type_ in types:
                by_type.setdefault((sender, type_), []).append(way)
                if one.example.get(field, type_) == type_:
                    examples.setdefault((sender, type_), one.example)
        messages = []
        for (sender, type_), schemas in by_type.items():
            schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
            made = LocalSchemas(self._follow, sender).whole(schema)
            messages.append(Message(sender, type_, made, examples.get((sender, type_), {})))
        return {"field": field, "keys": tuple(dict.fromkeys(keys)), "messages": tuple(messages),
                "binary": tuple(dict.fromkeys(binary)), "notes": tuple(notes)}  # fmt: skip

    def _consts(self, schema: Mapping[str, Any]) -> dict[str, list[str]]:
        """Each property that has but one value, a text, and which."""
        found = {}
        for name in schema.get("properties") or {}:
            values = self._values(schema, name)
            if len(values) == 1:
                found[name] = values
        return found

    def _values(self, schema: Mapping[str, Any], field: str) -> list[str]:
        """The types a message of this schema may have: what its naming field may be."""
        part = self._follow((schema.get("properties") or {}).get(field, {}))
        if not isinstance(part, dict):
            return []
        values = [part["const"]] if "const" in part else part.get("enum") or []
        return [one for one in values if isinstance(one, str)]

    def _key(self, way: Mapping[str, Any], others: list[dict[str, Any]]) -> str | None:
        """The key by which a message without a name is known: one that no other has."""
        taken = {name for other in others for name in other.get("properties") or ()}
        required = [str(one) for one in way.get("required") or ()]
        names = (*required, *(way.get("properties") or {}))
        return next((name for name in names if name not in taken), None)

    # -- references, addresses, words --------------------------------------------------------

    def _follow(self, value: Any) -> Any:
        for _ in range(32):
            if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
                return value if value is not None else {}
            value = self._lookup(value["$ref"])
        raise UsageError(f"{self._path}: references that lead in a circle", "mend them")

    def _lookup(self, reference: str) -> Any:
        if not reference.startswith("#/"):
            raise UsageError(
                f"{self._path}: refers to another file: {reference[:100]}",
                "make one file of them first, as `asyncapi bundle` does",
            )
        value: Any = self._data
        parts = reference[2:].split("/")
        while parts:
            # Names of components hold a bare "/" in some documents: the longest that is there.
            tries = (("/".join(parts[:n]), n) for n in range(len(parts), 0, -1))
            plain = ((one.replace("~1", "/").replace("~0", "~"), n) for one, n in tries)
            found = next(((one, n) for one, n in plain if _has(value, one)), None)
            if found is None:
                raise UsageError(f"{self._path}: {reference[:150]} leads nowhere",
                                 "mend the document")  # fmt: skip
            value = value[found[0]]
            parts = parts[found[1] :]
        return value

    def _urls(self, address: str) -> Iterator[str]:
        seen = set()
        path = address if address.startswith("/") else ""
        for server in map(self._follow, (self._data.get("servers") or {}).values()):
            host = str(server.get("url") or server.get("host") or "")
            host = re.sub(r"^\w+://", "", host).rstrip("/") + str(server.get("pathname", ""))
            if not host or re.match(r"(localhost|127\.)", host):
                continue
            whole = re.escape(host + path.rstrip("/"))
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", whole).replace(r"\-", "-").replace(r"\/", "/")
            if pattern not in seen:
                seen.add(pattern)
                yield f"^wss?://{pattern}"

    def _closes(self) -> Iterator[str]:
        """What the document says of the codes a connection is closed with."""
        found = _CLOSE.findall(self._path.read_text("utf-8", "replace"))
        told = [one for one in found if re.search(r"(?i)\bclos|websocket code|\bcode", one)]
        for one in told[:_MOST_CLOSES]:
            yield " ".join(one.split()).lstrip("#-* |")[:160]


def _has(value: Any, key: str) -> bool:
    return isinstance(value, dict) and key in value
