"""Holds a pack against recordings: what it does not know, what contradicts it, what never came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rtdebug.api.diagnosing import begin, log_name, log_source, senders_by
from rtdebug.documents import Document, load_document
from rtdebug.errors import DocumentError, UnreadableError
from rtdebug.model.findings import Severity
from rtdebug.model.records import Event, Sender, Undecodable
from rtdebug.model.value import Value
from rtdebug.packs.facts import facts_of
from rtdebug.packs.load import load_pack
from rtdebug.packs.pack import Pack

_MOST_WORDS = 20  # different things that are said of one type


class Drift(Value):
    """What recordings show of a pack: ``wrong`` must be mended, ``unproved`` never came.
    ``findings`` are those of each recording, by its name."""

    wrong: tuple[DocumentError, ...]
    unproved: tuple[DocumentError, ...]
    findings: dict[str, tuple[str, ...]]
    messages: int


def drift(folder: Path, captures: Sequence[str]) -> Drift:
    """The drift of a pack without faults of its own."""
    watch = _Watch(load_pack(str(folder)))
    findings = {log_name(name): tuple(watch.read(name)) for name in captures}
    if not watch.messages:
        raise UnreadableError(f"{', '.join(captures)}: expected messages, found none",
                              "record some with: rtdebug tail --capture FILE")  # fmt: skip
    document = load_document(folder / "pack.yaml")
    return Drift(
        tuple(watch.wrong(document)), tuple(watch.unproved(document)), findings, watch.messages
    )


class _Watch:
    """Counts what messages say."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._types: Counter[tuple[Sender, str]] = Counter()
        self._facts: Counter[str] = Counter()
        self._unknown: Counter[tuple[Sender, str]] = Counter()
        self._off: dict[tuple[Sender, str], Counter[str]] = {}
        self.messages = 0

    def read(self, name: str) -> Iterator[str]:
        """Takes in one log; the names of what is found in it."""
        from rtdebug.captures.formats import read

        found: Counter[str] = Counter()
        for reading in read(log_source(name), sender_of=senders_by(str(self._pack.folder))):
            session, records = begin(reading, str(self._pack.folder))
            for record in records:
                session.observe(record)
                if isinstance(record, Event):
                    self._event(record)
                elif isinstance(record, Undecodable) and isinstance(record.data, bytes):
                    self._binary(record.sender)
            found.update(one.name for one in session.finish().findings
                         if one.severity is not Severity.INFO)  # fmt: skip
        yield from found

    def _event(self, event: Event) -> None:
        self.messages += 1
        key = (event.sender, self._pack.naming.spellings.get(event.type, event.type))
        if self._pack.role(*key) is None and event.type != self._pack.naming.batch:
            self._unknown[key] += 1
            return
        self._types[key] += 1
        if self._pack.life is not None:
            self._facts.update(
                one.name for one in facts_of(self._pack.life, self._pack.naming, event)
            )
        kind = self._pack.kind(*key)
        if kind is not None and not kind.passes(event.payload):
            faults = kind.faults(event.payload) or kind.unknown(event.payload)
            words = self._off.setdefault(key, Counter())
            for one in faults[:_MOST_WORDS]:
                if one.message in words or len(words) < _MOST_WORDS:
                    words[one.message] += 1

    def _binary(self, sender: Sender) -> None:
        self.messages += 1
        fact = self._pack.binary_facts.get(sender)
        if fact is None:
            self._unknown[sender, ""] += 1
        else:
            self._facts[fact] += 1

    # -- what it comes to --------------------------------------------------------------------

    def wrong(self, document: Document) -> Iterator[DocumentError]:
        """What the pack does not know, or says otherwise."""
        for (sender, type_), times in self._unknown.items():
            yield self._not_known(document, sender, type_, times)
        for (sender, type_), words in self._off.items():
            path = self._path(document, sender, type_)
            for text, times in words.items():
                yield document.error(
                    path, f"{times} {type_} of the {sender.value}: not as the schema says: {text}",
                    f"mend {sender.value}/{type_}.json, or the {sender.value}", at_key=True,
                )  # fmt: skip
        for path, ask, by in self._calls():
            if self._facts[ask] and not any(self._facts[one] for one in by):
                yield document.error(
                    path, f"{ask} was said {self._facts[ask]} times, and never {' or '.join(by)}",
                    "correct what answers it, or take the row away",
                )  # fmt: skip

    def _not_known(
        self, document: Document, sender: Sender, type_: str, times: int
    ) -> DocumentError:
        if not type_:
            message = f"the {sender.value} sends binary messages: {times}"
            return document.error(
                ("binary",), message, "say what they are: binary: {client: audio.in}"
            )
        other = Sender.CLIENT if sender is Sender.SERVER else Sender.SERVER
        if self._pack.role(other, type_) is not None:
            path = self._path(document, other, type_)
            message = (
                f"{type_} is the {other.value}'s here, and the {sender.value} sent it {times} times"
            )
            return document.error(path, message, f"move it to {sender.value}", at_key=True)
        message = f"the {sender.value} sends {type_}, which the pack does not know: {times}"
        hint = f"add {type_}: note, or what it says"
        return document.error(("facts", sender.value), message, hint, at_key=True)

    def unproved(self, document: Document) -> Iterator[DocumentError]:
        """What never came, so that nobody knows whether it is right."""
        for sender in Sender:
            for type_ in self._pack.role_of[sender]:
                if not self._types[sender, type_]:
                    path = self._path(document, sender, type_)
                    yield document.error(
                        path, f"{type_} never came from the {sender.value}", at_key=True
                    )
        for path, ask, _ in self._calls():
            if not self._facts[ask]:
                yield document.error(path, f"{ask} was never said, so nothing answered it")

    def _calls(self) -> Iterator[tuple[tuple[str | int, ...], str, tuple[str, ...]]]:
        life = self._pack.life
        for number, row in enumerate(life.calls if life is not None else ()):
            yield ("calls", number), row.ask, row.by

    def _path(self, document: Document, sender: Sender, type_: str) -> tuple[str | int, ...]:
        value = document.value.get("facts", {}).get(sender.value) or {}
        return ("facts", sender.value, type_) if type_ in value else ("facts", sender.value)
