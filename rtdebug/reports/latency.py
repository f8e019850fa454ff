"""How long responses take, by what was seen of them: to the first chunk, and in all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rtdebug.reports.figures import duration

_MOST = 100  # responses open at once; what is beyond has no times


class ResponseTimes:
    """The open responses of one connection; times in seconds from ``response.created``."""

    def __init__(self) -> None:
        self._began: dict[str, float] = {}
        self._first: dict[str, float] = {}
        self.unheard: dict[str, None] = {}  # those of which no chunk has come

    def created(self, payload: Mapping[str, Any], at: float) -> None:
        """A response has begun."""
        id_ = _id(payload)
        if id_ is not None and len(self._began) < _MOST:
            self._began[id_] = at
            self.unheard[id_] = None

    def chunk(self, response: object, at: float) -> None:
        """A chunk of a response that was unheard of, perhaps."""
        if isinstance(response, str) and response in self.unheard:
            del self.unheard[response]
            self._first[response] = at - self._began[response]

    def done(self, payload: Mapping[str, Any], at: float) -> str:
        """A response is over: ``in 905 ms, first delta 413 ms``, or nothing to say."""
        id_ = _id(payload)
        began = self._began.pop(id_, None) if id_ is not None else None
        if id_ is None or began is None:
            return ""
        self.unheard.pop(id_, None)
        first = self._first.pop(id_, None)
        total = f"in {duration(at - began)}"
        return total if first is None else f"{total}, first delta {duration(first)}"


def _id(payload: Mapping[str, Any]) -> str | None:
    response = payload.get("response")
    id_ = response.get("id") if isinstance(response, dict) else None
    return id_ if isinstance(id_, str) else None
