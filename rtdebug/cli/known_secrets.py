"""What is known to be secret before anything runs: by the names it has in the environment and on
the command line. An error may quote either."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator

from rtdebug.redaction import SHORTEST_SECRET, Redactor
from rtdebug.secrets.names import names_a_secret

_NAMED = re.compile(r"([\w-]+)\s*[:=]\s*(.*)\Z", re.DOTALL)


def redactor_of_errors() -> Redactor:
    """A redactor that also knows those values."""
    known = named(f"{name}={one}" for name, one in os.environ.items() if not _is_place(one))
    values = (*named(sys.argv[1:]), *known)
    return Redactor([re.escape(value) for value in dict.fromkeys(values)])


def _is_place(value: str) -> bool:
    """PWD and the variables that name a file of credentials: where something is, is no secret."""
    return os.path.isabs(value) and os.path.exists(value)


def named_patterns(arguments: Iterable[str]) -> tuple[str, ...]:
    """The same of some arguments, as patterns for a redactor."""
    return tuple(map(re.escape, named(arguments)))


def named(arguments: Iterable[str]) -> Iterator[str]:
    """The values of ``NAME=value`` and ``Name: value`` whose names say that they are secret."""
    for argument in arguments:
        match = _NAMED.match(argument)
        if match and len(match[2]) >= SHORTEST_SECRET and names_a_secret(match[1], alone=True):
            yield match[2]
