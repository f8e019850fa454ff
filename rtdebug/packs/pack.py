"""A pack: one protocol as typed data, and the kinds of its messages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from rtdebug.model.records import Sender
from rtdebug.model.value import EMPTY, Value
from rtdebug.packs.errors import ErrorTable
from rtdebug.packs.lifecycle import Lifecycle
from rtdebug.packs.naming import Naming
from rtdebug.packs.schemas import MessageKind, SchemaFolder

ONE_KEY = "*"


class Answer(Value):
    """What must answer a client event (roles), within how many seconds."""

    ask: str
    by: tuple[str, ...]
    within: float


class Pack(Value):
    """One protocol. ``roles`` map role -> type by sender; ``patience`` is in seconds.

    A pack of ``grammar`` has roles, which trackers and rules of that grammar read; any other has
    ``life``, and there each type is its own role but for errors. ``type_of`` is the member that
    names a message, ONE_KEY where it is none at the top. ``binary_facts`` is what a binary message
    of each side says, where they are no JSON. ``below`` is the pack that this one extends,
    ``looser`` what it lays over schemas of that one.
    """

    __slots__ = ("__dict__",)  # for what is worked out once, at the first question

    name: str
    title: str
    folder: Path
    type_of: str
    opens: str | None
    opens_within: float
    patience: float
    roles: Mapping[Sender, Mapping[str, str]]
    answers: Mapping[str, Answer]
    settings: Mapping[str, str]
    not_echoed: frozenset[str]
    retired_events: Mapping[str, str]
    retired_fields: Mapping[str, Mapping[str, str]]
    media_only: frozenset[str]
    mirrors: tuple[str, ...]
    audio_rates: Mapping[str, float]
    binary: str
    docs: str
    urls: tuple[str, ...]
    signs: Mapping[str, tuple[str, ...]] = EMPTY
    dispensable: frozenset[str] = frozenset()
    without_turns: tuple[str, ...] = ()
    grammar: str = ""
    naming: Naming = Naming("type")
    life: Lifecycle | None = None
    binary_facts: Mapping[Sender, str] = EMPTY
    below: Pack | None = None
    looser: Mapping[str, Any] = EMPTY

    @cached_property
    def role_of(self) -> Mapping[Sender, Mapping[str, str]]:
        """Type -> role, by sender; all types that say an error have that role."""
        known = {
            sender: {type_: role for role, type_ in roles.items()}
            for sender, roles in self.roles.items()
        }
        if self.life is not None:
            for type_ in self.life.types_of(("error",)):
                known[Sender.SERVER][type_] = "error"
        return known

    @cached_property
    def schemas(self) -> SchemaFolder:
        """The schemas of its messages, each compiled when its type is first met."""
        below = self.below.schemas if self.below is not None else None
        return SchemaFolder(self.folder, below, self.looser, proto=self.naming.proto)

    @cached_property
    def errors(self) -> ErrorTable:
        """What the codes, texts, closes and statuses of this protocol mean."""
        return ErrorTable.load(self.folder_of("errors.yaml"))

    def folder_of(self, name: str) -> Path:
        """The folder with a file of that name: its own, else that of the pack it extends."""
        if self.below is None or (self.folder / name).is_file():
            return self.folder
        return self.below.folder_of(name)

    def is_a(self, name: str) -> bool:
        """Whether it is the pack of that name, or a dialect of it."""
        return self.name == name or (self.below is not None and self.below.is_a(name))

    def role(self, sender: Sender, type_: str) -> str | None:
        """The role of a type, None when the pack gives it none."""
        return self.role_of[sender].get(self.naming.spellings.get(type_, type_))

    def type(self, role: str) -> str:
        """The event name a role has here; the role itself where the pack has no such event."""
        for sender in Sender:
            if role in self.roles[sender]:
                return self.roles[sender][role]
        return role

    def kind(self, sender: Sender, type_: str) -> MessageKind | None:
        """How messages of this type are judged, None for a type the pack does not know."""
        return self.schemas.kind(sender, self.naming.spellings.get(type_, type_))

    def sender_of(self, type_: str) -> Sender | None:
        """Who sends this type, None when unknown or both may."""
        type_ = self.naming.spellings.get(type_, type_)
        senders = [sender for sender in Sender if type_ in self.role_of[sender]]
        return senders[0] if len(senders) == 1 else None

    def name_of(self, payload: Mapping[str, Any]) -> str | None:
        """The type of a message, None when it has none."""
        return self.naming.name(payload)
