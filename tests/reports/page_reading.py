"""Reads a page as a stranger would: its elements with an HTML parser, its data as JSON."""

from __future__ import annotations

import base64
import hashlib
import json
from html.parser import HTMLParser
from typing import Any

from rtdebug.engine.session import Session
from rtdebug.model.records import Event, Record, Sender
from rtdebug.model.results import Run
from rtdebug.packs.load import load_pack
from rtdebug.reports.page.keeping import Keeping
from rtdebug.rules import index

SEQ, AT, SIDE, TYPE, SIZE, WORDS, SHAPE = range(7)


class Page(HTMLParser):
    """``elements`` are all start tags, ``texts`` what stands in style and scripts."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts.append((self._inside, data))

    @property
    def policy(self) -> str:
        found = (
            attrs for _, attrs in self.elements if "content" in attrs and "http-equiv" in attrs
        )
        return next(found)["content"] or ""

    @property
    def data(self) -> Any:
        return json.loads(next(text for tag, text in self.texts if tag == "script"))


def hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def value(packed: Any, messages: Any) -> Any:
    if not isinstance(packed, list):
        return packed
    return messages["strings"][packed[0]] if isinstance(packed[0], int) else packed[0]


def body(row: list[Any], messages: Any) -> Any:
    """The payload of a row."""
    shape = (
        json.loads(row[SHAPE]) if isinstance(row[SHAPE], str) else messages["shapes"][row[SHAPE]]
    )
    values = iter(row[SHAPE + 1 :])

    def filled(form: Any) -> Any:
        if form == 0:
            return value(next(values), messages)
        if form[0] == "a":
            return [filled(one) for one in form[1:]]
        return {name: filled(one) for name, one in zip(form[1::2], form[2::2], strict=True)}

    return filled(shape)


def session(pack: str = "openai-realtime") -> Session:
    return Session(load_pack(pack), index.entries())


def messages_of(kept: Any) -> Any:
    """What was kept, as the page has it."""
    return json.loads("".join(kept.pieces()))


def kept_of(
    records: list[Record], keeping: Keeping | None = None, pack: str = "openai-realtime"
) -> Any:
    """What is kept of these records."""
    judging = session(pack)
    sink = (keeping or Keeping()).connection(judging)
    for record in records:
        judging.observe(record)
        sink.observe(record)
    return sink


def event(seq: int, at: float, sender: Sender, payload: dict[str, Any]) -> Event:
    text = json.dumps(payload)
    return Event(seq, at, sender, payload["type"], payload, len(text), text)


def with_kept(run: Run, kept: Any) -> Run:
    from rtdebug.model.value import replace

    return replace(run, kept=kept)
