"""Reads the events of a scenario: those to send, checked against the pack before any socket opens,
and those to expect, whose types and fields must exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rtdebug.documents import JsonPath
from rtdebug.errors import DocumentError
from rtdebug.packs.violations import SchemaViolation
from rtdebug.safe import one_line
from rtdebug.scenario.document import EventSpec, Expected
from rtdebug.scenario.impossible import PlaceOfEvent, at_place, impossible
from rtdebug.scenario.matchers import PatternError, compile_pattern
from rtdebug.scenario.parts import Faults, Part
from rtdebug.scenario.shapes import EventShape
from rtdebug.scenario.substitution import is_name, tokens_of
from rtdebug.scenario.vocabulary import Vocabulary
from rtdebug.spelling import did_you_mean

# Keys of a step that would wait in vain as fields of an event.
_STEP_KEYS = frozenset({"within", "count", "where", "capture", "as", "next", "for", "until"})
_ON_PURPOSE = "correct it, or send it on purpose with raw: true"
# What a value that is not known yet may turn out to be.
_GUESSES: tuple[Any, ...] = ("text", 1, 0.5, True, None, {}, [])


class EventReader:
    """Reads events in the words of one protocol; what cannot be in an expected one goes to
    ``faults``."""

    def __init__(self, vocabulary: Vocabulary, faults: Faults) -> None:
        self._words = vocabulary
        self._faults = faults

    def sent(self, part: Part) -> list[DocumentError]:
        """What is wrong with a client event, each at its field."""
        if isinstance(part.value, str) and "${" not in part.value:
            raise part.expected(
                "an event", f"write {{type: {one_line(part.value, 60)}}}, or raw: true for text"
            )
        found = part.substituted()
        if not isinstance(found.value, dict):
            if () in found.open:
                return []
            raise part.expected("an event", "a mapping with a type")
        if not found.open:
            return [self._fault(part, fault) for fault in self._words.check_event(found.value)]
        return [self._fault(part, fault) for fault in self._certain(found.value, found.open)]

    def _certain(self, event: dict[str, Any], open_: tuple[JsonPath, ...]) -> list[SchemaViolation]:
        """The faults that no value of the open parts can heal."""
        pointers = ["".join(f"/{_escaped(str(token))}" for token in path) for path in open_]
        everywhere: dict[SchemaViolation, None] | None = None
        for guess in _GUESSES:
            filled: Any = event
            for path in open_:
                filled = _with(filled, path, guess)
            faults = self._words.check_event(filled)
            kept = dict.fromkeys(
                fault for fault in faults if not any(_at(fault.pointer, p) for p in pointers)
            )
            if everywhere is not None:
                kept = {fault: None for fault in everywhere if fault in kept}
            everywhere = kept
        return list(everywhere or ())

    def _fault(self, part: Part, fault: SchemaViolation) -> DocumentError:
        type_ = self._words.name_of(part.substituted().value) or "the event"
        path = part.document.resolve(fault.pointer, part.path)
        if fault.kind == "event":
            message = f"unknown client event '{one_line(type_, 60)}'"
            hint = self._type_hint(type_, self._words.client_types) or _ON_PURPOSE
            return part.document.error(path, message, hint + _unchecked(part.value))
        renamed = self._words.retired_fields.get(type_, {}).get(fault.pointer)
        hint = _renaming(renamed) if renamed is not None else _ON_PURPOSE
        message = f"{one_line(type_, 60)}: {one_line(fault.message, 300)}"
        at_key = fault.kind == "unknown-field"
        return part.document.error(path, message, hint, at_key=at_key)

    def spec(self, part: Part, *, unknown: bool, where: Part | None = None) -> EventSpec:
        """An expected event: the name of a type, or a mapping that is matched."""
        spec = part.value
        type_: Any
        fields: dict[str, Any]
        if isinstance(spec, str) and spec:
            type_, fields = spec, {}
        elif isinstance(spec, dict) and "fact" in spec:
            return self._fact(part, where)
        elif isinstance(spec, dict) and spec:
            type_ = spec.get("type")
            fields = {key: value for key, value in spec.items() if key != "type"}
            self._check_keys(part, fields)
        else:
            raise part.expected("the type of an event, or a mapping", "such as response.done")
        conditions = where.mapping("a mapping of paths to values") if where is not None else {}
        self._check_pattern(part)
        self._check_type(part, type_, unknown=unknown)
        if not unknown:
            self._check_fields(part, type_)
        if where is not None:
            self._check_pattern(where)
            if not unknown:
                self._check_paths(where, type_, conditions)
        return EventSpec(
            _label(type_), type_, fields, conditions, part.document.location(part.path)
        )

    def _fact(self, part: Part, where: Part | None) -> EventSpec:
        """An expected fact: whichever message says it, of that id if one is given."""
        fact = part.child("fact").text("a fact of the pack")
        if fact not in self._words.facts:
            hint = did_you_mean(fact, self._words.facts, limit=0)
            message = f"no message of {self._words.pack} says the fact '{one_line(fact, 60)}'"
            raise part.child("fact").error(message, hint or "expect the type of an event")
        self._check_pattern(part)
        fields = {key: value for key, value in part.value.items() if key not in ("fact", "id")}
        conditions = where.mapping("a mapping of paths to values") if where is not None else {}
        facts_of = self._words.facts_of
        return EventSpec(
            f"the fact {fact}", None, fields, conditions, part.document.location(part.path),
            says=lambda event: [one.id for one in facts_of(event) if one.name == fact],
            id=_id_text(part.value.get("id")),
        )  # fmt: skip

    def wanted(self, event: Part, options: Part, *, accepted: bool = False) -> Expected:
        """An expected event and what is kept of it, as ``options`` say; ``accepted`` unknown
        events are those the step around accepts."""
        accepted = accepted or accepts_unknown(options)
        spec = self.spec(event, unknown=accepted, where=options.get("where"))
        keep, capture = options.get("as"), options.get("capture")
        if keep is not None:
            _check_name(keep, keep.text("a name"), at_key=False)
        paths: dict[str, str] = {}
        for name in capture.mapping("a mapping of names to paths") if capture is not None else ():
            assert capture is not None
            part = capture.child(name)
            _check_name(part, name, at_key=True)
            paths[name] = part.text("the path of a field, such as session.id")
            if not accepted:
                self._check_path(part, spec.type, paths[name])
        return Expected(spec, paths, keep.text() if keep is not None else None)

    def _check_keys(self, part: Part, fields: Mapping[str, Any]) -> None:
        for key in fields:
            if key in _STEP_KEYS:
                raise part.child(key).error(
                    f"'{key}' is a key of the step, not of the event",
                    f"write it beside the step's key, or match a field so: where: {{{key}: …}}",
                    at_key=True,
                )

    def _check_pattern(self, part: Part) -> None:
        found = part.substituted()
        try:
            compile_pattern(found.value)
        except PatternError as problem:
            if problem.path not in found.open:
                raise part.inside(
                    problem.path, problem.message, problem.hint, at_key=problem.at_key
                ) from None

    def _check_type(self, part: Part, type_: Any, *, unknown: bool) -> None:
        at = part.child("type") if isinstance(part.value, dict) and "type" in part.value else part
        if type_ is None and at is not part:
            raise at.expected("the type of an event")
        if unknown or type_ is None:
            return
        value = Part(at.document, at.path, type_, at.scope).substituted()
        name = value.value
        if not isinstance(name, str) or value.open or name in self._words.server_types:
            return
        if not self._words.server_types:
            return
        if name in self._words.client_types:
            raise at.error(f"'{name}' is what a client sends", "expect what the server answers")
        hint = self._type_hint(name, self._words.server_types)
        message = f"unknown server event '{one_line(name, 80)}'"
        raise at.error(message, _or_accept(hint) + _unchecked(part.value))

    def _type_hint(self, type_: str, known: Iterable[str]) -> str:
        if type_ in self._words.retired:
            return f"this event became {self._words.retired[type_]}"
        return did_you_mean(type_, known, limit=0)

    def _check_fields(self, part: Part, type_: Any) -> None:
        shape = self._shape(type_)
        if shape is None or not isinstance(part.value, dict):
            return
        found = part.substituted()
        for one in impossible(found.value, shape, PlaceOfEvent(type_), found.open):
            hint = _or_accept(one.hint)
            self._faults.add(part.inside(one.path, one.message, hint, at_key=one.at_key))

    def _check_paths(self, where: Part, type_: Any, paths: Mapping[str, Any]) -> None:
        shape = self._shape(type_)
        for path in paths if shape is not None else ():
            assert shape is not None
            part = where.child(path)
            place = PlaceOfEvent(type_, tokens_of(path))
            there, message, hint = at_place(place, shape)
            if message and not _is_absent(paths[path]):
                self._faults.add(part.error(message, _or_accept(hint), at_key=True))
            found = part.substituted()
            for one in impossible(found.value, there, place, found.open) if there else ():
                hint = _or_accept(one.hint)
                self._faults.add(part.inside(one.path, one.message, hint, at_key=one.at_key))

    def _check_path(self, part: Part, type_: Any, path: str) -> None:
        shape = self._shape(type_)
        place = PlaceOfEvent(type_, tokens_of(path))
        _, message, hint = at_place(place, shape) if shape else (None, "", "")
        if message:
            self._faults.add(part.error(message, _or_accept(hint)))

    def _shape(self, type_: Any) -> EventShape | None:
        return self._words.shape_of(type_) if isinstance(type_, str) else None


def _id_text(value: Any) -> Any:
    """An id as facts have it: as text, also where a server counts."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def accepts_unknown(part: Part) -> bool:
    """Whether a step accepts events and fields that the pack does not know."""
    unknown = part.get("unknown")
    return unknown is not None and unknown.flag()


