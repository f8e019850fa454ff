"""Values as plain data and back: for what is kept on a disk by one version and read by the same."""

from __future__ import annotations

from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from rtdebug.model.value import Value


def plain(value: Any) -> Any:
    """A value as mappings, lists and texts."""
    if isinstance(value, Value) or hasattr(value, "_asdict"):
        return {name: plain(getattr(value, name)) for name in value._fields}
    if isinstance(value, Enum):
        return value.value
    return [plain(one) for one in value] if isinstance(value, tuple) else value


def restored(kind: Any, data: Any) -> Any:
    """The value of a type that was made plain. Raises ValueError, TypeError or KeyError where the
    data is none; fields that it lacks are as by default."""
    if get_origin(kind) in (Union, UnionType):
        if data is None:
            return None
        return restored(next(one for one in get_args(kind) if one is not NoneType), data)
    if get_origin(kind) is tuple:
        return tuple(restored(get_args(kind)[0], one) for one in data)
    if isinstance(kind, type) and hasattr(kind, "_fields"):
        hints = _hints(kind)
        return kind(**{name: restored(hints[name], one) for name, one in data.items()})
    return kind(data) if isinstance(kind, type) and issubclass(kind, Enum) else data


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
