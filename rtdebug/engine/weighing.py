"""Causes that listen to evidence: what the record shows moves them up, or rules them out.

Which evidence speaks for or against a cause is data, beside the cause. A sign is ``{url: REGEX}``,
``{header: NAME}`` with perhaps ``holds: REGEX``, ``{no_header: NAME}`` (of the client's request),
``{setting: NAME}`` (in force, and not off), ``{closed_by: SENDER}``, or ``{sign: NAME}`` for what
takes logic. Each is true, false, or not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from rtdebug.catalogue.entry import Entry
from rtdebug.engine.fields import MISSING
from rtdebug.engine.state import State
from rtdebug.model.value import replace
from rtdebug.secrets.blanks import is_blank_credential
from rtdebug.secrets.credentials import is_unsigned

_TIMES = 3

Sign = Mapping[str, str]


def weighed(text: Entry, state: State) -> Entry:
    """An entry whose causes stand in the order of the evidence: what is shown goes first, what is
    ruled out is left out, unless nothing would be left."""
    if not any(text.signs):
        return text
    weights = [_weight(one, state) for one in text.signs]
    order = sorted(
        (index for index, weight in enumerate(weights) if weight is not False),
        key=lambda index: weights[index] is not True,
    )
    if not order:
        return text
    causes = [
        replace(text.causes[index], likelihood="likely") if weights[index] else text.causes[index]
        for index in order
    ]
    return replace(
        text, causes=tuple(causes), cause_ids=tuple(text.cause_ids[index] for index in order),
        signs=(),
    )  # fmt: skip


def _weight(signs: Mapping[str, Sign], state: State) -> bool | None:
    """True for a cause that is shown, False for one that is ruled out."""
    if "ruled_out_by" in signs and told(signs["ruled_out_by"], state):
        return False
    return told(signs["shown_by"], state) if "shown_by" in signs else None


def told(sign: Sign, state: State) -> bool | None:
    """Whether the record shows it; None where it does not tell."""
    kind = next(iter(sign))
    return _KINDS[kind](sign, state)


def _url(sign: Sign, state: State) -> bool | None:
    url = _request(state)[1]
    return bool(re.search(sign["url"], url, re.IGNORECASE)) if url else None


def _header(sign: Sign, state: State) -> bool | None:
    headers = _request(state)[0]
    if not headers:
        return None
    values = [value for name, value in headers if name.lower() == sign["header"]]
    return any(re.search(sign.get("holds", ""), one, re.IGNORECASE) for one in values)


def _no_header(sign: Sign, state: State) -> bool | None:
    found = _header({"header": sign["no_header"]}, state)
    return None if found is None else not found


def _setting(sign: Sign, state: State) -> bool | None:
    value: Any = state.setting(sign["setting"])
    return None if value is MISSING else value is not None


def _closed_by(sign: Sign, state: State) -> bool | None:
    closed = state.closed
    if closed is None or closed.sender is None:
        return None
    return closed.sender.value == sign["closed_by"]


def _named(sign: Sign, state: State) -> bool | None:
    return NAMED[sign["sign"]](state)


def _request(state: State) -> tuple[tuple[tuple[str, str], ...], str]:
    """The headers and the URL of the client's request, empty where they are not known."""
    if state.refused is not None:
        return state.refused.asked, state.refused.url or ""
    opened = state.opened
    return ((), "") if opened is None else (opened.headers, opened.url or "")


def _fails_each_time(state: State) -> bool | None:
    """Whether each of the last responses failed, and there were several."""
    last = [one.status for one in state.summaries()][-_TIMES:]
    return (len(last) >= _TIMES and set(last) == {"failed"}) or None


def _shows_all(state: State) -> bool:
    """Whether it was recorded at the socket: nobody chose what to keep, each message is whole."""
    view = state.view
    chosen = view.selective or view.trimmed or view.hidden or state.opened is None
    return view.whole and not chosen


def _blank(state: State) -> bool | None:
    """Whether a header stands where a key belongs, and holds none."""
    return any(is_blank_credential(*one) for one in _request(state)[0]) or None


NAMED: dict[str, Callable[[State], bool | None]] = {
    "unsigned": lambda state: is_unsigned(*_request(state)),
    "blank-credential": _blank,
    "fails-each-time": _fails_each_time,
    "shows-all": _shows_all,
}
"""Signs that take logic."""

_KINDS: dict[str, Callable[[Sign, State], bool | None]] = {
    "url": _url,
    "header": _header,
    "no_header": _no_header,
    "setting": _setting,
    "closed_by": _closed_by,
    "sign": _named,
}


def is_sign(sign: Sign) -> bool:
    """Whether it is written as a sign must be."""
    kind = next(iter(sign), "")
    known = set(sign) <= {kind, *(("holds",) if kind == "header" else ())}
    return kind in _KINDS and known and (kind != "sign" or sign["sign"] in NAMED)
