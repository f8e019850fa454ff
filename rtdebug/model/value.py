"""Frozen values that cost next to nothing to define.

A frozen dataclass with slots compiles its methods from source, 0.7 ms for each class: the hundred
values of a short command would take longer than everything else it does. A ``Value`` is declared,
made, compared, matched and shown like one (``dataclasses.replace`` and ``asdict`` take it too), and
its class is there in 0.01 ms.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from dataclasses import Field


EMPTY: Mapping[Any, Any] = MappingProxyType({})


@dataclass_transform(frozen_default=True)
class _Definition(type):
    """Makes slots of the annotated names and keeps what they are set to as defaults."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> _Definition:
        if any(getattr(base, "_fields", ()) for base in bases):
            raise TypeError(f"{name} cannot add to the fields of another value")
        fields = tuple(namespace.get("__annotations__", ()))
        defaults = {field: namespace.pop(field) for field in fields if field in namespace}
        namespace["__slots__"] = (*fields, *namespace.get("__slots__", ()))
        namespace["__match_args__"] = fields
        namespace["_fields"], namespace["_names"] = fields, frozenset(fields)
        namespace["_defaults"] = defaults
        return super().__new__(mcs, name, bases, namespace)

    def __getattr__(cls, name: str) -> Any:
        """What ``dataclasses`` asks of a value, put together for the few that are ever asked."""
        if name != "__dataclass_fields__":
            raise AttributeError(f"{cls.__name__} has no attribute {name!r}")
        from dataclasses import make_dataclass

        found = vars(make_dataclass(cls.__name__, cls._fields))[name]
        type.__setattr__(cls, name, found)
        return found

    _fields: tuple[str, ...]


class Value(metaclass=_Definition):
    """A frozen value: its annotated names are its fields, what they are set to the defaults.

    All values share a default, so it must be frozen too (EMPTY for a mapping).
    """

    if TYPE_CHECKING:
        _fields: ClassVar[tuple[str, ...]]
        _names: ClassVar[frozenset[str]]
        _defaults: ClassVar[dict[str, Any]]
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __init__(self, *values: Any, **named: Any) -> None:
        fields = self._fields
        given = dict(zip(fields, values, strict=False))
        given.update(named)
        fits = len(given) == len(values) + len(named)
        given = self._defaults | given
        if not fits or len(given) != len(fields) or not given.keys() <= self._names:
            raise TypeError(
                f"{type(self).__name__}({', '.join(fields)}) cannot be made of {len(values)} "
                f"values in order and {', '.join(named) or 'none'} by name"
            )
        for field in fields:
            object.__setattr__(self, field, given[field])

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, field) == getattr(other, field) for field in self._fields)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, field) for field in self._fields))

    def __repr__(self) -> str:
        return self._shown()

    def _shown(self, *hidden: str) -> str:
        """The text of ``repr`` without these fields, for values that hold secrets or long texts."""
        fields = [field for field in self._fields if field not in hidden]
        shown = ", ".join(f"{field}={getattr(self, field)!r}" for field in fields)
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, field) for field in self._fields)


AnyValue = TypeVar("AnyValue", bound=Value)


def replace(value: AnyValue, **changes: Any) -> AnyValue:
    """The value with some fields set otherwise. That of ``dataclasses`` does the same, but looks at
    every class for half a millisecond first."""
    return type(value)(**{field: getattr(value, field) for field in value._fields} | changes)
