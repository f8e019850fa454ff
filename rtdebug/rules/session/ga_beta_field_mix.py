"""Fields of the other protocol generation, as the server's errors name them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.fields import object_of, text_of
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.protocols.openai_realtime.requests import Request
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.error_names import names_of

_WANTS_TYPE = "missing-session-type"
_UNKNOWN = r"(?i)\bunknown parameter:? .([\w.\[\]]+)"


class GaBetaFieldMix(Rule):
    """Looks at the parameter an error complains of."""

    name = "ga-beta-field-mix"
    roles = ("error",)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """An error that names a field."""
        error = object_of(event.payload.get("error"))
        if _WANTS_TYPE in names_of(self.state, event):
            yield from self._flat(event)
        param = _param(error)
        if param is None or self._told_by_the_event(event):
            return
        pointer = "/" + param.split("[")[0].replace(".", "/")
        became = self._retired(pointer)
        if became is not None and self.state.pack.retired_events:
            message = f"the server does not know {param}: this name is {became} now"
            yield self.finding(message, at=event.at, evidence=(event.seq,))
        elif became is not None or self._is_sign(pointer):
            how = f"of the GA shape: here it is {became}" if became else "which is how GA writes it"
            message = f"the server does not know {param}, {how}"
            yield self.finding(
                message, at=event.at, evidence=(event.seq,), variant="server-speaks-beta",
            )  # fmt: skip

    def _flat(self, event: Event) -> Iterable[Finding]:
        """The server wants what only GA has, and what it refused looks like the beta."""
        if self.state.pack.name == DEFAULT_PACK:
            return  # the shape of the event itself tells
        for request in self.state.requests.recent:
            fields = load_pack(DEFAULT_PACK).retired_fields.get(request.type, {})
            old = [pointer for pointer in fields if _has(request.payload, pointer)]
            if request.refused == event.seq and old:
                places = "; ".join(f"{pointer} is {fields[pointer]} now" for pointer in old)
                message = f"event {request.seq} ({request.type}) has the beta shape, but the "
                message += f"server speaks GA: {places}"
                yield self.finding(message, at=event.at, evidence=(request.seq, event.seq))

    def _retired(self, pointer: str) -> str | None:
        for fields in self.state.pack.retired_fields.values():
            for field, became in fields.items():
                if pointer == field:  # a server that dislikes what is below knows the field
                    return became
        return None

    def _is_sign(self, pointer: str) -> bool:
        """Whether it is a field by which this very protocol is recognised."""
        signs = self.state.pack.signs.get(self.state.pack.type("session.update"), ())
        return pointer in signs

    def _told_by_the_event(self, event: Event) -> bool:
        """Whether the event that was refused is in the record, and so judged by its own shape."""
        for request in self.state.requests.recent:
            if request.refused == event.seq and request.whole:
                return self._has_retired(request)
        return False

    def _has_retired(self, request: Request) -> bool:
        fields = self.state.pack.retired_fields.get(request.type, {})
        return any(_has(request.payload, pointer) for pointer in fields)


def _param(error: dict[str, object]) -> str | None:
    """The field that is not known; errors that only dislike a value are not meant."""
    message = text_of(error.get("message")) or ""
    found = re.search(_UNKNOWN, message[:400])
    if found is not None:
        return found[1]
    return text_of(error.get("param")) if error.get("code") == "unknown_parameter" else None


def _has(value: object, pointer: str) -> bool:
    for part in pointer.split("/")[1:]:
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True