def _check_name(part: Part, name: str, *, at_key: bool) -> None:
    if not is_name(name):
        raise part.error(
            f"'{one_line(name, 60)}' cannot be a name",
            "letters, digits and _, not beginning with a digit, and not env",
            at_key=at_key,
        )


def _renaming(renamed: str) -> str:
    """What to do with a field of another version; some became ``nothing (why)``."""
    if renamed.startswith("nothing"):
        return f"leave this field out{renamed.removeprefix('nothing')}"
    return f"this field became {renamed}"


def _or_accept(hint: str) -> str:
    """The advice, and the way out for servers that say more than the pack knows."""
    accept = "unknown: true on the step accepts it"
    return f"{hint} ({accept})" if hint else accept


def _unchecked(event: Any) -> str:
    """What goes unsaid of an event whose type is wrong."""
    return (
        "; its other fields were not checked"
        if isinstance(event, dict) and event.keys() > {"type"}
        else ""
    )


def _is_absent(spec: Any) -> bool:
    return isinstance(spec, dict) and "$absent" in spec


def _label(type_: Any) -> str:
    if type_ is None:
        return "an event"
    if isinstance(type_, str):
        return type_
    choices = type_.get("$one_of") if isinstance(type_, dict) else None
    if isinstance(choices, list):
        return " or ".join(str(choice) for choice in choices)
    return "an event of some type"


def _at(pointer: str, open_pointer: str) -> bool:
    return pointer == open_pointer or pointer.startswith(f"{open_pointer}/")


def _with(value: Any, path: JsonPath, new: Any) -> Any:
    """A copy of ``value`` with another value at ``path``."""
    if not path:
        return new
    token, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {**value, str(token): _with(value[str(token)], rest, new)}
    if isinstance(value, list) and isinstance(token, int):
        return [*value[:token], _with(value[token], rest, new), *value[token + 1 :]]
    return value


def _escaped(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1")
