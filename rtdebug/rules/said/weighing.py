"""Causes that listen to evidence: what the record shows moves them up, or rules them out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rtdebug.catalogue.entry import Entry
from rtdebug.engine.state import State
from rtdebug.model.findings import Cause
from rtdebug.model.records import Sender
from rtdebug.model.value import replace
from rtdebug.rules.said.credentials import is_unsigned
from rtdebug.secrets.blanks import is_blank_credential

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


def _headers(state: State) -> tuple[tuple[str, str], ...]:
    """The headers of the client's request, as far as they are known."""
    if state.refused is not None and state.refused.asked:
        return state.refused.asked
    return state.opened.headers if state.opened is not None else ()


def _url(state: State) -> str:
    known = (state.refused, state.opened)
    return next((one.url for one in known if one is not None and one.url), "")


def _of_request(shows: Callable[[dict[str, str]], bool]) -> Sign:
    """A sign in the headers, by their names in lower case."""

    def sign(state: State) -> bool | None:
        headers = {name.lower(): value for name, value in _headers(state)}
        return shows(headers) if headers else None

    return sign


def _of_url(pattern: str, *, proves: bool = True) -> Sign:
    """A sign in the URL; where it does not prove the cause, its absence still rules it out."""

    def sign(state: State) -> bool | None:
        url = _url(state)
        if not url:
            return None
        return bool(re.search(pattern, url)) and (proves or None)

    return sign


def _closed_by(sender: Sender, *, proves: bool = True) -> Sign:
    """A cause on one side of a close: ruled out when the other closed."""

    def sign(state: State) -> bool | None:
        closed = state.closed
        if closed is None or closed.sender is None:
            return None
        return closed.sender is sender and (proves or None)

    return sign


def _never_sent(state: State) -> bool | None:
    refused = state.refused
    if refused is None or not refused.asked:
        return None
    return is_unsigned(refused)


def _blank_key(headers: dict[str, str]) -> bool:
    return any(is_blank_credential(*one) for one in headers.items())


def _old_url(state: State) -> bool | None:
    return "intent=transcription" in _url(state) or None


def _each_time(state: State) -> bool | None:
    """Whether each of the last responses failed, and there were several."""
    last = _statuses(state)
    return (len(last) >= _TIMES and set(last) == {"failed"}) or None


def _statuses(state: State) -> list[str]:
    return [one.status for one in state.summaries()][-_TIMES:]


_SIGNS: dict[str, Sign] = {
    "azure-bare-path": _of_url(r"\.azure\.[a-z]+(:\d+)?/v1/realtime"),
    "azure-deployment": _of_url(r"\.azure\.|/openai/", proves=False),
    "azure-preview-path": _of_url(r"/openai/realtime", proves=False),
    "azure-version": _of_url(r"/openai/v1/realtime\?(.*&)?api-version="),
    "beta-header": _of_request(lambda headers: "openai-beta" in headers),
    "beta-subprotocol": _of_request(
        lambda headers: "openai-beta" in headers.get("sec-websocket-protocol", "")
    ),
    "beta-url": _old_url,
    "blank-key": _of_request(_blank_key),
    "browser": _of_request(
        lambda headers: "origin" in headers and "Mozilla/" in headers.get("user-agent", "")
    ),
    "dropped-by-client": _closed_by(Sender.CLIENT),
    "gemini-token": _of_url("BidiGenerateContent", proves=False),
    "in-conversation": _each_time,
    "left-page": _closed_by(Sender.CLIENT, proves=False),
    "never-sent": _never_sent,
    "receive-limit": _closed_by(Sender.CLIENT),
    "sent-too-much": _closed_by(Sender.SERVER),
    "server-crashed": _closed_by(Sender.SERVER, proves=False),
}
"""Whether the record shows a cause, by its id: None where it does not tell."""


def ids() -> Iterator[str]:
    """The ids of causes that some evidence speaks for or against."""
    yield from _SIGNS
