"""Causes that listen to evidence: what the record shows moves them up, or rules them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rtdebug.catalogue.entry import Entry
from rtdebug.engine.state import State
from rtdebug.model.findings import Cause
from rtdebug.model.value import replace

_TIMES = 3

Sign = Callable[[State], bool | None]


def weighed(text: Entry, state: State) -> Entry:
    """An entry whose causes stand in the order of the evidence: what is shown goes first, what is
    ruled out is left out, unless nothing would be left."""
    shown: list[Cause] = []
    open_: list[Cause] = []
    for id_, cause in zip(text.cause_ids, text.causes, strict=False):
        told = _SIGNS[id_](state) if id_ in _SIGNS else None
        if told:
            shown.append(Cause(cause.text, "likely", cause.test, cause.of_onlooker))
        elif told is None:
            open_.append(cause)
    causes = (*shown, *open_)
    return replace(text, causes=causes) if causes and causes != text.causes else text


def _beta_header(state: State) -> bool | None:
    headers = state.opened.headers if state.opened is not None else ()
    if not headers:
        return None
    return any(name.lower() == "openai-beta" for name, _ in headers)


def _beta_subprotocol(state: State) -> bool | None:
    headers = state.opened.headers if state.opened is not None else ()
    if not headers:
        return None
    offered = (value for name, value in headers if name.lower() == "sec-websocket-protocol")
    return any("openai-beta" in value for value in offered)


def _old_url(state: State) -> bool | None:
    url = (state.opened.url if state.opened is not None else None) or ""
    return "intent=transcription" in url or None


def _each_time(state: State) -> bool | None:
    """Whether each of the last responses failed, and there were several."""
    last = _statuses(state)
    return (len(last) >= _TIMES and set(last) == {"failed"}) or None


def _statuses(state: State) -> list[str]:
    return [one.status for one in state.summaries()][-_TIMES:]


_SIGNS: dict[str, Sign] = {
    "beta-header": _beta_header,
    "beta-subprotocol": _beta_subprotocol,
    "beta-url": _old_url,
    "in-conversation": _each_time,
}
"""Whether the record shows a cause, by its id: None where it does not tell."""


def ids() -> Iterator[str]:
    """The ids of causes that some evidence speaks for or against."""
    yield from _SIGNS
