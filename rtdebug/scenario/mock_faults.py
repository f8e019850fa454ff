"""Reads the faults of a mock script: which event each strikes, and what it does there."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rtdebug.model.value import Value as Frozen
from rtdebug.model.value import replace
from rtdebug.safe import one_line
from rtdebug.scenario.mock_fields import Value
from rtdebug.scenario.mock_script import (
    CONNECT,
    Alter,
    Cue,
    Drop,
    Fail,
    Hangup,
    Insert,
    Raw,
    Refuse,
    Stall,
    Strike,
)
from rtdebug.scenario.responder_names import CLIENT_EVENTS, SERVER_EVENTS
from rtdebug.spelling import did_you_mean

_CUE = ("after", "on", "nth")


class Names(Frozen):
    """What a server and its clients say, as faults may name it; ``field`` is what names an event,
    empty where a key does."""

    server: tuple[str, ...] = SERVER_EVENTS
    client: tuple[str, ...] = CLIENT_EVENTS
    field: str = "type"


OWN = Names()
_ERROR_FIELDS = ("type", "code", "message", "param", "event_id")
# What may be sent in a close frame (RFC 6455 7.4; the registered ones and the private ranges).
_CLOSE_CODES = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014)

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e\t]*")


def read_strikes(fields: Mapping[str, Value], names: Names = OWN) -> tuple[Strike, ...]:
    """Every fault that answers a cue, in the order in which those of one cue strike."""
    own = tuple(_inserted(fields["insert"], names.field)) if "insert" in fields else ()
    names = replace(names, server=(*names.server, *own))
    return tuple(
        _READ[kind](each, names) for kind, value in fields.items() for each in value.one_or_more()
    )


def _inserted(value: Value, field: str) -> Iterator[str]:
    """Types the script brings along itself; faults may wait for them too."""
    for each in value.one_or_more():
        event = each.value.get("event") if isinstance(each.value, dict) else None
        if isinstance(event, dict) and isinstance(event.get(field), str):
            yield event[field]


def _cue(fields: Mapping[str, Value], whole: Value, names: Names) -> Cue:
    if ("after" in fields) == ("on" in fields):
        raise whole.error(
            "a fault needs one of 'after' and 'on'",
            "after: a server event, or on: a client event or connect",
        )
    nth = fields["nth"].number(1, 1_000_000) if "nth" in fields else None
    if "after" in fields:
        return Cue(after=server_event(fields["after"].text(), fields["after"], names), nth=nth)
    return Cue(on=_client_event(fields["on"], names), nth=nth)


def server_event(type_: str, at: Value, names: Names = OWN) -> str:
    """The type, when the mock sends such an event; else the error for that place."""
    if type_ not in names.server:
        raise at.error(f"the mock sends no '{type_}'", did_you_mean(type_, names.server))
    return type_


def _client_event(value: Value, names: Names) -> str:
    known = (*names.client, CONNECT)
    type_ = value.text()
    if type_ not in known:
        raise value.error(f"no client event is called '{type_}'", did_you_mean(type_, known))
    return type_


def _stall(value: Value, names: Names, *, forget: bool = False) -> Stall:
    fields = value.fields(("after", "nth"), required=("after",))
    return Stall(_cue(fields, value, names), forget=forget)


def _end_early(value: Value, names: Names) -> Stall:
    return _stall(value, names, forget=True)


def _close(value: Value, names: Names) -> Hangup:
    fields = value.fields((*_CUE, "code", "reason", "abort"))
    cue = _cue(fields, value, names)
    if "abort" in fields and fields["abort"].flag():
        return Hangup(cue, abort=True)
    code = fields["code"].number(1000, 4999) if "code" in fields else 1000
    if code < 3000 and code not in _CLOSE_CODES:
        raise fields["code"].error(
            f"close code {code} never stands in a close frame",
            "1000 to 1003, 1007 to 1014 or 3000 to 4999; `abort: true` gives 1006",
        )
    reason = fields["reason"].text() if "reason" in fields else ""
    if len(reason.encode()) > 123:
        raise fields["reason"].error("a close reason has at most 123 bytes", "shorten it")
    return Hangup(cue, code, reason)


def _fail(value: Value, names: Names) -> Fail:
    fields = value.fields((*_CUE, *_ERROR_FIELDS))
    error: dict[str, Any] = {
        "type": "invalid_request_error",
        "code": None,
        "message": "The request was refused.",
        "param": None,
    }
    error |= {name: fields[name].value for name in _ERROR_FIELDS if name in fields}
    return Fail(_cue(fields, value, names), error)


def _insert(value: Value, names: Names) -> Insert:
    fields = value.fields((*_CUE, "event"), required=("event",))
    event = fields["event"].mapping()
    if names.field and not isinstance(event.get(names.field), str):
        raise fields["event"].error(
            f"an inserted event needs a '{names.field}'", "use `raw` for what is no event"
        )
    return Insert(_cue(fields, value, names), event)


def _raw(value: Value, names: Names) -> Raw:
    fields = value.fields((*_CUE, "data", "binary"))
    if ("data" in fields) == ("binary" in fields):
        raise value.error("raw needs one of 'data' and 'binary'", "data: text, binary: base64")
    cue = _cue(fields, value, names)
    if "data" in fields:
        return Raw(cue, fields["data"].text())
    try:
        return Raw(cue, base64.b64decode(fields["binary"].text(), validate=True))
    except (binascii.Error, ValueError):
        raise fields["binary"].expected("base64") from None


_READ: dict[str, Callable[[Value, Names], Strike]] = {
    "error": _fail,
    "insert": _insert,
    "raw": _raw,
    "stall": _stall,
    "end_early": _end_early,
    "close": _close,
}


def read_alter(value: Value, names: Names = OWN) -> Alter:
    """Changes to events of one type."""
    fields = value.fields(("type", "nth", "set", "remove"), required=("type",))
    if "set" not in fields and "remove" not in fields:
        raise value.error("alter changes nothing", "give it `set` or `remove`")
    places = fields["set"].entries() if "set" in fields else []
    for key, each in places:
        each.named(key).place()
    removed = fields["remove"].one_or_more() if "remove" in fields else []
    return Alter(
        type=server_event(fields["type"].text(), fields["type"], names),
        nth=fields["nth"].number(1, 1_000_000) if "nth" in fields else None,
        set={key: each.value for key, each in places},
        remove=tuple(each.place() for each in removed),
    )


def read_drop(value: Value, names: Names = OWN) -> Drop:
    """An event that gets lost: a type, or a type and which time."""
    if isinstance(value.value, str):
        return Drop(_either(value, names))
    fields = value.fields(("type", "nth"), required=("type",))
    nth = fields["nth"].number(1, 1_000_000) if "nth" in fields else None
    return Drop(_either(fields["type"], names), nth)


def _either(value: Value, names: Names) -> str:
    known = (*names.client, *names.server)
    type_ = value.text()
    if type_ not in known:
        raise value.error(f"no event is called '{type_}'", did_you_mean(type_, known))
    return type_


def read_refuse(value: Value) -> Refuse:
    """The HTTP answer that stands in for the upgrade."""
    fields = value.fields(("status", "body", "headers"), required=("status",))
    headers = fields["headers"].entries() if "headers" in fields else []
    return Refuse(
        status=fields["status"].number(200, 599),
        body=fields["body"].text() if "body" in fields else "",
        headers=tuple(_header(name, each) for name, each in headers),
    )


def _header(name: str, value: Value) -> tuple[str, str]:
    text = value.text()
    if _HEADER_NAME.fullmatch(name) is None or _HEADER_VALUE.fullmatch(text) is None:
        raise value.error(
            f"'{one_line(name, 60)}' with this value is no HTTP header",
            "a name of letters, digits and hyphens, a value of printable ASCII",
        )
    return name, text
